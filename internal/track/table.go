package track

// Texts is a row as text, in the columns of Columns. By its tags gocsv reads and
// writes it.
type Texts struct {
	ID      string `csv:"id"`
	Name    string `csv:"name"`
	Volume  string `csv:"volume"`
	Project string `csv:"project_id"`
	Media   string `csv:"media_url"`
}

// TextsOf says u as text. What is absent is empty.
func TextsOf(u Update) Texts {
	return Texts{u.ID.String(), u.Name.String(), u.Volume.String(), u.Project.String(), u.Media.String()}
}

// WrittenRow is a row that can be written into a list of rows to run again.
type WrittenRow struct {
	Row
	// Cells renders the row: in the columns of Table if the manifest was one, and
	// else in those of Columns. A row of a Table that has too many cells has them
	// here too, at the end. They cannot say Expect. Where they cannot show why the
	// row is invalid, its id ends with Mark, and the row is marked. Cells may be
	// called until the next row is read.
	Cells func() (cells []string, marked bool)
}

// Table is how the one table that was the manifest is written, so that a list
// of its rows can be written alike and read again as the manifest was. The cells
// of a WrittenRow are then in its Columns.
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
