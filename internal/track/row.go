package track

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Position is a place in a manifest, as an editor or a spreadsheet shows it.
type Position struct {
	File   string // as named by the user; "-" is standard input
	Line   int    // from 1; 0 when unknown, or in a spreadsheet
	Column int    // in characters (not bytes), from 1; 0 when unknown
	Sheet  string // spreadsheets only
	// Cell is the place in a spreadsheet's words, for example B7. In a text file, which
	// has lines, only problems have it.
	Cell string
	// Header is the name of the cell's column in a table of text. Only problems have
	// it. It is safe to print.
	Header string
}

// String is file:line:column, followed by the cell and its column's name:
// file:4:41 (F4, Comment). For a spreadsheet it is file:Sheet!B7, and file:'My sheet'!B7
// for a sheet whose name has other characters, as a spreadsheet program writes it. Unknown
// parts are left out.
func (p Position) String() string {
	switch {
	case p.Line == 0 && p.Cell != "":
		return fmt.Sprintf("%s:%s!%s", p.File, sheetName(p.Sheet), p.Cell)
	case p.Line == 0 && p.Sheet != "":
		return p.File + ":" + sheetName(p.Sheet)
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

// sheetName is a sheet's name as it stands before the "!".
func sheetName(name string) string {
	special := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '.' }
	if name != "" && !strings.ContainsFunc(name, special) && !unicode.IsDigit(rune(name[0])) {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", "''") + "'"
}

// Row is the line of a text, or the row of a sheet, that the place is in; 0 when unknown.
func (p Position) Row() int {
	if p.Line == 0 {
		_, row := splitCell(p.Cell)
		return row
	}
	return p.Line
}

// Compare orders places within one file: by line and column in a text, by sheet, row and
// column in a workbook.
func (p Position) Compare(q Position) int {
	if c := cmp.Or(cmp.Compare(p.Sheet, q.Sheet), cmp.Compare(p.Line, q.Line),
		cmp.Compare(p.Column, q.Column)); c != 0 || p.Line > 0 {
		return c
	}
	columnP, rowP := splitCell(p.Cell)
	columnQ, rowQ := splitCell(q.Cell)
	return cmp.Or(cmp.Compare(rowP, rowQ), cmp.Compare(len(columnP), len(columnQ)), cmp.Compare(columnP, columnQ))
}

// splitCell splits B7 into the column B and the row 7.
func splitCell(cell string) (column string, row int) {
	i := strings.IndexAny(cell, "0123456789")
	if i < 0 {
		return cell, 0
	}
	row, _ = strconv.Atoi(cell[i:]) // 0 if it is not a cell
	return cell[:i], row
}

// Problem is one mistake in a manifest, explained so that its owner can fix it.
type Problem struct {
	Position Position
	Field    string // the field concerned, if there is one
	Message  string // lowercase, no full stop; one line, safe to print
	Hint     string // what to do; may be empty
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

// Alternatives are states; a track must match one of them, in the fields which that
// state has. Without alternatives nothing is expected.
type Alternatives []Values

// Empty reports whether nothing is expected.
func (a Alternatives) Empty() bool { return len(a) == 0 }

// Row is one entry of a manifest.
type Row struct {
	// Number counts the rows of a run from 1, over all manifests in the order of the
	// arguments. It identifies the row within the run.
	Number int
	// Position is where the row begins.
	Position Position
	// Update is what the row requests. If there are Problems, only its ID counts, which
	// is set if the id itself is valid.
	Update Update
	// Expect is what the track must look like before it is touched. If there are
	// Problems, it doesn't count.
	//
	// An expectation is only compared and never sent, so it may have values that an
	// Update can't: any name, any volume, an empty media URL, and null media (the
	// track has none).
	Expect Alternatives
	// ExpectMedia is the media that the track must have for its media to be replaced.
	// Otherwise the media stays, and the other fields are sent. Absent: any media.
	ExpectMedia Field[string]
	// Problems tell why the row is invalid; a valid row has none.
	Problems []Problem
	// Superseded means that a later row of the same id counts instead.
	Superseded bool
	// Earlier is the row's unsuccessful result in an earlier session; nil if there is
	// none.
	Earlier *Result
}

// Conditional reports whether the current state decides what is done.
func (r *Row) Conditional() bool { return len(r.Expect) > 0 || !r.ExpectMedia.IsZero() }

// Outgoing is a row whose update is about to be sent.
type Outgoing struct {
	ID    ID
	Row   int    // Row.Number
	Asked string // Values.Fingerprint of what the row asks
}
