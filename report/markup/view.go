package markup

import (
	"fmt"
	"strconv"
)

// This file is about what the sheet shows when it is opened: the first problem.

// top is the row that the sheet shows first.
func (x *rewriter) top(row int) int {
	switch {
	case x.filter:
		return x.Header // the rows between are hidden
	case row > 20:
		return row - 3
	}
	return 1
}

// newView is a view of a sheet that has none.
func (x *rewriter) newView() string {
	first := x.outcome.First
	_, row := ParseCell(first)
	return fmt.Sprintf(`<%[1]ssheetView tabSelected="1" topLeftCell="A%[2]d" workbookViewId="0">`+
		`<%[1]sselection activeCell="%[3]s" sqref="%[3]s"/></%[1]ssheetView>`, x.found.prefix, x.top(row), first)
}

// changeViews lets the first view begin at the first problem.
func (x *rewriter) changeViews(d *document) {
	view, first := d.root.child("sheetView"), x.outcome.First
	if view == nil || first == "" {
		return
	}
	d.set(view, "tabSelected", "1")
	_, row := ParseCell(first)
	active := "topLeft" // what a view without panes is
	if pane := view.child("pane"); pane == nil {
		d.set(view, "topLeftCell", "A"+strconv.Itoa(x.top(row)))
	} else {
		if name := pane.tag.get("activePane"); name != "" {
			active = name
		}
		scrollPane(d, pane, row)
	}
	for _, s := range view.all("selection") {
		name := s.tag.get("pane")
		if name == active || name == "" && active == "topLeft" {
			d.set(s, "activeCell", first)
			d.set(s, "sqref", first)
			if s.tag.get("activeCellId") != "" {
				d.set(s, "activeCellId", "0")
			}
			return
		}
	}
	selection := fmt.Sprintf(`<%sselection pane="%s" activeCell="%s" sqref="%s"/>`, x.found.prefix, active, first,
		first)
	if pane := view.child("pane"); pane != nil {
		d.insert(pane.to, selection)
	} else {
		d.addFirst(view, selection)
	}
}

// scrollPane scrolls the rows below a frozen header to a row.
func scrollPane(d *document, pane *element, row int) {
	rows, err := strconv.ParseFloat(pane.tag.get("ySplit"), 64)
	column, top := ParseCell(pane.tag.get("topLeftCell"))
	if err != nil || pane.tag.get("state") != "frozen" || top == 0 || row <= int(rows) {
		return
	}
	d.set(pane, "topLeftCell", cellName(column, row))
}
