package markup

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// order is that of the elements of a sheet.
var order = []string{"sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr",
	"sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews",
	"mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins",
	"pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors",
	"smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls",
	"AlternateContent", "webPublishItems", "tableParts", "extLst"}

// rewriter writes a sheet again, with what is to be marked.
type rewriter struct {
	*marking
	tape    *tape
	out     *bufio.Writer // its error stays until the end
	at      position
	left    []Row // the rows that are still to come
	missing []insertion
	columns columnStyles
	formats struct{ text, bad int }
}

// insertion is an element that the sheet gets if it does not have one of this name.
type insertion struct{ name, text string }

// rewrite copies a sheet and marks it.
func (m *marking) rewrite(r io.Reader, w io.Writer) error {
	x := &rewriter{marking: m, tape: newTape(r), out: bufio.NewWriterSize(w, 64<<10), left: m.Rows}
	x.formats.text = m.styles.text()
	x.formats.bad = m.styles.marked(x.formats.text)
	x.missing = x.insertions()
	depth := 0
	for {
		token, raw, err := x.tape.next()
		if err == io.EOF && depth == 0 {
			return x.out.Flush()
		}
		if err != nil {
			return err
		}
		switch e := token.(type) {
		case xml.StartElement:
			if depth++; depth == 2 {
				depth--
				if err := x.part(e, raw); err != nil {
					return err
				}
				continue
			}
		case xml.EndElement:
			if depth--; depth == 0 {
				x.insertBefore(len(order))
			}
		}
		x.out.Write(raw)
	}
}

// insertions are the elements that the sheet may lack, in order.
func (x *rewriter) insertions() (list []insertion) {
	p := x.found.prefix
	if x.filter {
		list = append(list, insertion{"sheetPr", "<" + p + `sheetPr filterMode="1"/>`})
	}
	if x.outcome.First != "" {
		list = append(list, insertion{"sheetViews", fmt.Sprintf(`<%[1]ssheetViews>%[2]s</%[1]ssheetViews>`, p,
			x.newView())})
	}
	if x.hasTexts() {
		list = append(list, insertion{"cols", fmt.Sprintf("<%[1]scols>%[2]s</%[1]scols>", p, x.newColumn())})
	}
	if x.filter {
		list = append(list, insertion{"autoFilter", x.newFilter()})
	}
	if x.drawing != "" {
		list = append(list, insertion{"legacyDrawing",
			fmt.Sprintf(`<%slegacyDrawing xmlns:tr="%s" tr:id="%s"/>`, p, x.book.kind, x.drawing)})
	}
	return list
}

// insertBefore writes the missing elements that come before a place in the order.
func (x *rewriter) insertBefore(place int) {
	for len(x.missing) > 0 && slices.Index(order, x.missing[0].name) < place {
		x.out.WriteString(x.missing[0].text)
		x.missing = x.missing[1:]
	}
}

// part writes an element of the sheet. Its start tag was read.
func (x *rewriter) part(e xml.StartElement, raw []byte) error {
	name := e.Name.Local
	if place := slices.Index(order, name); place >= 0 {
		x.insertBefore(place)
	}
	if len(x.missing) > 0 && x.missing[0].name == name {
		x.missing = x.missing[1:]
	}
	if name == "sheetData" {
		return x.rows(raw)
	}
	change := map[string]func(*document){
		"sheetPr": x.changeProperties, "dimension": x.changeDimension, "sheetViews": x.changeViews, "cols": x.changeColumns,
		"autoFilter": x.changeFilter,
	}[name]
	if change == nil {
		return x.rest(raw, func(raw []byte) { x.out.Write(raw) })
	}
	var text []byte
	if err := x.rest(raw, func(raw []byte) { text = append(text, raw...) }); err != nil {
		return err
	}
	if len(text) > maxPart {
		return errors.New("it has too much beside its rows")
	}
	d, err := parse(text)
	if err != nil {
		return err
	}
	change(d)
	x.out.Write(d.changed())
	return nil
}

