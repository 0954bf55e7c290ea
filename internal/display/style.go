package display

// Style is how texts are shown.
type Style struct {
	Color bool // with ANSI escapes for colours
	ASCII bool // nothing but ASCII, see Plain
	Width int  // of the terminal, in columns; 0: not a terminal
	// Runner is set where the runner of GitHub Actions reads each line, and obeys some, see inert.
	Runner bool
}

// Color is a colour or a weight. The empty Color is none.
type Color string

// The colours. The first three have a sign too, for whoever sees no colours.
const (
	Green  Color = "32" // is well
	Red    Color = "31" // is wrong
	Yellow Color = "33" // is not done yet
	Cyan   Color = "36" // goes on
	Dim    Color = "2"  // labels, explanations
	Bold   Color = "1"
)

// Sign is the sign of a colour.
func (c Color) Sign() string { return map[Color]string{Green: "✓", Red: "✗", Yellow: "~"}[c] }

// Paint colours s.
func (y Style) Paint(c Color, s string) string {
	if !y.Color || c == "" || s == "" {
		return s
	}
	return "\x1b[" + string(c) + "m" + s + "\x1b[0m"
}

// Fit shortens s at its end to at most limit columns.
func (y Style) Fit(s string, limit int) string {
	if s = y.Plain(s); Columns(s) <= limit {
		return s
	}
	return widths.Truncate(s, limit, y.Plain(ellipsis))
}

// FitEnd shortens s at its beginning to at most limit columns: the end of a position
// is what leads to the row.
func (y Style) FitEnd(s string, limit int) string {
	if s = y.Plain(s); Columns(s) <= limit {
		return s
	}
	return widths.TruncatePrefix(s, limit, y.Plain(ellipsis))
}
