// Looks at report.html as a person would, and ends with 1 if anything is wrong.
import fs from "node:fs";
import puppeteer from "puppeteer-core";

const [, , chromium, run, two, failed, views] = process.argv;
const axe = fs.readFileSync("node_modules/axe-core/axe.min.js", "utf8");
const browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox"] });
let wrong = 0;
const check = (name, ok, more = "") => {
  console.log(`${ok ? "ok    " : "WRONG "} ${name}${ok ? "" : ": " + more}`);
  if (!ok) wrong++;
};

// open opens a page as a file, and watches that it loads nothing and fails at nothing.
const open = async (file, { width = 1100, scheme = "light", script = true, media = "screen" } = {}) => {
  const page = await browser.newPage();
  const faults = [];
  page.on("pageerror", (e) => faults.push(String(e)));
  page.on("console", (m) => { if (m.type() === "error") faults.push(m.text()); });
  page.on("request", (r) => { if (r.url() !== "file://" + file) faults.push("loads " + r.url()); });
  await page.setJavaScriptEnabled(script);
  await page.setViewport({ width, height: 800 });
  const session = await page.createCDPSession();
  await session.send("Emulation.setEmulatedMedia", { media, features: [{ name: "prefers-color-scheme", value: scheme }] });
  await page.goto("file://" + file);
  return { page, faults };
};
const shown = (page) => page.$$eval("#rows tbody tr", (rows) => rows.filter((r) => !r.hidden).map((r) => r.dataset.id));
const picture = async (page, name) => {
  if (views) await page.screenshot({ path: `${views}/${name}.png`, fullPage: true });
};

// What anyone does with it.
{
  const { page, faults } = await open(run);
  const all = await shown(page);
  const expected = fs.readFileSync(failed, "utf8").trim().split("\n").length - 1;
  check("every row that needs attention is listed", all.length === expected, `${all.length} of ${expected}`);

  await page.select("#by-status", "failed");
  check("filtered by status", (await shown(page)).length <= all.length);
  const causes = await page.$$eval("#by-cause option", (o) => o.map((x) => x.value).filter(Boolean));
  let sum = 0;
  for (const c of causes) {
    await page.select("#by-cause", c);
    sum += (await shown(page)).length;
  }
  check("every row has one cause", sum === all.length, `${sum} of ${all.length}`);
  await page.click("#reset");
  check("all are shown again", (await shown(page)).length === all.length);

  await page.type("#search", "Not Found");
  const found = await shown(page);
  check("searched", found.length > 0 && found.length < all.length, String(found.length));
  await page.click("#reset");

  const button = await page.$("button.link[data-cause]");
  await button.click();
  const byCause = await shown(page);
  check("a cause shows its rows", byCause.length > 0 && byCause.length <= all.length);
  await browser.defaultBrowserContext().overridePermissions("file://" + run, ["clipboard-read", "clipboard-write"]).catch(() => {});
  await page.evaluate(() => { navigator.clipboard.writeText = (t) => { window.copied = t; return Promise.resolve(); }; });
  await page.click("#copy");
  const copied = await page.evaluate(() => window.copied);
  check("the shown ids are copied as --only", copied === "--only " + byCause.join(","), copied);
  await page.evaluate(() => { navigator.clipboard.writeText = () => Promise.reject(new Error("no")); });
  await page.click("#copy");
  await page.waitForFunction(() => /Copied|does not allow/.test(document.getElementById("shown").textContent));
  await page.click("#reset");

  for (const [column, name] of [[0, "place"], [1, "id"], [2, "status"]]) {
    const head = `#rows thead th:nth-child(${column + 1})`;
    await page.click(head + " button");
    const values = () => page.$$eval("#rows tbody tr", (rows, c) => rows.map((r) => r.cells[c].dataset.value === undefined ?
      r.cells[c].textContent.trim() : Number(r.cells[c].dataset.value)), column);
    const up = await values();
    const order = (a, b) => (typeof a === "number" ? a - b : a.localeCompare(b));
    check(`sorted by ${name}`, up.every((v, i) => i === 0 || order(up[i - 1], v) <= 0) &&
      (await page.$eval(head, (h) => h.getAttribute("aria-sort"))) === "ascending");
    await page.click(head + " button");
    const down = await values();
    check(`sorted by ${name}, downwards`, down.every((v, i) => i === 0 || order(down[i - 1], v) >= 0));
  }
  await page.focus("#rows thead th:nth-child(2) button");
  await page.keyboard.press("Enter");
  check("sorted with the keyboard", (await page.$eval("#rows thead th:nth-child(2)", (h) => h.getAttribute("aria-sort"))) === "ascending");

  await page.$eval("#over-time", (e) => e.scrollIntoView({ block: "center" }));
  const box = await (await page.$("#over-time")).boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  check("the drawing says what is under the pointer", /requests\/s/.test(await page.$eval("#moment-text", (o) => o.textContent)));
  await page.focus("#moment");
  await page.keyboard.press("Home");
  check("and what is chosen with the keyboard", /^0: /.test(await page.$eval("#moment-text", (o) => o.textContent)));
  check("no script of a name ran", !/^[123]$/.test(await page.title()), await page.title());
  check("it loads nothing and fails at nothing", faults.length === 0, faults.join("; "));
  await page.close();
}

