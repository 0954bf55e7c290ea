package report

import (
	"tracksync/internal/safe"
	"tracksync/internal/track"
)

const (
	maxLogCode  = 80  // characters
	maxLogError = 500 // characters
)

// LogFields is the summary as the last line of a log has it: names and values in turn.
// What is 0 or empty is left out, except for the counts that every run has.
func (s Summary) LogFields() []any {
	var fields []any
	for _, status := range track.Statuses() {
		if n := s.Totals[status]; n > 0 {
			fields = append(fields, string(status), n)
		}
	}
	fields = append(fields, "end", s.End, "exit_code", s.ExitCode, "rows", s.Rows, "requests", s.Requests,
		"rate_limited", s.RateLimited, "duration_s", s.DurationS)
	if s.Shard != "" {
		fields = append(fields, "shard", s.Shard, "other_shards", s.OtherShards)
	}
	if l := s.Pace.Learned; l != nil {
		fields = append(fields, "limit_found", l.String())
	}
	if m := s.Pace.Remembered; m != nil {
		fields = append(fields, "limit_remembered", m.String())
	}
	for _, reason := range sortedKeys(s.PausedS) {
		if sec := s.PausedS[reason]; sec > 0 {
			fields = append(fields, "paused_s_"+reason, sec)
		}
	}
	if s.Outages.Count > 0 {
		fields = append(fields, "outages", s.Outages.Count, "outages_s", s.Outages.DurationS)
	}
	if s.Message != "" {
		fields = append(fields, "why", s.Message)
	}
	return fields
}

// LogFields is the totals of a plan as a line of a log has them.
func (t PlanTotals) LogFields() []any {
	return []any{
		"rows", t.Rows(), "change", t.Change, "unchanged", t.Unchanged, "skipped", t.Skipped,
		"superseded", t.Superseded, "missing", t.Missing, "unreadable", t.Unreadable, "drifted", t.Drifted,
		"invalid", t.Invalid,
	}
}

// LogFields is a cause of failures as a line of a log has it.
func (f Failure) LogFields() []any {
	fields := []any{"code", f.Code, "rows", f.Rows}
	if f.Message != "" {
		fields = append(fields, "error", safe.Line(f.Message))
	}
	return append(fields, "example", safe.Line(f.Example))
}

// RowLogFields is a row without success as a line of a log has it.
func RowLogFields(row track.Result) []any {
	var fields []any
	if row.ID > 0 {
		fields = append(fields, "id", int64(row.ID))
	}
	place := track.Position{File: row.Source, Line: row.Line, Sheet: row.Sheet, Cell: row.Cell}
	fields = append(fields, "place", safe.Line(place.String()), "status", string(row.Status))
	if row.HTTPStatus != 0 {
		fields = append(fields, "http_status", row.HTTPStatus)
	}
	if e := row.Error; e != nil {
		fields = append(fields, "code", safe.CutLine(e.Code, maxLogCode), "error", safe.CutLine(e.Message, maxLogError))
	}
	return fields
}

// LogLine is a line of a log: its text, and names and values in turn.
type LogLine struct {
	Text   string
	Fields []any
}

// LogLines are the problems as WriteProblems shows them, one line a problem or a group.
func (c Checked) LogLines() (lines []LogLine) {
	for _, g := range inOrder(c.Groups) {
		if g.whole {
			lines = append(lines, LogLine{Text: safe.ErrorLine(g.lines[0])})
			continue
		}
		fields := []any{"problems", g.Found, "first", safe.Line(g.lines[0].Position.String())}
		if g.Hint != "" {
			fields = append(fields, "hint", safe.Line(g.Hint))
		}
		lines = append(lines, LogLine{g.counted() + ": " + safe.Line(g.Message), fields})
	}
	if c.Ungrouped > 0 {
		lines = append(lines, LogLine{Text: c.ungrouped()})
	}
	return lines
}
