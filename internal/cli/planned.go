package cli

import (
	"context"
	"fmt"
	"strings"

	"tracksync/input"
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

// surveyRemembers is how many tracks that could not be read an engine.Survey
// tells from those that do not exist.
const surveyRemembers = 10_000

// judge says what a sync would make of a row, by the rules of the engine. An
// error says that what was read of its track is lost.
func (p *planning) judge(row track.Row) (plannedRow, error) {
	r := plannedRow{
		PlanRow: report.PlanRow{Row: row.Number, Position: row.Position, ID: row.Update.ID},
	}
	switch {
	case len(row.Problems) > 0:
		r.invalid(row.Problems)
		return r, nil
	case row.Superseded:
		r.Verdict = report.Superseded
		return r, nil
	case row.Update.Empty():
		r.Verdict = report.Skipped
		return r, nil
	}
	now, there, err := p.found.Store.Get(row.Update.ID)
	if err != nil {
		return r, err
	}
	if !there {
		r.unseen(p.found.Unreadable)
		return r, nil
	}
	r.Name, r.hidden = now.Name, now.Hidden
	asked, withheld := plan.Withhold(row, now)
	todo, changes := plan.Diff(asked, now, p.mediaKnown(row.Update, now))
	wrong := plan.Drift(row.Expect, nil, now)
	switch {
	case todo.Empty() && withheld != nil:
		r.drifted([]plan.Mismatch{*withheld})
	case todo.Empty():
		r.Verdict = report.Unchanged
	case len(wrong) > 0:
		r.drifted(wrong)
	default:
		r.Verdict, r.Changes, r.todo = report.ToChange, changes, todo
		for _, v := range row.Expect {
			if len(plan.Drift(track.Alternatives{v}, nil, now)) == 0 {
				r.expect = v
				break
			}
		}
		for _, l := range plan.Lines(changes) {
			r.Lines = append(r.Lines, report.PlanLine(l))
		}
	}
	return r, nil
}

func (p *planning) mediaKnown(u track.Update, now track.Track) bool {
	url, asked := u.Media.Get()
	return asked && p.media != nil && p.media.Unchanged(u.ID, url, now.Media)
}

func (r *plannedRow) invalid(problems []track.Problem) {
	for _, q := range problems {
		reason := q.Message
		if q.Hint != "" {
			reason += " (" + q.Hint + ")"
		}
		r.Reasons = append(r.Reasons, reason)
	}
	r.fail(report.Invalid, track.Error{Code: "invalid_row", Message: strings.Join(r.Reasons, "; "), Field: problems[0].Field})
}

// unseen is a row whose track was not read.
func (r *plannedRow) unseen(unreadable map[track.ID]*track.Error) {
	why, known := unreadable[r.ID]
	switch {
	case known:
		r.Reasons = []string{"its state could not be read: " + why.Message}
		r.fail(report.Unreadable, *why)
	case len(unreadable) >= surveyRemembers:
		r.Reasons = []string{"it does not exist, or its state could not be read"}
		r.fail(report.Unreadable, track.Error{Code: "not_read", Message: r.Reasons[0], Retryable: true})
	default:
		r.Reasons = []string{"does not exist"}
		r.fail(report.Missing, track.Error{Code: "not_found", Message: r.Reasons[0]})
	}
}

func (r *plannedRow) drifted(wrong []plan.Mismatch) {
	for _, m := range wrong {
		r.Reasons = append(r.Reasons, m.String())
	}
	r.fail(report.Drifted, track.Error{Code: "drifted", Message: strings.Join(r.Reasons, "; "), Field: wrong[0].Field})
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
		out, err := report.NewPlanJSON(p.Out, p.account.shownBase(), p.summary.Rows, warned(p.summary))
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
		ev.Msgf("planned %s: %s to change, %s unchanged, %s", count(t.Rows(), "row"), thousands(t.Change), thousands(t.Unchanged), count(t.Errors(), "error"))
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
