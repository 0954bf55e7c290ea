package planning

import (
	"iter"

	"tracksync/internal/track"
	"tracksync/report"
	"tracksync/sync/plan"
)

// Preview returns the plan for the first rows that can be sent, at most most of them. Of few
// tracks it is known how they are now. For others, what their rows expect counts.
func (p *Plan) Preview(rows iter.Seq2[track.Row, error], now map[track.ID]track.Track, most int) []report.PlanRow {
	var first []report.PlanRow
	for row, err := range rows {
		if err != nil { // whoever needs the rows meets it again
			break
		}
		if plan.DecideRow(row).Verdict != plan.Send {
			continue
		}
		if first = append(first, p.preview(row, now)); len(first) == most {
			break
		}
	}
	return first
}

func (p *Plan) preview(row track.Row, now map[track.ID]track.Track) report.PlanRow {
	var r Row
	if found, ok := now[row.Update.ID]; ok {
		r = p.known(row, found)
	} else {
		r = newRow(row)
		r.Verdict = report.ToChange
		var expected track.Values
		if len(row.Expect) == 1 {
			expected = row.Expect[0]
		}
		r.Name, r.Changes = expected.Name, track.ChangesBetween(expected, row.Update.Values)
	}
	r.redact(p.Hidden)
	return r.PlanRow
}
