package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"tracksync/internal/display"
	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// Preflight is what a run is about to do, as it says before it starts.
type Preflight struct {
	Host        string
	Account     string // which one it is, in words; "": it was not asked
	Rows        int    // of the manifests
	Shard       string // which part of them these are; "": all
	OtherShards int    // rows that are left to other shards
	Updates     int    // rows to be sent
	AtMost      bool   // only those that differ are sent: how many is not known yet
	Sets        []FieldRows
	Expecting   int      // rows that expect something of their tracks
	DoneBefore  int      // rows that succeeded before, of a run that is resumed
	ProjectNull int      // rows that set the project to null
	NotSent     Totals   // rows that are not sent, by why
	Also        []string // what is done before, and beside, the updates
	First       []PlanRow
	Takes       time.Duration
	Pace        string // in words
}

// FieldRows is how many rows set a field.
type FieldRows struct {
	Field string
	Rows  int
}

// notSent are the reasons why rows are not sent, in words.
var notSent = []struct {
	status track.Status
	words  string
}{{track.Invalid, "invalid"}, {track.Superseded, "superseded by a later row"}, {track.Skipped, "with nothing to set"}}

// Write says it for people, in a few lines.
func (p Preflight) Write(w io.Writer, style display.Style) error {
	t := display.NewText(w, style)
	upTo := ""
	if p.AtMost {
		upTo = "up to "
	}
	t.Line(fmt.Sprintf("Will update %s%s at %s", upTo, display.Count(p.Updates, "track"), safe.Line(p.Host)))
	fact := func(label, text string) { t.Detail(len("not sent"), label, text) }
	if p.Account != "" {
		fact("account", safe.CutLine(p.Account, maxMessage))
	}
	var sets []string
	for _, f := range p.Sets {
		if f.Rows > 0 {
			sets = append(sets, fmt.Sprintf("%s of %s", f.Field, display.Thousands(f.Rows)))
		}
	}
	if p.Shard != "" {
		fact("shard", fmt.Sprintf("%s; %s left to the others", p.Shard, display.Count(p.OtherShards, "row")))
	}
	if len(sets) > 0 {
		fact("sets", strings.Join(sets, ", "))
	}
	for n, row := range p.First {
		fact(map[bool]string{true: "first"}[n == 0], firstText(row))
	}
	if p.DoneBefore > 0 {
		fact("done", display.Count(p.DoneBefore, "row")+" before, which stay as they are")
	}
	if n := p.ProjectNull; n > 0 { // how many of these tracks have one is not known here
		where := ""
		if p.AtMost {
			where = " where it is not null already"
		}
		fact("null", "sets the project of "+display.Count(n, "row")+" to null"+where)
	}
	if not := p.notSent(); len(not) > 0 {
		fact("not sent", strings.Join(not, ", "))
	}
	for n, text := range p.Also {
		fact(map[bool]string{true: "also"}[n == 0], text)
	}
	fact("takes", fmt.Sprintf("about %s at %s", p.takes(), p.Pace))
	return t.Flush()
}

// notSent says how many rows are not sent, and why.
func (p Preflight) notSent() (not []string) {
	for _, n := range notSent {
		if rows := p.NotSent[n.status]; rows > 0 {
			not = append(not, display.Thousands(rows)+" "+n.words)
		}
	}
	return not
}

// firstText is one of the first rows, as it would change.
func firstText(r PlanRow) string {
	name, _ := r.Name.Get()
	text := TrackText(r.ID, name) + ": "
	switch {
	case r.Verdict == Unchanged:
		return text + "is as the row says already"
	case r.Verdict.IsError() && len(r.Reasons) > 0:
		return text + "stays as it is: " + safe.CutLine(r.Reasons[0], maxMessage)
	}
	return text + changesText(r.Changes)
}

// LogFields says it for programs, as names and values in turn.
func (p Preflight) LogFields() []any {
	fields := []any{"host", p.Host, "rows", p.Rows, "updates", p.Updates}
	for _, f := range p.Sets {
		fields = append(fields, "sets_"+f.Field, f.Rows)
	}
	if p.Shard != "" {
		fields = append(fields, "shard", p.Shard, "other_shards", p.OtherShards)
	}
	if p.DoneBefore > 0 {
		fields = append(fields, "done_before", p.DoneBefore)
	}
	if len(p.Also) > 0 {
		fields = append(fields, "also", p.Also)
	}
	fields = append(fields, "sets_project_null", p.ProjectNull)
	for _, n := range notSent {
		fields = append(fields, string(n.status), p.NotSent[n.status])
	}
	return append(fields, "rate", p.Pace, "takes", p.takes())
}

func (p Preflight) takes() string { return display.Short(max(p.Takes, time.Second)) }
