package report

import (
	"encoding/json"
	"io"
)

// Validation is what a check of manifests found, for programs.
type Validation struct {
	Usable     bool      `json:"usable"`
	Complete   bool      `json:"complete"` // whether all rows could be read
	Rows       int       `json:"rows"`
	Valid      int       `json:"valid"`
	Invalid    int       `json:"invalid"`
	Superseded int       `json:"superseded"`
	Found      int       `json:"problems_found"` // Problems lists the first thousand of them
	Problems   []Finding `json:"problems"`
	Warned
}

// Encode writes v as indented JSON.
func (v Validation) Encode(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
