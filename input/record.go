package input

import (
	"iter"

	"tracksync/internal/track"
)

// record is one record of a table, as the reader of a format returns it: its cells as
// they were written, and the position of each. It is valid until the reader's next
// record.
type record struct {
	cells []string
	recordPlace
}

// recordPlace computes on demand what few records are asked for.
type recordPlace interface {
	// recordAt is the position at which the record begins.
	recordAt() track.Position
	// cell is the position at which a cell begins: a line and a column in a text, a
	// sheet in a workbook, and in both a cell such as B7.
	cell(column int) track.Position
	// faults are mistakes in how the record is written that leave its cells readable. A
	// list of rows to run again cannot show them.
	faults() []recordError
	// linesWithin yields the lines that begin inside the record's cells, each with the
	// column of its cell, split at the delimiter as if they were records. It is nil if
	// there are none.
	linesWithin() iter.Seq2[int, []string]
}

// tableReader reads the records of a table in one format.
type tableReader interface {
	// header returns the first record that has content, or io.EOF. With a *recordError
	// that does not end the reading it also returns the names that were likely meant.
	header() (record, error)
	// columns says what each column holds, as table.columns does, before the first call of
	// next.
	columns(holds []int)
	// next returns the next record, or io.EOF. After a *recordError that does not end
	// the reading there may be more records. A record may have any number of cells.
	next() (record, error)
	// style is how the table is written (Delimiter, LineEnd and Sep). It is known once
	// the header has been read.
	style() track.Table
	// allow makes the limit of each record larger than maxRecord by some bytes.
	allow(bytes int)
}

// recordError is a mistake in how a record is written.
type recordError struct {
	track.Problem
	column int  // the column of the cell; -1 if the whole record is meant
	ends   bool // nothing after it can be read
	// decided means that the cell's text must not be read: the error is about what it is.
	decided bool
}
