package report

import (
	"bufio"
	"cmp"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"tracksync/internal/display"
	"tracksync/internal/safe"
	"tracksync/internal/track"
)

const maxShownName = 60 // characters of a name in a change

// askedText is what a row asks for in words, safe to print: volume 40 → 55, name → "Rain".
func askedText(r track.Result) string {
	if r.Changes == (track.Changes{}) {
		return changesText(r.Wanted)
	}
	return changesText(r.Changes)
}

func changesText(c track.Changes) string {
	var parts []string
	from, to := c.From(), c.To()
	for _, a := range track.Attributes() {
		if !a.Has(to) {
			continue
		}
		text := a.Noun() + " "
		if a.Has(from) {
			text += valueText(a, from) + " "
		}
		parts = append(parts, text+"→ "+valueText(a, to))
	}
	return strings.Join(parts, ", ")
}

func valueText(a track.Attribute, v track.Values) string {
	text, isValue := a.Text(v)
	if isValue && a.Name() == track.FieldName {
		return safe.CutQuote(text, maxShownName)
	}
	return safe.CutLine(text, maxMessage)
}

// outcomeText is what became of a row, in words: its error or, without one, its change.
func outcomeText(r track.Result) string {
	if r.Error == nil {
		return askedText(r)
	}
	return safe.CutLine(r.Error.Code, maxCodeShown) + ": " + safe.CutLine(r.Error.Message, maxError)
}

// nameOf is the name of a row's track; "" if the result does not have it.
func nameOf(r track.Result) string {
	for _, f := range []track.Field[string]{r.Changes.Name.From, r.Wanted.Name.From, r.Changes.Name.To, r.Wanted.Name.To} {
		if name, ok := f.Get(); ok {
			return name
		}
	}
	return ""
}

// TrackText is a track by its id and name; name may be "".
func TrackText(id track.ID, name string) string {
	if name == "" {
		return "track " + id.String()
	}
	return "track " + id.String() + " " + safe.CutQuote(name, maxPlanName)
}

// TrackLines are the tracks of a few results, in the order of their rows, and what became of them.
// names are the names of tracks that are known.
func TrackLines(results []track.Result, names map[track.ID]string) []string {
	var lines []string
	for _, r := range slices.SortedFunc(slices.Values(results), func(a, b track.Result) int { return a.Row - b.Row }) {
		line := TrackText(r.ID, cmp.Or(names[r.ID], nameOf(r))) + " " + words(string(r.Status))
		if text := outcomeText(r); text != "" {
			line += ": " + text
		}
		lines = append(lines, line)
	}
	return lines
}

// FailureText is a row without success in one line: its place, its track, and why.
func FailureText(r track.Result) string { return safe.Line(position(r)) + ": " + RowText(r) }

// RowText is a row without success in one line: its track, and why.
func RowText(r track.Result) string {
	text := words(string(r.Status))
	if r.ID > 0 {
		text = TrackText(r.ID, nameOf(r)) + " " + text
	}
	if r.Error == nil {
		return text + ": " + Meaning(r.Status)
	}
	return text + ": " + outcomeText(r)
}

// WriteTable writes results as a table for people.
func WriteTable(w io.Writer, results Results, want func(track.Status) bool, style display.Style) error {
	t := display.NewTable(w, style, []display.Column{
		{}, {Name: "place", Most: 40, Tail: true}, {Name: "id", Right: true}, {Name: "status"},
		{Name: "http", Right: true, Spare: 1}, {Name: "attempts", Right: true, Spare: 3},
		{Name: "took", Right: true, Spare: 2}, {Name: "what", Least: 40},
	})
	totals := Totals{}
	for r, err := range results(want) {
		if err != nil {
			return err
		}
		id, http, took := "", "", ""
		if r.ID > 0 {
			id = r.ID.String()
		}
		if r.HTTPStatus > 0 {
			http = strconv.Itoa(r.HTTPStatus)
		}
		if r.DurationMS > 0 {
			took = millis(r.DurationMS)
		}
		totals[r.Status]++
		color := statusColor(r.Status)
		err = t.Add(display.Cell{Text: color.Sign(), Color: color}, display.Cell{Text: safe.Line(position(r))},
			display.Cell{Text: id}, display.Cell{Text: words(string(r.Status)), Color: color}, display.Cell{Text: http},
			display.Cell{Text: strconv.Itoa(r.Attempts)}, display.Cell{Text: took}, display.Cell{Text: outcomeText(r)})
		if err != nil {
			return err
		}
	}
	t.Total(rowsText(totals))
	return t.Flush()
}

// resultColumns are the columns of WriteCSV.
var resultColumns = []string{
	"row", "source", "line", "sheet", "cell", "id", "status", "http_status", "attempts", "rate_limited",
	"outage_attempts", "duration_ms", "asked", "error_code", "error_message", "error_field", "retryable", "finished_at",
}

// WriteCSV writes results as a CSV file for spreadsheets and scripts. It is no manifest. Texts
// from manifests and servers are made safe, see safe.Cell.
func WriteCSV(w io.Writer, results Results, want func(track.Status) bool) error {
	buffered := bufio.NewWriterSize(w, 64<<10)
	out := &lineWriter{out: buffered, delimiter: ',', end: "\n"}
	if err := out.Write(resultColumns); err != nil {
		return err
	}
	cells := make([]string, len(resultColumns))
	for r, err := range results(want) {
		if err != nil {
			return err
		}
		if err := out.Write(appendCells(cells[:0], r)); err != nil {
			return err
		}
	}
	return buffered.Flush()
}

// appendCells appends the cells of a result. A number that is not known is empty.
func appendCells(cells []string, r track.Result) []string {
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	id, duration := "", ""
	if r.ID > 0 {
		id = r.ID.String()
	}
	if r.DurationMS > 0 {
		duration = strconv.FormatFloat(r.DurationMS, 'f', -1, 64)
	}
	cells = append(cells, strconv.Itoa(r.Row), safe.Cell(r.Source, maxError), number(r.Line), safe.Cell(r.Sheet, maxError),
		safe.Cell(r.Cell, maxError), id, string(r.Status), number(r.HTTPStatus), strconv.Itoa(r.Attempts),
		number(r.RateLimited), number(r.OutageAttempts), duration, safe.Cell(askedText(r), maxError))
	if e := r.Error; e != nil {
		cells = append(cells, safe.Cell(e.Code, maxError), safe.Cell(e.Message, maxError), safe.Cell(e.Field, maxError),
			strconv.FormatBool(e.Retryable))
	} else {
		cells = append(cells, "", "", "", "")
	}
	return append(cells, r.FinishedAt.UTC().Format(time.RFC3339Nano))
}
