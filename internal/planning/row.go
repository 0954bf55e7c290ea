package planning

import (
	"context"

	"tracksync/input"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
	engine "tracksync/sync"
	"tracksync/sync/current"
	"tracksync/sync/plan"
)

// Plan is a plan for a manifest that was checked and for tracks that were read.
type Plan struct {
	Manifest *input.Manifest
	Found    *engine.Survey // the tracks; nil: no row needs one
	Media    *current.State // which media was applied last; nil: not known
	Force    bool           // what rows expect does not count
	Hidden   *safe.Secrets  // texts that must not be shown
}

// Row is a row of the plan, as it is shown and as a sync would send it.
type Row struct {
	report.PlanRow
	expect track.Values // the alternative of the row's expectation that its track matches
	todo   track.Values // the fields that a sync would send
	hidden track.Hidden // fields of the track's state that must not be shown
}

// Each calls do for the rows of the plan, in order.
func (p *Plan) Each(ctx context.Context, do func(Row) error) error {
	for row, err := range p.Manifest.Rows(ctx) {
		if err != nil {
			return err
		}
		r, err := p.decide(row)
		if err != nil {
			return err
		}
		r.redact(p.Hidden)
		if err := do(r); err != nil {
			return err
		}
	}
	return nil
}

// decide says what a sync would do with a row. An error means that what was read of its
// track is lost.
func (p *Plan) decide(row track.Row) (Row, error) {
	d := plan.DecideRow(row)
	if d.Verdict != plan.Send {
		r := newRow(row)
		r.setDecision(d)
		return r, nil
	}
	now, there, err := p.Found.Store.Get(row.Update.ID)
	switch {
	case err != nil:
		return Row{}, err
	case !there:
		r := newRow(row)
		r.setUnread(p.Found)
		return r, nil
	}
	return p.known(row, now), nil
}

func newRow(row track.Row) Row {
	return Row{PlanRow: report.PlanRow{Row: row.Number, Position: row.Position, ID: row.Update.ID}}
}

// known is a row that can be sent, and whose track is so now.
func (p *Plan) known(row track.Row, now track.Track) Row {
	r := newRow(row)
	r.Name, r.hidden = now.Name, now.Hidden
	d := plan.Decide(row, now, p.policy())
	if d.Verdict == plan.Unchanged && d.Withheld != nil {
		d = plan.MediaDrifted(*d.Withheld)
	}
	r.setDecision(d)
	return r
}

// policy is that of a sync with --skip-unchanged.
func (p *Plan) policy() plan.Policy {
	policy := plan.Policy{OnlyChanges: true, Force: p.Force}
	if p.Media != nil {
		policy.MediaKnown = p.Media.Unchanged
	}
	return policy
}

// setDecision sets what is shown of a decision.
func (r *Row) setDecision(d plan.Decision) {
	r.Verdict = map[plan.Verdict]report.Verdict{
		plan.Invalid: report.Invalid, plan.Superseded: report.Superseded, plan.Skip: report.Skipped,
		plan.Unchanged: report.Unchanged, plan.Drifted: report.Drifted, plan.Send: report.ToChange,
	}[d.Verdict]
	r.Reasons = d.Reasons
	if err := d.Error(); err != nil {
		r.Error = *err
	}
	if d.Verdict != plan.Send {
		return
	}
	r.Changes, r.todo, r.expect = d.Changes, d.Send, d.Matched
	for _, l := range plan.Lines(d.Changes) {
		r.Lines = append(r.Lines, report.PlanLine(l))
	}
}

// setUnread sets the error of a row whose track was not read.
func (r *Row) setUnread(found *engine.Survey) {
	why, certain := found.WhyUnseen(r.ID)
	switch {
	case why != nil:
		r.Reasons = []string{"its state could not be read: " + why.Message}
		r.fail(report.Unreadable, *why)
	case !certain:
		r.Reasons = []string{"it does not exist, or its state could not be read"}
		r.fail(report.Unreadable, track.Error{Code: "not_read", Message: r.Reasons[0], Retryable: true})
	default:
		r.Reasons = []string{"does not exist"}
		r.fail(report.Missing, track.Error{Code: "not_found", Message: r.Reasons[0]})
	}
}

func (r *Row) fail(v report.Verdict, e track.Error) { r.Verdict, r.Error = v, e }
