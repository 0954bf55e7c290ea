package track

// A workbook that was marked has a column that says about each row what is wrong with it
// or that it is done, and a hidden sheet that says with which values rows are done.
const (
	// ColumnMarks is the column. A manifest's reader ignores it otherwise.
	ColumnMarks = "#tracksync"
	// MarkBad begins the text of a row that needs attention, and MarkDone that of a row
	// that is done.
	MarkBad  = "✗"
	MarkDone = "✓"
	// DoneSheet is the sheet. It has the columns id and fingerprint, of texts.
	DoneSheet = "_tracksync"
)