// rest passes on an element whose start tag was read, up to its end.
func (x *rewriter) rest(raw []byte, use func([]byte)) error {
	use(raw)
	for depth := 1; depth > 0; {
		token, raw, err := x.tape.next()
		if err != nil {
			return err
		}
		use(raw)
		switch token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
	}
	return nil
}

// changeProperties says whether rows are filtered.
func (x *rewriter) changeProperties(d *document) {
	switch {
	case x.filter:
		d.set(d.root, "filterMode", "1")
	case x.wasFiltered():
		d.set(d.root, "filterMode", "0")
	}
}

// wasFiltered reports whether the sheet shows rows that were marked before, and only those.
func (x *rewriter) wasFiltered() bool { return x.found.filter.ours > 0 && !x.found.filter.other }

func (x *rewriter) changeDimension(d *document) {
	a := parseArea(d.root.tag.get("ref"))
	if a.left == 0 || len(x.Rows) == 0 {
		return
	}
	a.top, a.bottom = min(a.top, x.Rows[0].Number), max(a.bottom, x.Rows[len(x.Rows)-1].Number)
	a.left, a.right = min(a.left, x.First, x.column), max(a.right, x.column)
	a.left = max(a.left, 1)
	d.set(d.root, "ref", a.String())
}

func (x *rewriter) newFilter() string {
	return fmt.Sprintf(`<%[1]sautoFilter ref="%[2]s"><%[1]sfilterColumn colId="%[3]d"><%[1]scustomFilters>`+
		`<%[1]scustomFilter val="%[4]s*"/></%[1]scustomFilters></%[1]sfilterColumn></%[1]sautoFilter>`,
		x.found.prefix, x.cells, x.column-x.cells.left, Bad)
}

func (x *rewriter) changeFilter(d *document) {
	switch {
	case x.filter:
		d.replace(d.root, x.newFilter())
	case x.wasFiltered():
		d.replace(d.root, fmt.Sprintf(`<%sautoFilter ref="%s"/>`, x.found.prefix, x.cells))
	}
}

// hasTexts reports whether there is a column of texts: rows get some, or had some.
func (x *rewriter) hasTexts() bool { return x.Header > 0 && (len(x.Rows) > 0 || x.Column > 0) }

// newColumn formats the column of the texts.
func (x *rewriter) newColumn() string {
	return fmt.Sprintf(`<%[1]scol min="%[2]d" max="%[2]d" width="60" customWidth="1"/>`, x.found.prefix, x.column)
}

// columnStyles are the formats of empty cells.
type columnStyles []struct{ from, to, style int }

func (c columnStyles) of(column int) int {
	for _, s := range c {
		if s.from <= column && column <= s.to {
			return s.style
		}
	}
	return 0
}

// changeColumns notes the formats of columns, and gives the column of the texts its width. A
// format for several columns is split.
func (x *rewriter) changeColumns(d *document) {
	at := d.root.end
	if !x.hasTexts() {
		at = -1
	}
	for _, c := range d.root.all("col") {
		from, _ := strconv.Atoi(c.tag.get("min"))
		to, _ := strconv.Atoi(c.tag.get("max"))
		style, _ := strconv.Atoi(c.tag.get("style"))
		x.columns = append(x.columns, struct{ from, to, style int }{from, to, style})
		if from > x.column && at == d.root.end {
			at = c.from
		}
		if x.column < from || to < x.column || !x.hasTexts() {
			continue
		}
		at = -1
		if x.Column > 0 {
			continue // it is there already, as wide as the user wants it
		}
		part := func(from, to int) string {
			t := c.tag
			t.attrs = slices.Clone(t.attrs)
			t.set("min", strconv.Itoa(from))
			t.set("max", strconv.Itoa(to))
			if from > to {
				return ""
			}
			if !t.closesItself() {
				return t.String() + "</" + t.name + ">"
			}
			return t.String()
		}
		d.replace(c, part(from, x.column-1)+x.newColumn()+part(x.column+1, to))
	}
	if at == d.root.end {
		d.add(d.root, x.newColumn())
	} else if at >= 0 {
		d.insert(at, x.newColumn())
	}
}
