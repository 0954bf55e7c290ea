package workbook

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// Kind is what is in a cell.
type Kind uint8

const (
	Empty    Kind = iota // nothing, or a format alone
	Text                 // Cell.Text
	Number               // Cell.Number, shown by Cell.Format; Cell.Text as the file has it
	Boolean              // Cell.Text is TRUE or FALSE
	ErrorIn              // Cell.Text is #REF!, #N/A or another one
	Date                 // Cell.Text is a date as ISO 8601 writes it
	NoResult             // a formula whose result the file does not have
)

// Cell is one cell. It is valid until the next row is read.
type Cell struct {
	Column  int // from 0
	Kind    Kind
	Formula bool
	Text    string
	Number  float64
	Format  *Format
}

// readCell reads the cell that start begins.
func (r *Rows) readCell(start xml.StartElement, previous int) (Cell, error) {
	c := Cell{Column: previous + 1}
	c.Format, _ = r.book.format("0")
	kind := ""
	for _, a := range start.Attr {
		switch a.Name.Local {
		case "r":
			column, row, err := parseCell(a.Value)
			if err != nil || row != r.row.Number || column <= previous {
				return c, fmt.Errorf("row %d has a cell %.20q out of order", r.row.Number, a.Value)
			}
			c.Column = column
		case "t":
			kind = a.Value
		case "s":
			var ok bool
			if c.Format, ok = r.book.format(a.Value); !ok {
				return c, fmt.Errorf("row %d has a cell with the format %.20q, which does not exist", r.row.Number,
					a.Value)
			}
		case "cm", "vm", "ph":
		default:
			if a.Name.Space == "" {
				return c, fmt.Errorf("row %d has a cell with the unknown attribute %.20q", r.row.Number, a.Name.Local)
			}
		}
	}
	if c.Column >= maxColumns {
		return c, errCellName
	}
	value, has, err := r.content(&c, kind)
	if err != nil {
		return c, err
	}
	return c, r.interpret(&c, kind, value, has)
}

// content reads what is in a cell: the text of its value, and whether it has one.
func (r *Rows) content(c *Cell, kind string) (value string, has bool, err error) {
	for outer := r.p.depth - 1; r.p.depth > outer; {
		token, err := r.p.next()
		if err != nil {
			return "", false, truncated(err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		inline := kind == "inlineStr"
		switch start.Name.Local {
		case "v":
			if inline {
				return "", false, fmt.Errorf("cell %s has a value, and its type says that it has a text", r.at(c))
			}
			value, err = r.p.plainText()
			has = true
		case "is":
			if !inline {
				return "", false, fmt.Errorf("cell %s has a text, and its type says that it has a value", r.at(c))
			}
			value, err = r.p.richText()
			has = true
		case "f":
			c.Formula = true
			err = r.p.skip()
		case "extLst":
			err = r.p.skip()
		default:
			err = unexpected(start, "cell "+r.at(c))
		}
		if err != nil {
			return "", false, err
		}
	}
	return value, has, nil
}

// interpret turns the text of a value into what it is.
func (r *Rows) interpret(c *Cell, kind, value string, has bool) error {
	text := kind == "str" || kind == "inlineStr"
	switch {
	case c.Formula && (!has || value == "" && !text):
		c.Kind = NoResult
		return nil
	case !has || value == "":
		return nil
	}
	switch kind {
	case "str":
		c.setText(unescape(value))
		return nil
	case "inlineStr":
		c.setText(value)
		return nil
	}
	return r.interpretTyped(c, kind, strings.TrimSpace(value))
}

// interpretTyped is interpret for what is not written as a text.
func (r *Rows) interpretTyped(c *Cell, kind, value string) error {
	bad := func(what string) error { return fmt.Errorf("cell %s "+what, r.at(c), value) }
	switch kind {
	case "s":
		number, err := strconv.Atoi(value)
		shared, ok := r.book.shared.text(number)
		if err != nil || !ok {
			return bad("refers to text %.20q, which does not exist")
		}
		c.setText(shared)
	case "b":
		truth, known := map[string]string{"1": "TRUE", "true": "TRUE", "0": "FALSE", "false": "FALSE"}[value]
		if !known {
			return bad("has %.20q for a truth value")
		}
		c.Kind, c.Text = Boolean, truth
	case "e":
		c.Kind, c.Text = ErrorIn, value
	case "d":
		c.Kind, c.Text = Date, value
	case "", "n":
		number, err := strconv.ParseFloat(value, 64)
		if err != nil || !isDecimal(value) {
			return bad("has %.20q for a number")
		}
		c.Kind, c.Number, c.Text = Number, number, value
		if c.Formula && number == 0 && r.book.uncalculated {
			c.Kind, c.Text = NoResult, ""
		}
	default:
		value = kind
		return bad("is of the unknown type %.20q")
	}
	return nil
}

// at is the name of a cell of the current row.
func (r *Rows) at(c *Cell) string { return CellName(c.Column, r.row.Number) }

// setText makes a cell one with a text; an empty one has nothing.
func (c *Cell) setText(text string) {
	if text != "" {
		c.Kind, c.Text = Text, text
	}
}

// isDecimal refuses what strconv takes for a number too: NaN, Inf, 0x1p4, 1_000.
func isDecimal(text string) bool { return strings.Trim(text, "0123456789+-.eE") == "" }