// Two files to choose from.
{
  const { page } = await open(two);
  const all = await shown(page);
  await page.select("#by-place", "b.csv");
  check("filtered by file", all.join() === "17,88,301" && (await shown(page)).join() === "88,301", all.join());
  await page.close();
}

// Without JavaScript.
{
  const { page } = await open(run, { script: false });
  const text = await page.$eval("main", (m) => m.innerText).catch(() => "");
  const html = fs.readFileSync(run, "utf8");
  check("without JavaScript everything is there to read", html.includes("<table id=\"rows\"") && (text === "" || text.includes("Rows that need attention")));
  const tools = await page.evaluate("1").catch(() => null);
  check("and no tool that does nothing is shown", tools === null || (await page.$eval(".tools", (t) => getComputedStyle(t).display)) === "none");
  await page.close();
}

// Every look of it, with axe.
for (const [name, options] of Object.entries({
  "light": {}, "dark": { scheme: "dark" }, "phone": { width: 360 }, "phone-dark": { width: 360, scheme: "dark" },
  "print": { width: 794, media: "print" },
})) {
  const { page } = await open(run, options);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(`${name}: nothing is wider than the page`, over <= 0, `${over} pixels`);
  await page.setBypassCSP(true);
  await page.reload();
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run());
  check(`${name}: axe finds nothing`, found.violations.length === 0,
    found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120)).join(", ")}`).join("; "));
  if (name === "print") {
    const hidden = await page.$$eval(".tools, .readout", (all) => all.every((e) => getComputedStyle(e).display === "none"));
    check("print: no tool is printed", hidden);
    const pdf = await page.pdf({ format: "A4" });
    check("print: it becomes a PDF", pdf.length > 10000, `${pdf.length} bytes`);
  }
  const paper = await page.$eval("body", (b) => getComputedStyle(b).backgroundColor);
  check(`${name}: the paper is ${paper}`, (paper === "rgb(255, 255, 255)") === (options.scheme !== "dark"));
  await picture(page, name);
  await page.close();
}

// The pictures of README.md.
for (const scheme of ["light", "dark"]) {
  const { page } = await open(run, { width: 640, scheme });
  const height = await page.$eval(".legend", (l) => Math.ceil(l.getBoundingClientRect().bottom + scrollY + 12));
  await page.screenshot({ path: `${scheme}.png`, clip: { x: 0, y: 0, width: 640, height } });
  await page.close();
}

await browser.close();
console.log(wrong === 0 ? "report.html: all is well" : `report.html: ${wrong} wrong`);
process.exit(wrong === 0 ? 0 : 1);
