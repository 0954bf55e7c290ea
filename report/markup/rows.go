package markup

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
)

// row is a row as it is written.
type row struct {
	number int
	text   []byte // all of it
	start  int    // of the content
	cells  []cell
	end    int // of the content
	format int // of its empty cells; -1: that of the column
}

// cell is a cell as it is written.
type cell struct {
	column, style int
	from, to      int // in the row
	tag           int // the end of its start tag
}

// rows writes the rows of the sheet.
func (x *rewriter) rows(raw []byte) error {
	data := parseTag(string(raw))
	x.out.WriteString(data.opened())
	for {
		token, raw, err := x.tape.next()
		if err != nil {
			return err
		}
		switch e := token.(type) {
		case xml.StartElement:
			r, err := x.read(e, raw)
			if err != nil {
				return err
			}
			x.addRows(r.number)
			x.row(r)
		case xml.EndElement:
			x.addRows(mostRows + 1)
			x.out.WriteString("</" + data.name + ">")
			return nil
		default:
			x.out.Write(raw)
		}
	}
}

// read reads a row to its end.
func (x *rewriter) read(e xml.StartElement, raw []byte) (*row, error) {
	x.at.startRow(e)
	r := &row{number: x.at.row, text: slices.Clone(raw), start: len(raw), format: -1}
	if format, err := strconv.Atoi(attr(e, "s")); err == nil {
		r.format = format
	}
	for depth := 1; depth > 0; {
		token, raw, err := x.tape.next()
		if err != nil {
			return nil, err
		}
		from := len(r.text)
		r.text = append(r.text, raw...)
		switch e := token.(type) {
		case xml.StartElement:
			if depth++; depth == 2 && e.Name.Local == "c" {
				x.at.startCell(e)
				style, _ := strconv.Atoi(attr(e, "s")) // absent means 0
				r.cells = append(r.cells, cell{column: x.at.column, style: style, from: from, tag: len(r.text)})
			}
		case xml.EndElement:
			depth--
			if depth == 1 && len(r.cells) > 0 && r.cells[len(r.cells)-1].to == 0 {
				r.cells[len(r.cells)-1].to = len(r.text)
			}
			r.end = from
		}
	}
	return r, nil
}

// row writes a row, changed if it must be.
func (x *rewriter) row(r *row) {
	var plan Row
	if len(x.left) > 0 && x.left[0].Number == r.number {
		plan, x.left = x.left[0], x.left[1:]
	}
	t := parseTag(string(r.text[:r.start]))
	hides := x.hide(&t, r.number, plan.Bad)
	if plan.Text == "" && len(plan.Cells) == 0 && r.number != x.Header && !slices.ContainsFunc(r.cells, x.mustChange) {
		if !hides {
			x.out.Write(r.text)
		} else {
			x.out.WriteString(t.String())
			x.out.Write(r.text[r.start:])
		}
		return
	}
	t.drop("spans")
	x.out.WriteString(t.opened())
	x.changeCells(r, plan)
	if tail := r.tail(); len(tail) > 0 {
		x.out.Write(tail)
	} else {
		x.out.WriteString("</" + t.name + ">")
	}
}

// tail is what comes after the cells of a row; nothing if its tag closes itself.
func (r *row) tail() []byte {
	if n := len(r.cells); n > 0 {
		return r.text[r.cells[n-1].to:]
	}
	return r.text[r.start:]
}

// mustChange reports whether a cell holds what was marked before.
func (x *rewriter) mustChange(c cell) bool {
	return c.column == x.column && x.Column > 0 || x.styles.isMarked(c.style)
}

// hide hides a row that the filter does not show, and shows one that it shows, whatever hid
// it, or that it hid before. It reports whether the tag was changed.
func (x *rewriter) hide(t *tag, number int, bad bool) bool {
	hidden := t.get("hidden") == "1" || t.get("hidden") == "true"
	switch {
	case number <= x.Header || number > x.cells.bottom:
	case x.filter && !bad && !hidden:
		t.set("hidden", "1")
		return true
	case hidden && (x.filter && bad || x.wasFiltered() && !x.filter):
		t.drop("hidden")
		return true
	}
	return false
}

// changeCells writes the cells of a row: those that were there, in between those that are
// marked and were not there, and the text.
func (x *rewriter) changeCells(r *row, plan Row) {
	marks := map[int]bool{}
	for _, c := range plan.Cells {
		marks[c.Column] = true
	}
	text := x.textOf(r.number, plan)
	before := r.start
	for _, c := range r.cells {
		x.addCells(r, marks, c.column)
		if c.column > x.column && text != "" {
			x.out.WriteString(text)
			text = ""
		}
		x.out.Write(r.text[before:c.from])
		before = c.to
		if c.column != x.column {
			x.cell(r, c, marks[c.column])
		} else if text != "" {
			x.out.WriteString(text)
			text = ""
		} else if x.Column == 0 {
			x.out.Write(r.text[c.from:c.to]) // an empty cell with a format
		}
		delete(marks, c.column)
	}
	x.addCells(r, marks, mostColumns+1)
	x.out.WriteString(text)
}

// textOf is the cell of the row's text, or of the header; "" if there is none.
func (x *rewriter) textOf(number int, plan Row) string {
	switch {
	case number == x.Header && x.hasTexts():
		return textCell(x.found.prefix, x.column, number, x.found.headStyle, columnMarks)
	case plan.Text == "":
		return ""
	case plan.Bad:
		return textCell(x.found.prefix, x.column, number, x.formats.bad, cut(plan.Text, maxText))
	}
	return textCell(x.found.prefix, x.column, number, x.formats.text, cut(plan.Text, maxText))
}

// addCells writes the marked cells before a column, which were not there.
func (x *rewriter) addCells(r *row, marks map[int]bool, column int) {
	var list []int
	for c := range marks {
		if c < column && c != x.column {
			list = append(list, c)
		}
	}
	slices.Sort(list)
	for _, c := range list {
		format := r.format
		if format < 0 {
			format = x.columns.of(c)
		}
		fmt.Fprintf(x.out, `<%sc r="%s" s="%d"/>`, x.found.prefix, cellName(c, r.number), x.styles.marked(format))
		delete(marks, c)
	}
}

// cell writes a cell that was there.
func (x *rewriter) cell(r *row, c cell, bad bool) {
	style := c.style
	switch {
	case bad:
		style = x.styles.marked(style)
	case x.styles.isMarked(style):
		style = x.styles.unmarked(style)
	}
	if style == c.style {
		x.out.Write(r.text[c.from:c.to])
		return
	}
	t := parseTag(string(r.text[c.from:c.tag]))
	t.set("s", strconv.Itoa(style))
	x.out.WriteString(t.String())
	x.out.Write(r.text[c.tag:c.to])
}

// addRows writes the rows before a number, which were not there.
func (x *rewriter) addRows(before int) {
	for len(x.left) > 0 && x.left[0].Number < before {
		r := &row{number: x.left[0].Number, format: -1}
		fmt.Fprintf(x.out, `<%srow r="%d">`, x.found.prefix, r.number)
		x.changeCells(r, x.left[0])
		x.out.WriteString("</" + x.found.prefix + "row>")
		x.left = x.left[1:]
	}
}
