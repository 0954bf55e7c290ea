package markup

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// found is what a sheet has, as far as marking it depends on it.
type found struct {
	prefix    string // of its elements
	used      [mostColumns + 2]bool
	lastUsed  int // the last column that has a value
	lastRow   int // the last row that has a value
	headStyle int // of the header's last cell
	filter    filter
	table     bool // it has a table, which has a filter of its own
	drawing   string
}

// filter is the sheet's own filter.
type filter struct {
	cells area
	ours  int  // the column that we filter; 0: none
	other bool // it filters other columns
}

// position counts rows and cells that do not say where they are.
type position struct{ row, column int }

// startRow moves to the row of a tag.
func (p *position) startRow(e xml.StartElement) {
	p.row++
	p.column = 0
	if n, err := strconv.Atoi(attr(e, "r")); err == nil {
		p.row = n
	}
}

// startCell moves to the cell of a tag.
func (p *position) startCell(e xml.StartElement) {
	p.column++
	if column, _ := ParseCell(attr(e, "r")); column > 0 {
		p.column = column
	}
}

// attr is the value of an attribute without a prefix.
func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// scan reads a sheet to its end.
func scan(r io.Reader, s Sheet) (*found, error) {
	c := &scanner{found: &found{}, sheet: s}
	t := newTape(r)
	for {
		token, _, err := t.next()
		if err == io.EOF && c.depth == 0 {
			return c.found, nil
		}
		if err != nil {
			return nil, fmt.Errorf("its XML is broken: %w", err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			c.depth++
			c.start(e)
		case xml.EndElement:
			c.depth--
		}
	}
}

// scanner is where a scan stands.
type scanner struct {
	*found
	sheet  Sheet
	at     position
	depth  int
	style  int // of the current cell
	column int // that is filtered
}

// start notes an element.
func (c *scanner) start(e xml.StartElement) {
	switch e.Name.Local {
	case "worksheet":
		if e.Name.Space != "" {
			c.prefix = e.Name.Space + ":"
		}
	case "row":
		c.at.startRow(e)
	case "c":
		c.at.startCell(e)
		c.style, _ = strconv.Atoi(attr(e, "s")) // absent means 0
	case "v", "is", "f":
		c.value(c.at, c.sheet, c.style)
	case "autoFilter":
		if c.depth == 2 {
			c.filter.cells = parseArea(attr(e, "ref"))
		}
	case "filterColumn":
		c.column, _ = strconv.Atoi(attr(e, "colId"))
		c.column += c.filter.cells.left
	case "customFilter":
		c.criterion(c.column, attr(e, "val"))
	case "filter", "filters", "top10", "dynamicFilter", "colorFilter", "iconFilter":
		c.filter.other = c.filter.other || c.depth > 3 && c.filter.cells.left > 0
	case "tablePart":
		c.table = true
	case "legacyDrawing":
		for _, a := range e.Attr {
			if a.Name.Local == "id" {
				c.drawing = a.Value
			}
		}
	}
}

// value notes a cell that has a value.
func (f *found) value(at position, s Sheet, style int) {
	if at.column < 1 || at.column > mostColumns || at.column == s.Column {
		return
	}
	f.used[at.column] = true
	f.lastUsed = max(f.lastUsed, at.column)
	f.lastRow = max(f.lastRow, at.row)
	if at.row == s.Header && at.column <= s.Last {
		f.headStyle = style
	}
}

// criterion notes what a column is filtered by.
func (f *found) criterion(column int, value string) {
	if strings.HasPrefix(value, Bad) {
		f.filter.ours = column
		return
	}
	f.filter.other = true
}

// column is where the texts go: the column that has them, else the one after the header
// if it is empty, else the one after the last that is used.
func (f *found) column(s Sheet) (int, error) {
	column := s.Column
	if column == 0 {
		column = s.Last + 1
	}
	if s.Column == 0 && f.used[column] {
		column = f.lastUsed + 1
	}
	if column > mostColumns {
		return 0, fmt.Errorf("the sheet has no room for one more column")
	}
	return column, nil
}
