package track

// Texts is a row as text, in the columns of Columns. gocsv reads and writes it by its
// tags.
type Texts struct {
	ID      string `csv:"id"`
	Name    string `csv:"name"`
	Volume  string `csv:"volume"`
	Project string `csv:"project_id"`
	Media   string `csv:"media_url"`
}

// TextsOf is u as text. Absent fields are empty.
func TextsOf(u Update) Texts {
	return Texts{u.ID.String(), u.Name.String(), u.Volume.String(), u.Project.String(), u.Media.String()}
}

// WrittenRow is a row that can be written to a list of rows to run again.
type WrittenRow struct {
	Row
	// Cells renders the row: in the columns of Table if the manifest was one table,
	// otherwise in those of Columns. Surplus cells of a table's row come at the end.
	// Cells can't express Expect. If they don't show why the row is invalid, its id
	// ends with Mark, and marked is true. Call Cells before the next row is read.
	Cells func() (cells []string, marked bool)
}

// Table tells how a manifest that is one table was written, so that a list of its rows
// can be written and read in the same way. The cells of a WrittenRow are in its Columns.
type Table struct {
	// Columns are the names of the columns. The name of an ignored column begins with
	// #, so that it is ignored again whatever the options are. The error column of an
	// earlier list is left out.
	Columns []string
	// Error is a name for one more column, which a manifest's reader ignores.
	Error     string
	Delimiter rune
	LineEnd   string
	// BOM tells that a list begins with a byte order mark: the manifest has one, or its
	// encoding needed to be named. In UTF-8 with a mark a list can have every message, is
	// read without an option, and is opened rightly by a spreadsheet.
	BOM bool
	// UTF16 tells that the manifest is UTF-16. A list is too: a spreadsheet splits tabs into
	// columns only in that.
	UTF16 bool
	Sep   bool // it begins with Excel's line "sep=;", which is needed to find its delimiter
}

// ColumnError is the column that tells why a row is in a list of rows to run again.
const ColumnError = "#error"

// Mark after an id makes a row invalid. It is for an invalid row whose cells alone, in a
// list of rows to run again, would be valid. ColumnError tells why the row is invalid.
const Mark = "?"

// MarkHint tells what to do about Mark.
const MarkHint = "fix the row, and remove the question mark after its id"
