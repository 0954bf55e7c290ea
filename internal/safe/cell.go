package safe

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Cell makes text safe to show in a cell of a CSV file, in at most limit
// characters and an apostrophe. It is Line, and no spreadsheet takes it for a
// formula: an apostrophe stands before what looks like one, and commas stand in
// the place of semicolons, after which the spreadsheets of many countries begin a
// new cell. It is for text about a row; what will be sent must stay as it is.
func Cell(text string, limit int) string {
	text = strings.ReplaceAll(CutLine(text, limit), ";", ",")
	start := strings.TrimLeftFunc(text, unicode.IsSpace)
	first, size := utf8.DecodeRuneInString(start)
	if size < len(start) && strings.ContainsRune("=+-@＝＋－＠", first) { // a sign alone is no formula
		return "'" + text
	}
	return text
}
