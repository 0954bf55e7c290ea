package report

import (
	"fmt"
	"strings"

	"tracksync/internal/display"
	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// Manifest is what was understood of a manifest.
type Manifest struct {
	File   string `json:"file"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256,omitzero"` // left out if it was not read to its end
	Format string `json:"format,omitzero"` // left out if it was not found out
	ManifestLayout
	ManifestRows
}

// ManifestLayout is how a manifest is written.
type ManifestLayout struct {
	Gzip        bool     `json:"gzip"`
	Encoding    string   `json:"encoding,omitzero"`
	BOM         bool     `json:"bom"` // the text begins with a byte order mark
	Delimiter   string   `json:"delimiter,omitzero"`
	Sheet       string   `json:"sheet,omitzero"`
	HeaderRow   int      `json:"header_row,omitzero"` // a line of a text, a row of a sheet
	RowsAbove   int      `json:"rows_above_header,omitzero"`
	Columns     []Column `json:"columns"`      // of a table
	IgnoredKeys []Column `json:"ignored_keys"` // of YAML and JSON: the first few
}

// Column is what a column of a table is read as.
type Column struct {
	Header string `json:"header"`         // its name
	Field  string `json:"field,omitzero"` // left out if the column is ignored
	Why    string `json:"why"`            // see input.Reason
}

// ManifestRows counts the rows of a manifest.
type ManifestRows struct {
	Rows          int      `json:"rows"`
	Valid         int      `json:"valid"`
	Invalid       int      `json:"invalid"`
	Blank         int      `json:"blank_rows"`
	Hidden        int      `json:"hidden_rows"`
	HiddenSkipped bool     `json:"hidden_rows_skipped"` // otherwise the hidden rows are among Rows
	LowestID      track.ID `json:"lowest_id,omitzero"`
	HighestID     track.ID `json:"highest_id,omitzero"`
	Sets          Sets     `json:"sets"`
	ProjectNull   int      `json:"sets_project_null"`
	Expecting     int      `json:"expecting"` // rows that say what their track must look like
}

// Sets is how many rows set each field.
type Sets struct {
	Name    int `json:"name"`
	Volume  int `json:"volume"`
	Project int `json:"project_id"`
	Media   int `json:"media_url"`
}

const (
	maxHeaderShown  = 40 // characters of a column's name
	maxColumnsShown = 30 // columns of one kind
)

// Remarkable says in one line what is not plain about how a manifest is read; "" if
// everything is.
func (m Manifest) Remarkable() string {
	var parts []string
	if m.Encoding != "" && m.Encoding != plainEncoding {
		parts = append(parts, "encoding "+m.Encoding)
	}
	if m.Sheet != "" {
		parts = append(parts, "sheet "+safe.CutQuote(m.Sheet, maxHeaderShown))
	}
	if m.RowsAbove > 0 {
		parts = append(parts, fmt.Sprintf("header in row %d", m.HeaderRow))
	}
	for _, c := range m.Columns {
		switch name := "column " + safe.CutQuote(c.Header, maxHeaderShown); c.Why {
		case "synonym":
			parts = append(parts, name+" is read as "+c.Field)
		case "report":
			parts = append(parts, name+" is ignored")
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return safe.Line(m.File) + ": " + strings.Join(parts, ", ")
}

const plainEncoding = "UTF-8"

// facts are what is said of a manifest, as labels and texts in turn.
func (m Manifest) facts() []string {
	facts := []string{"format", m.formatText()}
	if m.HeaderRow > 0 {
		facts = append(facts, "header", m.headerText())
	}
	held, ignored := m.columnTexts()
	if len(m.Columns) > 0 {
		facts = append(facts, "columns", orNone(held))
	}
	if len(ignored) > 0 {
		facts = append(facts, "ignored", orNone(ignored))
	}
	facts = append(facts, "rows", m.rowsText())
	switch {
	case m.LowestID == 0:
	case m.LowestID == m.HighestID:
		facts = append(facts, "ids", m.LowestID.String())
	default:
		facts = append(facts, "ids", m.LowestID.String()+" to "+m.HighestID.String())
	}
	return append(facts, "sets", m.setsText())
}

func (m Manifest) formatText() string {
	if m.Format == "" {
		return "not known"
	}
	parts := []string{strings.ToUpper(m.Format)}
	switch {
	case m.Encoding != "" && m.BOM:
		parts = append(parts, m.Encoding+" with a byte order mark")
	case m.Encoding != "":
		parts = append(parts, m.Encoding)
	}
	if m.Delimiter != "" {
		parts = append(parts, delimiterText(m.Delimiter))
	}
	if m.Sheet != "" {
		parts = append(parts, "sheet "+safe.CutQuote(m.Sheet, maxHeaderShown))
	}
	if m.Gzip {
		parts = append(parts, "packed with gzip")
	}
	return strings.Join(parts, ", ")
}

func delimiterText(d string) string {
	for text, words := range map[string]string{",": "commas", ";": "semicolons", "\t": "tabs", "|": "pipes"} {
		if d == text {
			return words
		}
	}
	return "delimiter " + safe.Quote(d)
}

func (m Manifest) headerText() string {
	what := "line"
	if m.Sheet != "" {
		what = "row"
	}
	text := fmt.Sprintf("%s %s", what, display.Thousands(m.HeaderRow))
	if m.RowsAbove > 0 {
		text += fmt.Sprintf("; %s above it %s not read", display.Count(m.RowsAbove, "row"), isOrAre(m.RowsAbove))
	}
	return text
}

func isOrAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// columnTexts says which columns hold a field, and which are ignored.
func (m Manifest) columnTexts() (held, ignored []string) {
	for _, c := range m.Columns {
		switch {
		case c.Field != "":
			held = append(held, c.text())
		case c.Why != "nameless":
			ignored = append(ignored, c.text())
		}
	}
	for _, c := range m.IgnoredKeys {
		ignored = append(ignored, c.text())
	}
	return held, ignored
}

// text is the column's name, the field that it holds, and why.
func (c Column) text() string {
	name := safe.CutLine(c.Header, maxHeaderShown)
	if strings.ContainsAny(name, " ,;→()\"") || name == "" {
		name = safe.CutQuote(c.Header, maxHeaderShown)
	}
	if c.Field != "" && c.Header != c.Field {
		name += " → " + c.Field
	}
	if why := whyColumn[c.Why]; why != "" {
		name += " (" + why + ")"
	}
	return name
}

// whyColumn says why a column is read as it is, where that does not go without saying.
var whyColumn = map[string]string{
	"map": "--map", "guess": "a guess", "unknown": "--ignore-unknown", "refused": "see below",
}

func orNone(list []string) string {
	if more := len(list) - maxColumnsShown; more > 1 {
		list = append(list[:maxColumnsShown:maxColumnsShown], fmt.Sprintf("and %s more", display.Thousands(more)))
	}
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

func (m Manifest) rowsText() string {
	parts := []string{display.Thousands(m.Rows)}
	if m.Invalid > 0 {
		parts[0] += fmt.Sprintf(", of which %s %s invalid", display.Thousands(m.Invalid), isOrAre(m.Invalid))
	}
	if m.Hidden > 0 {
		text := display.Thousands(m.Hidden) + " hidden " + isOrAre(m.Hidden) + " read too"
		if m.HiddenSkipped {
			text = display.Thousands(m.Hidden) + " hidden " + isOrAre(m.Hidden) + " left out"
		}
		parts = append(parts, text)
	}
	if m.Blank > 0 {
		parts = append(parts, display.Thousands(m.Blank)+" blank "+isOrAre(m.Blank)+" skipped")
	}
	return strings.Join(parts, "; ")
}

func (m Manifest) setsText() string {
	var parts []string
	for _, f := range []FieldRows{{track.FieldName, m.Sets.Name}, {track.FieldVolume, m.Sets.Volume},
		{track.FieldProject, m.Sets.Project}, {track.FieldMedia, m.Sets.Media}} {
		if f.Rows == 0 {
			continue
		}
		text := f.Field + " of " + display.Thousands(f.Rows)
		if f.Field == track.FieldProject && m.ProjectNull > 0 {
			text += fmt.Sprintf(" (%s null)", display.Thousands(m.ProjectNull))
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}
