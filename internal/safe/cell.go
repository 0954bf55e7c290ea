package safe

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Cell makes text safe to show in a cell of a CSV file, in at most limit characters and
// an apostrophe. It is Line, and no spreadsheet takes it for a formula: text that looks
// like one gets an apostrophe in front. Semicolons become commas, because the
// spreadsheets of many countries begin a new cell at a semicolon. It is for text about a
// row; text that will be sent must stay as it is.
func Cell(text string, limit int) string {
	text = strings.ReplaceAll(CutLine(text, limit), ";", ",")
	start := strings.TrimLeftFunc(text, unicode.IsSpace)
	first, size := utf8.DecodeRuneInString(start)
	if size < len(start) && strings.ContainsRune("=+-@＝＋－＠", first) { // a sign alone is no formula
		return "'" + text
	}
	return text
}
