package input

import (
	"iter"

	"tracksync/internal/track"
)

// record is one record of a table, on its way from the reader of a format to the
// rules: its cells as they were written, and where each stands. It is valid until
// the reader's next one.
type record struct {
	cells []string
	recordPlace
}

// recordPlace answers what is asked of few records, and so is found out on demand.
type recordPlace interface {
	// begin is where the record begins.
	begin() track.Position
	// cell is where a cell begins: in a text at a line and a column, in a
	// workbook in a sheet, and in both at a place such as B7.
	cell(column int) track.Position
	// faults are what is wrong with how the record is written although its cells
	// are known. A list of rows to run again cannot show it.
	faults() []recordError
	// linesWithin are the lines that begin inside the record's cells, cut at the
	// delimiter as if they were records, each with the column of its cell. It is
	// nil when there are none.
	linesWithin() iter.Seq2[int, []string]
}

// tableReader reads the records of a table in one format.
type tableReader interface {
	// header is the first record that has content. It may come beside a
	// *recordError that does not end the reading: the names are then those that
	// were likely meant. Without such a record the error is io.EOF.
	header() (record, error)
	// next is the next record, or io.EOF. After a *recordError that does not end
	// the reading there may be more records. Records may have any number of cells.
	next() (record, error)
	// style is how the table is written, once the header is read: Delimiter,
	// LineEnd and Sep.
	style() track.Table
	// allow lets each record be some bytes longer than maxRecord.
	allow(bytes int)
}

// recordError is what is wrong with the writing of a record.
type recordError struct {
	track.Problem
	column int  // of the cell; -1 when it is the record as a whole
	ends   bool // nothing can be read after it
}
