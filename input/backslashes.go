package input

import (
	"strings"

	"tracksync/internal/track"
)

// Databases write tables in which a backslash begins an escape: \N for no value, \n for a
// line break, \\ for itself. CSV has no such escapes. To read them as text would send names
// that nobody wrote, so such tables are refused.

// databaseNull is what MySQL and PostgreSQL write for no value.
const databaseNull = `\N`

const (
	databaseNullHint = `MySQL and PostgreSQL write \N for no value: export empty cells instead, with ` +
		`(FORMAT csv, HEADER) or IFNULL(column, '')`
	escapesHint = `CSV has no escapes: export with quotation marks, in PostgreSQL with (FORMAT csv, HEADER), in MySQL ` +
		`with OPTIONALLY ENCLOSED BY '"' ESCAPED BY '"'`
)

// escapes is what a pass has found of them in a table.
type escapes struct {
	null  bool           // a cell is \N
	first *track.Problem // the first name with an escape
}

// escapeIn is the first escape in a text, or "".
func escapeIn(text string) string {
	for rest := text; ; {
		_, after, found := strings.Cut(rest, `\`)
		if !found || after == "" {
			return ""
		}
		if strings.IndexByte(`\ntr0"'`, after[0]) >= 0 {
			return `\` + after[:1]
		}
		rest = after
	}
}

// findEscapes notes the escapes of a row.
func (t *table) findEscapes(raw *rawRow) {
	if !t.p.check {
		return
	}
	for _, cell := range t.record.cells {
		t.p.escapes.null = t.p.escapes.null || cell == databaseNull
	}
	if t.p.escapes.first != nil {
		return
	}
	if escape := escapeIn(raw.text[fName]); escape != "" {
		t.p.escapes.first = &track.Problem{Position: t.fieldAt(fName), Field: track.FieldName,
			Message: "the name has " + escape + ", and this table has \\N: a database wrote it with escapes",
			Hint:    escapesHint}
	}
}

// refuseEscapes refuses a table with \N and with another escape.
func (c *checker) refuseEscapes(src *source, found escapes) {
	if found.null && found.first != nil {
		src.found.refused = true
		c.refuseWhole(src.index, *found.first)
	}
}

// endsInBackslash reports whether a cell ends in a backslash, as if it escaped the delimiter
// or line break after it.
func endsInBackslash(cells []string) bool {
	for _, c := range cells {
		if strings.HasSuffix(c, `\`) {
			return true
		}
	}
	return false
}

// orDatabase is the part of a hint about a word for no value that says where it is from.
func orDatabase(word string) string {
	if word != databaseNull {
		return ""
	}
	return "; " + databaseNullHint
}
