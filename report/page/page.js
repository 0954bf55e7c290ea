"use strict";
(function () {
  document.documentElement.classList.add("js");
  const $ = function (id) { return document.getElementById(id); };

  // The drawing: what is under the pointer, or chosen with the slider.
  const plot = $("over-time");
  if (plot) {
    const hits = Array.from(plot.querySelectorAll(".hit"));
    const slider = $("moment");
    const text = $("moment-text");
    let now = null;
    const show = function (i) {
      const hit = hits[Math.min(Math.max(i, 0), hits.length - 1)];
      if (now) now.classList.remove("now");
      now = hit;
      hit.classList.add("now");
      text.textContent = hit.querySelector("title").textContent;
      slider.setAttribute("aria-valuetext", text.textContent);
    };
    ["input", "focus"].forEach(function (event) {
      slider.addEventListener(event, function () { show(Number(slider.value)); });
    });
    plot.addEventListener("pointermove", function (e) {
      const box = plot.getBoundingClientRect();
      const i = Math.floor((e.clientX - box.left) / box.width * hits.length);
      slider.value = String(i);
      show(i);
    });
  }

  // The list: sorted, searched, filtered, and its ids copied.
  const table = $("rows");
  if (!table) return;
  const body = table.tBodies[0];
  const all = Array.from(body.rows);
  const filters = ["status", "place", "field", "cause"].filter(function (name) { return $("by-" + name); });
  const texts = all.map(function (row) { return row.textContent.toLowerCase(); });
  const search = $("search");
  const shown = $("shown");

  const filter = function () {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let n = 0;
    all.forEach(function (row, i) {
      const fits = words.every(function (w) { return texts[i].includes(w); }) && filters.every(function (name) {
        const value = $("by-" + name).value;
        return value === "" || row.dataset[name] === value;
      });
      row.hidden = !fits;
      if (fits) n++;
    });
    shown.textContent = n === all.length ? "All " + n + " listed rows are shown." : n + " of " + all.length + " listed rows are shown.";
  };
  search.addEventListener("input", filter);
  filters.forEach(function (name) { $("by-" + name).addEventListener("change", filter); });
  $("reset").addEventListener("click", function () {
    search.value = "";
    filters.forEach(function (name) { $("by-" + name).value = ""; });
    filter();
  });

  Array.from(table.tHead.rows[0].cells).forEach(function (head, column) {
    const name = head.textContent;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    head.replaceChildren(button);
    button.addEventListener("click", function () {
      const down = head.getAttribute("aria-sort") === "ascending";
      Array.from(table.tHead.rows[0].cells).forEach(function (h) { h.removeAttribute("aria-sort"); });
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const value = function (row) {
        const cell = row.cells[column];
        return cell.dataset.value === undefined ? cell.textContent.trim() : Number(cell.dataset.value);
      };
      const order = function (a, b) {
        const x = value(a), y = value(b);
        const c = typeof x === "number" ? x - y : x.localeCompare(y);
        return c || all.indexOf(a) - all.indexOf(b);
      };
      const sorted = all.slice().sort(order);
      if (down) sorted.reverse();
      body.append.apply(body, sorted);
    });
  });

  document.querySelectorAll("button.link[data-cause]").forEach(function (button) {
    button.addEventListener("click", function () {
      $("by-cause").value = button.dataset.cause;
      filter();
      $("attention").scrollIntoView();
      $("by-cause").focus({ preventScroll: true });
    });
  });

  $("copy").addEventListener("click", function () {
    const ids = new Set();
    Array.from(body.rows).forEach(function (row) { if (!row.hidden && row.dataset.id) ids.add(row.dataset.id); });
    const list = "--only " + Array.from(ids).join(",");
    const said = function (done) {
      shown.textContent = done ? "Copied: --only with " + ids.size + (ids.size === 1 ? " id." : " ids.") :
        "The browser does not allow copying. The text is: " + list;
    };
    if (ids.size === 0) { shown.textContent = "No shown row has an id."; return; }
    const copyOld = function () {
      const area = document.createElement("textarea");
      area.value = list;
      document.body.append(area);
      area.select();
      let done = false;
      try { done = document.execCommand("copy"); } catch (e) { done = false; }
      area.remove();
      said(done);
    };
    if (navigator.clipboard) navigator.clipboard.writeText(list).then(function () { said(true); }, copyOld);
    else copyOld();
  });
  filter();
}());
