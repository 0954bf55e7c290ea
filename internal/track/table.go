package track

// Table is how the one table that was the manifest is written, so that a list
// of its rows can be written alike and read again as the manifest was. Row.Cells
// are then in its Columns.
type Table struct {
	// Columns are the names of the columns. One that was ignored begins with #
	// here: it is ignored again, whatever the options. The column of an earlier
	// list's errors is not among them.
	Columns []string
	// Error is a name for one more column, which the manifest's reader ignores
	// and does not take for a field.
	Error     string
	Delimiter rune
	LineEnd   string
	BOM       bool // it begins with a byte order mark
	Sep       bool // its first line is Excel's "sep=;", or else its delimiter would not be found
}

// ColumnError is the column that says why a row is in a list of rows to run again.
const ColumnError = "#error"

// Mark behind an id makes a row invalid in a list of rows to run again, where
// its cells alone would not: a row that was invalid must not become valid by
// being written as a table. The column ColumnError says why it is invalid.
const Mark = "?"

// MarkHint says what to do about Mark.
const MarkHint = "fix the row, and remove the question mark after its id"
