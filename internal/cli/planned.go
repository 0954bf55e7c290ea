package cli

import (
	"context"
	"fmt"
	"strings"

	"tracksync/input"
	"tracksync/internal/display"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
	engine "tracksync/sync"
	"tracksync/sync/plan"
)

// planning makes a plan of manifests that were checked and tracks that were
// read.
type planning struct {
	*app
	planSettings
	manifest *input.Manifest
	summary  input.Summary
	found    *engine.Survey // nil: no row asks for a track

	totals report.PlanTotals
	unfit  int // changes that the saved manifest cannot hold
}

// plannedRow is a row, what is said of it, and what a sync would send.
type plannedRow struct {
	report.PlanRow
	expect track.Values // what the row itself expects, as far as its track is so
	todo   track.Values
	hidden track.Hidden // what of the track's state must not be said
}

// judge says what a sync would make of a row. An error says that what was read of
// its track is lost.
func (p *planning) judge(row track.Row) (plannedRow, error) {
	r := plannedRow{
		PlanRow: report.PlanRow{Row: row.Number, Position: row.Position, ID: row.Update.ID},
	}
	d := plan.DecideRow(row)
	if d.Verdict == plan.Send {
		now, there, err := p.found.Store.Get(row.Update.ID)
		if err != nil {
			return r, err
		}
		if !there {
			r.unseen(p.found)
			return r, nil
		}
		r.Name, r.hidden = now.Name, now.Hidden
		d = plan.Decide(row, now, p.policy())
		if d.Verdict == plan.Unchanged && d.Withheld != nil {
			d = plan.MediaDrifted(*d.Withheld)
		}
	}
	r.decided(d)
	return r, nil
}

// policy is that of a sync that compares.
func (p *planning) policy() plan.Policy {
	policy := plan.Policy{OnlyChanges: true}
	if p.media != nil {
		policy.MediaKnown = p.media.Unchanged
	}
	return policy
}

// decided takes over what was decided.
func (r *plannedRow) decided(d plan.Decision) {
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

// unseen is a row whose track was not read.
func (r *plannedRow) unseen(found *engine.Survey) {
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

func (r *plannedRow) fail(v report.Verdict, e track.Error) { r.Verdict, r.Error = v, e }

// each goes over the rows of the plan, in order.
func (p *planning) each(ctx context.Context, take func(plannedRow) error) error {
	for row, err := range p.manifest.Rows(ctx) {
		if err != nil {
			return err
		}
		r, err := p.judge(row)
		if err != nil {
			return err
		}
		r.redact(p.hidden)
		if err := take(r); err != nil {
			return err
		}
	}
	return nil
}

// planOutput is where a plan is shown.
type planOutput interface {
	Write(report.PlanRow) error
	End(report.PlanTotals) error
}

// output is what carries the plan: standard output, unless the manifest to save
// goes there.
func (p *planning) output() (planOutput, error) {
	switch {
	case p.save == toStandardOutput:
		return &loggedPlan{p.app}, nil
	case p.json:
		out, err := report.NewPlanJSON(p.Out, p.account.ShownBase(), p.summary.Rows, warned(p.summary))
		return out, saidOf("standard output", err)
	}
	style := report.PlanStyle{Color: p.OutTerminal && p.colorful()}
	if p.OutTerminal {
		style.Width = p.Width()
	}
	return report.NewPlanText(p.Out, style), nil
}

// show goes through the plan: shows it, and saves it if it is to be saved.
func (p *planning) show(ctx context.Context) error {
	ctx, release := p.interruptible(ctx)
	defer release()
	out, err := p.output()
	if err == nil {
		err = p.saving(func(save func(plannedRow) error) error { return p.write(ctx, out, save) })
	}
	switch cut := cutShort(ctx, "what there is of the plan is not the whole"); {
	case err != nil && cut != nil: // one that comes when all was shown changes nothing
		return cut
	case err != nil:
		return &failure{code: exitStopped, err: fmt.Errorf("the plan is not complete: %w", err)}
	}
	code := p.code()
	p.say(code)
	if code != exitOK {
		return &failure{code: code}
	}
	return nil
}

// write shows every row on out, and gives what is to change to save. JSON has the
// errors behind the changes: they are looked for once more rather than held in
// memory.
func (p *planning) write(ctx context.Context, out planOutput, save func(plannedRow) error) error {
	err := p.each(ctx, func(r plannedRow) error {
		p.totals.Add(r.PlanRow)
		if r.Verdict == report.ToChange {
			if err := save(r); err != nil {
				return err
			}
		}
		if p.json && r.Verdict.IsError() {
			return nil
		}
		return saidOf("standard output", out.Write(r.PlanRow))
	})
	if err == nil && p.json && p.totals.Errors() > 0 {
		err = p.each(ctx, func(r plannedRow) error {
			if !r.Verdict.IsError() {
				return nil
			}
			return saidOf("standard output", out.Write(r.PlanRow))
		})
	}
	if err != nil {
		return err
	}
	return saidOf("standard output", out.End(p.totals))
}

// saidOf says what an error is about.
func saidOf(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// code is the exit code of a plan that was made. An error counts for more than
// that there is something to do.
func (p *planning) code() int {
	switch {
	case p.totals.Errors() > 0 || p.unfit > 0:
		return exitRows
	case p.exitCode && p.totals.Change > 0:
		return exitChanges
	}
	return exitOK
}

// say says how it ended to those who do not see the plan itself.
func (p *planning) say(code int) {
	human := p.logs.human(p.Streams)
	if human && p.OutTerminal && !p.json && p.save != toStandardOutput {
		return
	}
	t := p.totals
	ev := p.ending(code)
	if human {
		ev.Msgf("planned %s: %s to change, %s unchanged, %s", display.Count(t.Rows(), "row"), display.Thousands(t.Change), display.Thousands(t.Unchanged), display.Count(t.Errors(), "error"))
		return
	}
	ev.Int("rows", t.Rows()).Int("change", t.Change).Int("unchanged", t.Unchanged).Int("skipped", t.Skipped).Int("superseded", t.Superseded).
		Int("missing", t.Missing).Int("unreadable", t.Unreadable).Int("drifted", t.Drifted).Int("invalid", t.Invalid).
		Int("exit_code", code).Msg("planned")
}

// colorful reports whether the environment lets a terminal be coloured.
func (s Streams) colorful() bool { return s.Getenv("NO_COLOR") == "" && s.Getenv("TERM") != "dumb" }

// loggedPlan says the errors of a plan to people and programs that do not get
// the plan.
type loggedPlan struct{ app *app }

func (l *loggedPlan) Write(r report.PlanRow) error {
	if !r.Verdict.IsError() {
		return nil
	}
	id := ""
	if r.ID > 0 {
		id = "track " + r.ID.String() + ": "
	}
	l.app.log.Error().Msg(safe.Line(fmt.Sprintf("%s: %s%s", placeOf(r.Position), id, strings.Join(r.Reasons, "; "))))
	return nil
}

func (l *loggedPlan) End(report.PlanTotals) error { return nil }
