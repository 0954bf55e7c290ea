package report

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"tracksync/internal/display"
	"tracksync/internal/safe"
	"tracksync/internal/track"
)

const (
	labelWidth = 13 // columns of what stands before a value
	topErrors  = 5

	maxMessageShown = 300 // characters of the message of a run
	maxCodeShown    = 40
)

// Style says how a summary is shown, and what else it shows.
type Style struct {
	display.Style
	Tracks []string // from TrackLines
	Files  []string // paths of what was written
	Next   Step     // what to do next
}

// Step is what to do next. The zero Step is nothing.
type Step struct {
	First   string `json:"first,omitzero"` // what to do before the command, for example "fix these rows"; may be empty
	Command string `json:"command"`
}

// FirstFix is what to do before rows are sent again: nothing if none was refused for what
// it says. hopeless is how many of them would end the same way again.
func FirstFix(rows, hopeless int, where string) string {
	switch {
	case hopeless == 0:
		return ""
	case hopeless < rows:
		return fmt.Sprintf("fix the rows in %s that were refused (%s of %s)", safe.Line(where),
			display.Thousands(hopeless), display.Thousands(rows))
	}
	return "fix these rows in " + safe.Line(where)
}

// WriteText writes s for people: how the run ended, the outcome of the rows, how fast
// it was, the most frequent errors, and the next command to run. The text contains no
// terminal escapes but its own colours.
func WriteText(w io.Writer, s Summary, style Style) error {
	var whole bytes.Buffer // standard error takes it at once
	t := text{display.NewText(&whole, style.Style)}
	t.headline(s)
	t.totals(s)
	t.Line("")
	for _, f := range Facts(s) {
		t.Fact(labelWidth, f.Label, f.Text)
	}
	t.tracks(style.Tracks)
	t.failures(s)
	t.files(style.Files)
	t.Next(safe.Line(style.Next.First), safe.Line(style.Next.Command))
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := w.Write(whole.Bytes())
	return err
}

type text struct{ *display.Text }

// headline tells how the run ended and, where there is a message, why.
func (t text) headline(s Summary) {
	color, end := Ended(s)
	t.Headline(color, end, Headline(s))
	t.Prose(safe.CutLine(s.Message, maxMessageShown))
}

// Ended is how a run ended, or that it goes on.
func Ended(s Summary) (c display.Color, end string) {
	switch end = words(s.End); {
	case s.End == Running:
		return display.Yellow, end
	case s.ExitCode == 0:
		return display.Green, end
	}
	return display.Red, fmt.Sprintf("%s (exit code %d)", end, s.ExitCode)
}

// Headline tells how many rows are as the manifest says, and of which shards if it is not all.
func Headline(s Summary) string {
	good, part := s.Totals.Succeeded(), ""
	if s.Shard != "" {
		part = " of shard " + safe.Line(s.Shard)
	}
	if strings.Contains(s.Shard, ",") {
		part = " of shards " + safe.Line(s.Shard)
	}
	switch {
	case s.Rows == 0 && s.OtherShards > 0:
		return "no row belongs to this shard"
	case s.Rows == 0:
		return "the manifest has no rows"
	case good == s.Rows && s.Rows == 1:
		return "the one row" + part + " is as the manifest says"
	case good == s.Rows:
		return fmt.Sprintf("all %s rows%s are as the manifest says", display.Thousands(s.Rows), part)
	}
	rest := s.Rows - good
	return fmt.Sprintf("%s of %s%s %s not as the manifest says", display.Thousands(rest), display.Count(s.Rows, "row"),
		part, areIs(rest))
}

// totals has one line per status that occurs, successes first.
func (t text) totals(s Summary) {
	var well, rest []display.Tally
	for _, status := range track.Statuses() {
		c := display.Tally{What: words(string(status)), Number: s.Totals[status], Color: statusColor(status),
			Meaning: Meaning(status)}
		if status.Success() {
			well = append(well, c)
		} else {
			rest = append(rest, c)
		}
	}
	t.Tallies(labelWidth, well, rest)
}

func statusColor(s track.Status) display.Color {
	switch {
	case s.Success():
		return display.Green
	case s == track.NotAttempted:
		return display.Yellow
	}
	return display.Red
}

// Meaning explains a status to someone who sees it for the first time.
func Meaning(s track.Status) string {
	switch s {
	case track.Updated:
		return "applied by the API"
	case track.Unchanged:
		return "already matched"
	case track.Skipped:
		return "requests no change"
	case track.Superseded:
		return "a later row of the same id counts"
	case track.Failed:
		return "refused, or attempts used up; not applied"
	case track.Invalid:
		return "wrong in the manifest; not sent"
	case track.NotApplied:
		return "accepted, but came back with other values"
	case track.Drifted:
		return "not as expected before; left alone"
	case track.NotAttempted:
		return "the run stopped before it"
	case track.Unknown:
		return "may or may not have been applied"
	}
	return ""
}

// failures lists the most frequent errors, each with an example.
func (t text) failures(s Summary) {
	if len(s.Failures) == 0 {
		return
	}
	t.Title("Most frequent errors")
	var list []display.Example
	for _, f := range s.Failures[:min(len(s.Failures), topErrors)] {
		e := display.Example{Count: display.Thousands(f.Rows), Kind: safe.CutLine(f.Code, maxCodeShown),
			Text: safe.Line(f.Message), Where: safe.Line(f.Example)}
		if f.ID > 0 {
			e.Track = TrackText(f.ID, f.Name)
		}
		list = append(list, e)
	}
	t.Examples(list)
	if more := len(s.Failures) - len(list); more > 0 {
		t.Line(t.Paint(display.Dim, fmt.Sprintf("  and %s more", display.Count(more, "kind"))))
	}
}

func (t text) tracks(lines []string) {
	for i, l := range lines {
		label := ""
		if i == 0 {
			t.Line("")
			label = "tracks"
		}
		t.Fact(labelWidth, label, l)
	}
}

func (t text) files(files []string) {
	for i, f := range files {
		label := ""
		if i == 0 {
			t.Line("")
			label = "files"
		}
		t.Path(labelWidth, label, safe.Line(f))
	}
}

// Sandbox is the BaseURL of a run in the sandbox of its own process.
const Sandbox = "sandbox"

// host is where a run sent its requests.
func host(base string) string {
	if base == Sandbox {
		return "the sandbox"
	}
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return u.Host // without user and password
}

func duration(seconds float64) string {
	return display.Long(time.Duration(seconds * float64(time.Second)))
}
