package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"tracksync/internal/display"
	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// Damaged is the end of a run that cannot be read, in a list.
const Damaged = "damaged"

// Listed is a run in a list of runs.
type Listed struct {
	Run       string    `json:"run"`                 // its directory
	StartedAt time.Time `json:"started_at,omitzero"` // UTC
	EndedAt   time.Time `json:"ended_at,omitzero"`   // UTC; missing if it has not ended
	AgeS      float64   `json:"age_s,omitzero"`      // seconds since it began
	End       string    `json:"end"`                 // as in the summary, or running, killed, damaged
	ExitCode  *int      `json:"exit_code,omitempty"` // missing if it has not ended
	Manifests []string  `json:"manifests,omitempty"` // as the user named them
	Rows      int       `json:"rows"`                //
	Totals    Totals    `json:"totals"`              // rows by status
	Error     string    `json:"error,omitzero"`      // why a damaged one cannot be read
}

// EncodeList writes a list of runs as one JSON document.
func EncodeList(w io.Writer, list []Listed) error {
	if list == nil {
		list = []Listed{}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		Runs []Listed `json:"runs"`
	}{list})
}

// WriteList writes a list of runs for people, one line a run. Times are those of zone.
func WriteList(w io.Writer, list []Listed, zone *time.Location, style TableStyle) error {
	t := newTable(w, style, []column{
		{name: "started"}, {name: "age", right: true}, {name: "end"}, {name: "rows", right: true}, {name: "result"},
		{name: "run"}, {name: "manifest"},
	})
	for _, r := range list {
		started, age := "", ""
		if !r.StartedAt.IsZero() {
			started = r.StartedAt.In(zone).Format("2006-01-02 15:04:05")
			age = display.Age(time.Duration(r.AgeS * float64(time.Second)))
		}
		if err := t.add(
			cell{text: started}, cell{text: age}, cell{r.ending(), r.color()}, cell{text: display.Thousands(r.Rows)},
			cell{text: r.result()}, cell{text: safe.Line(r.Run)}, cell{text: safe.Line(strings.Join(r.Manifests, " "))},
		); err != nil {
			return err
		}
	}
	return t.end()
}

func (r Listed) ending() string {
	end := words(r.End)
	if r.ExitCode != nil && *r.ExitCode != 0 {
		end += fmt.Sprintf(" (%d)", *r.ExitCode)
	}
	return end
}

func (r Listed) color() string {
	switch {
	case r.End == Running:
		return yellow
	case r.ExitCode != nil && *r.ExitCode == 0:
		return green
	}
	return red
}

// result says what became of the rows.
func (r Listed) result() string {
	if r.Error != "" {
		return safe.CutLine(r.Error, maxMessage)
	}
	return totalsText(r.Totals)
}

// totalsText is the statuses that occur, with their rows.
func totalsText(t Totals) string {
	var parts []string
	for _, s := range track.Statuses() {
		if n := t[s]; n > 0 {
			parts = append(parts, display.Thousands(n)+" "+words(string(s)))
		}
	}
	return strings.Join(parts, ", ")
}
