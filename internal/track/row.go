package track

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Position is a place in a manifest, as an editor or a spreadsheet shows it.
type Position struct {
	File   string // as named by the user; "-" is standard input
	Line   int    // from 1; 0 when unknown, or in a spreadsheet
	Column int    // in characters (not bytes), from 1; 0 when unknown
	Sheet  string // spreadsheets only
	// Cell is what a spreadsheet calls the place, such as B7. In a text file,
	// which has lines too, it is set for a problem's place alone.
	Cell string
	// Header is the name of the cell's column in a table of text, for a
	// problem's place; safe to print, "" when there is none.
	Header string
}

// String is file:line:column, with the cell and its column's name behind it
// where they are known: file:4:41 (F4, Comment). For a spreadsheet it is
// file:Sheet!B7. What is unknown is left out.
func (p Position) String() string {
	switch {
	case p.Line == 0 && p.Cell != "":
		return fmt.Sprintf("%s:%s!%s", p.File, p.Sheet, p.Cell)
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	case p.Cell == "":
		return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	case p.Header == "":
		return fmt.Sprintf("%s:%d:%d (%s)", p.File, p.Line, p.Column, p.Cell)
	}
	return fmt.Sprintf("%s:%d:%d (%s, %s)", p.File, p.Line, p.Column, p.Cell, p.Header)
}

// Compare orders places within a file: by line and column in a text, and in a
// workbook by sheet, row and column.
func (p Position) Compare(q Position) int {
	if c := cmp.Or(cmp.Compare(p.Sheet, q.Sheet), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column)); c != 0 || p.Line > 0 {
		return c
	}
	columnP, rowP := splitCell(p.Cell)
	columnQ, rowQ := splitCell(q.Cell)
	return cmp.Or(cmp.Compare(rowP, rowQ), cmp.Compare(len(columnP), len(columnQ)), cmp.Compare(columnP, columnQ))
}

// splitCell is the column and the row of a cell such as B7.
func splitCell(cell string) (column string, row int) {
	i := strings.IndexAny(cell, "0123456789")
	if i < 0 {
		return cell, 0
	}
	row, _ = strconv.Atoi(cell[i:]) // 0 for what is no cell
	return cell[:i], row
}

// Problem is one thing that is wrong with a manifest, said so that its owner
// can fix it.
type Problem struct {
	Position Position
	Field    string // the field concerned, if one is
	Message  string // lowercase, no full stop; one line, safe to print
	Hint     string // what to do about it; may be empty
}

// Error is "position: message (hint)".
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.Position.String())
	b.WriteString(": ")
	b.WriteString(p.Message)
	if p.Hint != "" {
		b.WriteString(" (")
		b.WriteString(p.Hint)
		b.WriteString(")")
	}
	return b.String()
}

// Alternatives are states of which a track must have one, in the fields that each
// of them has. None expect nothing.
type Alternatives []Values

// Empty reports whether nothing is expected.
func (a Alternatives) Empty() bool { return len(a) == 0 }

// Row is one entry of a manifest.
type Row struct {
	// Number counts the rows of a run from 1, over all manifests in the order
	// of the arguments. It identifies the row within the run.
	Number int
	// Position is where the row begins.
	Position Position
	// Update is what the row asks. Meaningful only without Problems; its ID is
	// set whenever the id itself is good, also beside other problems.
	Update Update
	// Expect is what the track must look like before it is touched. Meaningful
	// only without Problems.
	//
	// Beside what Update may hold, which is sent, an expectation may hold what
	// is only ever compared: any name and any volume, a media URL that is
	// empty, and a media that is null (the track has none).
	Expect Alternatives
	// ExpectMedia is the media that the track must have for its media to be
	// replaced; else that alone is left alone. Absent: any.
	ExpectMedia Field[string]
	// Problems is why the row is invalid; empty for a valid row.
	Problems []Problem
	// Superseded is set when a later row of the same id counts instead.
	Superseded bool
	// Earlier is what became of the row, without success, before the run was
	// resumed; nil when it was not worked on.
	Earlier *Result
}

// Conditional reports whether what is done depends on what the track is.
func (r Row) Conditional() bool { return len(r.Expect) > 0 || !r.ExpectMedia.IsZero() }
