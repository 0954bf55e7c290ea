package workbook

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// Rows reads a sheet from its first row to its end. It is not safe for concurrent use.
type Rows struct {
	book    *Book
	sheet   Sheet
	part    io.ReadCloser
	p       *parser
	row     Row
	columns []Range // hidden columns
	merged  []Range
	inData  bool
	hadData bool
}

// Row is one row of a sheet. It is valid until the next one is read. Rows that the file
// does not have are left out.
type Row struct {
	Number int // from 1
	Hidden bool
	Cells  []Cell // in the order of their columns; empty ones may be left out
}

// Read begins to read a sheet. The caller closes the Rows.
func (b *Book) Read(sheet int) (*Rows, error) {
	s := b.Sheets[sheet]
	if !s.Cells {
		return nil, &Error{Sheet: s.Name, Message: "the sheet has no cells: it is a chart or a dialog",
			Hint: "name another one with --sheet"}
	}
	content, err := b.open(s.part, maxSheet)
	if err != nil {
		return nil, inSheet(s, err)
	}
	return &Rows{book: b, sheet: s, part: content, p: newParser(content, maxSheet)}, nil
}

func inSheet(s Sheet, err error) error {
	var known *Error
	if errors.As(err, &known) {
		known.Sheet = s.Name
	}
	return err
}

// Close ends the reading.
func (r *Rows) Close() error { return r.part.Close() }

// Merged are the merged ranges. They are known when Next has returned io.EOF.
func (r *Rows) Merged() []Range { return r.merged }

// HiddenColumns are the hidden columns; the rows of the ranges are 0. They are known when
// the first row has been read.
func (r *Rows) HiddenColumns() []Range { return r.columns }

// Next is the next row, or io.EOF after the end of the sheet.
func (r *Rows) Next() (*Row, error) {
	err := r.next()
	if err == nil {
		return &r.row, nil
	}
	if err != io.EOF {
		err = inSheet(r.sheet, r.p.failed(r.sheet.part, err))
	}
	return nil, err
}

func (r *Rows) next() error {
	for {
		token, err := r.p.next()
		if err != nil {
			if err == io.EOF && !r.hadData {
				err = errors.New("it has no rows")
			}
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if r.inData {
				return r.readRow(t)
			}
			if err := r.around(t); err != nil {
				return err
			}
		case xml.EndElement:
			if t.Name.Local == "sheetData" {
				r.inData = false
			}
		}
	}
}

// around reads an element outside the rows.
func (r *Rows) around(start xml.StartElement) error {
	switch start.Name.Local {
	case "worksheet", "cols":
		return nil
	case "sheetData":
		if r.hadData {
			return errors.New("it has two tables of rows")
		}
		r.inData, r.hadData = true, true
		return nil
	case "mergeCells":
		return r.readMerged()
	case "col":
		first, _ := strconv.Atoi(attribute(start, "min"))
		last, _ := strconv.Atoi(attribute(start, "max"))
		if isTrue(attribute(start, "hidden")) && first > 0 && len(r.columns) < maxColumns {
			r.columns = append(r.columns, Range{FirstColumn: first - 1, LastColumn: last - 1})
		}
	}
	return r.p.skip()
}

// readMerged reads the merged ranges.
func (r *Rows) readMerged() error {
	for outer := r.p.depth - 1; r.p.depth > outer; {
		token, err := r.p.next()
		if err != nil {
			return truncated(err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if start.Name.Local != "mergeCell" {
			return unexpected(start, "the merged cells")
		}
		merged, err := parseRange(attribute(start, "ref"))
		if err != nil {
			return err
		}
		if len(r.merged) == maxMerged {
			return &Error{Message: fmt.Sprintf("the sheet has more than %d merged ranges", maxMerged),
				Hint: saveSmaller}
		}
		r.merged = append(r.merged, merged)
	}
	return nil
}

// maxMerged is the most merged ranges of a sheet, which are kept in memory.
const maxMerged = MaxRows

// maxRow is the most bytes of a row's texts, which are kept in memory.
const maxRow = 8 << 20

// readRow reads the row that start begins.
func (r *Rows) readRow(start xml.StartElement) error {
	if start.Name.Local != "row" {
		return unexpected(start, "the rows")
	}
	if err := r.beginRow(start); err != nil {
		return err
	}
	previous, size := -1, 0
	for outer := r.p.depth - 1; r.p.depth > outer; {
		token, err := r.p.next()
		if err != nil {
			return truncated(err)
		}
		t, ok := token.(xml.StartElement)
		switch {
		case !ok:
		case t.Name.Local == "extLst":
			err = r.p.skip()
		case t.Name.Local != "c":
			err = unexpected(t, fmt.Sprintf("row %d", r.row.Number))
		default:
			var cell Cell
			cell, err = r.readCell(t, previous)
			if previous = cell.Column; cell.Kind != Empty {
				r.row.Cells = append(r.row.Cells, cell)
			}
			if size += len(cell.Text); size > maxRow && err == nil {
				err = &Error{Cell: r.at(&cell), Message: fmt.Sprintf("a row of more than %d MB", maxRow>>20), Hint: saveSmaller}
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// beginRow reads the number of a row and whether it is hidden.
func (r *Rows) beginRow(start xml.StartElement) error {
	number := r.row.Number + 1
	r.row.Hidden, r.row.Cells = false, r.row.Cells[:0]
	for _, a := range start.Attr {
		switch a.Name.Local {
		case "r":
			n, err := strconv.Atoi(a.Value)
			if err != nil || n < number {
				return fmt.Errorf("row %.20q is out of order", a.Value)
			}
			number = n
		case "hidden":
			var err error
			if r.row.Hidden, err = truth(a.Value); err != nil {
				return fmt.Errorf("row %d: hidden is %w", number, err)
			}
		case "spans", "s", "customFormat", "ht", "customHeight", "outlineLevel", "collapsed", "thickTop", "thickBot", "ph":
		default:
			if a.Name.Space == "" {
				return fmt.Errorf("row %d has the unknown attribute %.20q", number, a.Name.Local)
			}
		}
	}
	if number > MaxRows {
		return &Error{Hint: saveSmaller,
			Message: fmt.Sprintf("the sheet has more than %d rows, which is the most a workbook can have", MaxRows)}
	}
	r.row.Number = number
	return nil
}

// unexpected is the error of an element that has no business where it is. It is not
// skipped: it may be one that was damaged.
func unexpected(start xml.StartElement, where string) error {
	return fmt.Errorf("the element %.20q is not expected in %s", start.Name.Local, where)
}

func attribute(start xml.StartElement, name string) string {
	for _, a := range start.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// truth reads a truth value.
func truth(text string) (bool, error) {
	switch text {
	case "1", "true", "on":
		return true, nil
	case "0", "false", "off", "":
		return false, nil
	}
	return false, fmt.Errorf("%.20q, which is no truth value", text)
}

func isTrue(text string) bool {
	yes, err := truth(text)
	return yes && err == nil
}
