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

// maxResult is how many columns of a terminal what became of the rows takes at most.
const maxResult = 40

// Listed is a run in a list of runs.
type Listed struct {
	Run       string    `json:"run"`                 // its directory
	StartedAt time.Time `json:"started_at,omitzero"` // UTC
	EndedAt   time.Time `json:"ended_at,omitzero"`   // UTC; missing if it has not ended
	AgeS      float64   `json:"age_s,omitzero"`      // seconds since it began
	End       string    `json:"end"`                 // as in the summary, or running, killed, damaged
	ExitCode  *int      `json:"exit_code,omitempty"` // missing if it has not ended
	BaseURL   string    `json:"base_url,omitzero"`   // of the API, or sandbox
	Manifests []string  `json:"manifests,omitempty"` // as the user named them
	Rows      int       `json:"rows"`                //
	Totals    Totals    `json:"totals"`              // rows by status
	Error     string    `json:"error,omitzero"`      // why a damaged one cannot be read
	Next      *Step     `json:"next,omitempty"`      // what to do next, as far as it is known
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

// WriteList writes a list of runs for people, one line a run, and what to do next about the
// first of them. Times are those of zone.
func WriteList(w io.Writer, list []Listed, zone *time.Location, style display.Style) error {
	t := display.NewTable(w, style, []display.Column{
		{}, {Name: "run"}, {Name: "started", Spare: 1}, {Name: "age", Right: true}, {Name: "end"},
		{Name: "rows", Right: true, Spare: 2}, {Name: "result", Most: maxResult, Least: 12}, {Name: "manifest", Least: 10},
	})
	var ends []string
	for _, r := range list {
		ends = append(ends, r.ending())
		started, age := "", ""
		if !r.StartedAt.IsZero() {
			started = r.StartedAt.In(zone).Format("2006-01-02 15:04:05")
			age = display.Age(time.Duration(r.AgeS * float64(time.Second)))
		}
		color := r.color()
		if err := t.Add(
			display.Cell{Text: color.Sign(), Color: color}, display.Cell{Text: safe.Line(r.Run)},
			display.Cell{Text: started}, display.Cell{Text: age}, display.Cell{Text: r.ending(), Color: color},
			display.Cell{Text: display.Thousands(r.Rows)}, display.Cell{Text: r.result()},
			display.Cell{Text: r.origin()},
		); err != nil {
			return err
		}
	}
	t.Total(display.Count(len(list), "run") + ": " + countedWords(ends))
	if len(list) > 0 && list[0].Next != nil {
		t.Next(safe.Line(list[0].Next.First), safe.Line(list[0].Next.Command))
	}
	return t.Flush()
}

// countedWords says how often each word is there.
func countedWords(list []string) string {
	counts := map[string]int{}
	for _, word := range list {
		counts[word]++
	}
	var parts []string
	for _, word := range list {
		if n := counts[word]; n > 0 {
			parts = append(parts, display.Thousands(n)+" "+word)
			counts[word] = 0
		}
	}
	return strings.Join(parts, ", ")
}

func (r Listed) ending() string {
	end := words(r.End)
	if r.ExitCode != nil && *r.ExitCode != 0 {
		end += fmt.Sprintf(" (%d)", *r.ExitCode)
	}
	return end
}

func (r Listed) color() display.Color {
	switch {
	case r.End == Running:
		return display.Yellow
	case r.ExitCode != nil && *r.ExitCode == 0:
		return display.Green
	}
	return display.Red
}

// origin is what was run, and that it was only in the sandbox.
func (r Listed) origin() string {
	text := safe.Line(strings.Join(r.Manifests, " "))
	if r.BaseURL == Sandbox {
		text += " (sandbox)"
	}
	return text
}

// result says what became of the rows.
func (r Listed) result() string {
	if r.Error != "" {
		return safe.CutLine(r.Error, maxMessage)
	}
	return totalsText(r.Totals)
}

// rowsText says how many rows there are, and of which statuses.
func rowsText(t Totals) string {
	sum := 0
	for _, n := range t {
		sum += n
	}
	text := display.Count(sum, "row")
	if sum > 0 {
		text += ": " + totalsText(t)
	}
	return text
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
