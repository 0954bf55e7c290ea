package page

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"tracksync/internal/display"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
)

// maxText is the most characters of a text from outside that the page shows.
const maxText = 300

// head is the top of the page.
type head struct {
	Sign     string // of how it ended
	Tone     string // the class of its colour
	Verdict  string // how many rows are as the manifest says
	End      string // how the run ended, in words
	Message  string // why
	Version  string
	Title    string
	Facts    []fact
	Totals   []total // the statuses that occur
	Next     report.Step
	NotYet   string // rows that were not attempted, in words; "": none
	Warnings []string
}

// fact is one line beside the totals.
type fact struct{ Label, Text string }

// total is one status in the bar.
type total struct {
	Status  track.Status
	Words   string
	Meaning string
	Rows    string
	Share   string  // in per cent, as text
	X       float64 // where its part of the bar begins, in thousandths
	Width   float64 // how wide it is
}

func headOf(s report.Summary) head {
	h := head{
		Verdict: report.Headline(s), Message: safe.CutLine(s.Message, maxText),
		End: words(safe.CutLine(s.End, 40)), Version: safe.CutLine(s.Version, 80),
		Facts: factsOf(s), Totals: totalsOf(s), Next: shown(s.Next),
	}
	h.Title = "tracksync: " + h.Verdict
	color, _ := report.Ended(s)
	if color == display.Red {
		h.End = fmt.Sprintf("%s, exit code %d", h.End, s.ExitCode)
	}
	h.Sign = color.Sign()
	h.Tone = map[display.Color]string{display.Green: "good", display.Yellow: "wait", display.Red: "bad"}[color]
	if n := s.Totals[track.NotAttempted]; n > 0 {
		h.NotYet = display.Count(n, "row")
	}
	for _, w := range s.Warned.List {
		at := track.Position{File: w.File, Line: w.Line, Column: w.Column, Sheet: w.Sheet, Cell: w.Cell}
		h.Warnings = append(h.Warnings, safe.CutLine(at.String()+": "+w.Message, maxText))
	}
	return h
}

func shown(next *report.Step) report.Step {
	if next == nil {
		return report.Step{}
	}
	return report.Step{First: safe.Line(next.First), Command: safe.Line(next.Command)}
}

func factsOf(s report.Summary) []fact {
	var names []string
	for _, m := range s.Manifests {
		names = append(names, safe.CutLine(m, maxText))
	}
	facts := []fact{{"manifest", strings.Join(names, ", ")}}
	for _, f := range report.Facts(s) {
		facts = append(facts, fact{f.Label, f.Text})
	}
	facts = append(facts, fact{"started", stamp(s.StartedAt)}, fact{"run", safe.CutLine(s.RunDir, maxText)})
	return slices.DeleteFunc(facts, func(f fact) bool { return f.Text == "" })
}

// leastWidth is the width of a status of very few rows, which would not be seen.
const leastWidth = 10

// totalsOf are the statuses that occur, as parts of a bar of a thousand units.
func totalsOf(s report.Summary) (list []total) {
	sum := 0.0
	for _, status := range track.Statuses() {
		n := s.Totals[status]
		if n == 0 {
			continue
		}
		share := float64(n) / float64(max(s.Rows, 1))
		width := max(share*1000, leastWidth)
		list = append(list, total{
			Status: status, Words: words(string(status)), Meaning: report.Meaning(status),
			Rows: display.Thousands(n), Share: percent(share), Width: width,
		})
		sum += width
	}
	x := 0.0
	for i := range list {
		t := &list[i]
		t.X, t.Width = x, math.Round(t.Width/sum*1e5)/100
		x = math.Round((x+t.Width)*100) / 100
	}
	return list
}

func percent(share float64) string {
	switch {
	case share > 0 && share < 0.001:
		return "<0.1 %"
	case share > 0.999 && share < 1:
		return ">99.9 %"
	}
	return fmt.Sprintf("%.1f %%", share*100)
}

// cause is one line of the table of causes.
type cause struct {
	report.Failure
	Number  int    // from 1: rows name it
	Shown   string // the cause in words
	Count   string
	When    string
	Message string
}

// causesOf are the causes of failures, as the page shows them.
func causesOf(failures []report.Failure) []cause {
	list := make([]cause, 0, len(failures))
	for i, f := range failures {
		c := cause{Failure: f, Number: i + 1, Count: display.Thousands(f.Rows), Message: safe.CutLine(f.Message, maxText)}
		c.Shown = safe.CutLine(f.Cause, maxText)
		if c.Shown == "" {
			c.Shown = words(safe.CutLine(f.Code, 80))
		}
		c.Code, c.Field, c.Example = safe.CutLine(f.Code, 80), safe.CutLine(f.Field, 80), safe.CutLine(f.Example, maxText)
		c.When = span(f)
		list = append(list, c)
	}
	return list
}

// span is when the rows of a cause ended.
func span(f report.Failure) string {
	const clock = "15:04:05"
	first, last := f.FirstAt.UTC(), f.LastAt.UTC()
	switch {
	case first.IsZero():
		return ""
	case first.Format(clock) == last.Format(clock) && last.Sub(first) < 24*60*60*1e9:
		return stamp(first)
	case first.Format("2006-01-02") == last.Format("2006-01-02"):
		return first.Format("2006-01-02 "+clock) + " – " + last.Format(clock) + " UTC"
	}
	return stamp(first) + " – " + stamp(last)
}
