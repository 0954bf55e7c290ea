package report

import "tracksync/internal/track"

// Finding is a problem of a manifest, or a warning, for programs.
type Finding struct {
	File    string `json:"file"`
	Line    int    `json:"line,omitzero"`
	Column  int    `json:"column,omitzero"`
	Sheet   string `json:"sheet,omitzero"`
	Cell    string `json:"cell,omitzero"`
	Header  string `json:"header,omitzero"` // the name of the cell's column
	Field   string `json:"field,omitzero"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitzero"`
}

// Findings are problems as JSON lists them. The result is never nil.
func Findings(problems []track.Problem) []Finding {
	all := make([]Finding, len(problems))
	for i, p := range problems {
		at := p.Position
		all[i] = Finding{at.File, at.Line, at.Column, at.Sheet, at.Cell, at.Header, p.Field, p.Message, p.Hint}
	}
	return all
}

// Warned are the warnings about the manifests: the first of each kind, and how many
// there are in all.
type Warned struct {
	Found int       `json:"warnings_found"`
	List  []Finding `json:"warnings"`
}
