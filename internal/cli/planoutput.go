package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"tracksync/input"
	"tracksync/internal/display"
	"tracksync/internal/planning"
	"tracksync/internal/safe"
	"tracksync/internal/terminal"
	"tracksync/internal/track"
	"tracksync/report"
)

// planRun shows a plan, and saves it.
type planRun struct {
	*app
	planSettings
	plan    planning.Plan
	checked input.Summary

	totals  report.PlanTotals
	saved   *planning.Saved // nil: the plan is not saved
	unfit   int             // changes that the saved manifest cannot hold
	unsaved error           // why the saved manifest took no more
}

// planOutput is where a plan is shown.
type planOutput interface {
	Write(report.PlanRow) error
	End(report.PlanTotals) error
}

// output is what carries the plan: standard output, unless the manifest to save
// goes there.
func (p *planRun) output() (planOutput, error) {
	switch {
	case p.save == toStandardOutput:
		return &loggedPlan{p.app}, nil
	case p.json:
		out, err := report.NewPlanJSON(p.Out, p.account.ShownBase(), p.checked.Rows, warned(p.checked))
		return out, saidOf(standardOutput, err)
	}
	style := report.PlanStyle{Color: p.OutTerminal && p.Colorful()}
	if p.OutTerminal {
		style.Width = p.Width()
	}
	return report.NewPlanText(p.Out, style), nil
}

// show goes through the plan: shows it, and saves it if it is to be saved.
func (p *planRun) show(ctx context.Context) error {
	ctx, release := p.signals.Context(ctx)
	defer release()
	out, err := p.output()
	if err == nil {
		err = p.saveWhile(ctx, func() error { return p.write(ctx, out) })
	}
	switch cut := cutShort(ctx, "the plan on standard output is incomplete"); {
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

// saveWhile lets work go through the plan while the manifest to save is open. A file
// takes its name only when all of the plan is in it.
func (p *planRun) saveWhile(ctx context.Context, work func() error) error {
	var worked error
	save := func(w io.Writer) (err error) {
		if p.saved, err = planning.NewSaved(w, p.format, p.hidden.Text(p.preface()), p.input.MaxVolume); err != nil {
			return err
		}
		if worked = work(); worked != nil {
			return worked
		}
		return p.saved.Close()
	}
	switch p.save {
	case "":
		return work()
	case toStandardOutput:
		return save(terminal.Until(ctx, p.Out, standardOutput))
	}
	err := safe.WriteFile(p.saveTo, save)
	switch {
	case worked != nil && p.unsaved == nil: // it is not about the file
		return worked
	case err == nil:
		p.saySaved()
	}
	return err
}

// write shows every row on out, and saves what is to change. JSON has the
// errors behind the changes: they are looked for once more rather than held in
// memory.
func (p *planRun) write(ctx context.Context, out planOutput) error {
	err := p.plan.Each(ctx, func(r planning.Row) error {
		p.totals.Add(r.PlanRow)
		if err := p.saveRow(r); err != nil {
			return err
		}
		if p.json && r.Verdict.IsError() {
			return nil
		}
		return saidOf(standardOutput, out.Write(r.PlanRow))
	})
	if err == nil && p.json && p.totals.Errors() > 0 {
		err = p.plan.Each(ctx, func(r planning.Row) error {
			if !r.Verdict.IsError() {
				return nil
			}
			return saidOf(standardOutput, out.Write(r.PlanRow))
		})
	}
	if err != nil {
		return err
	}
	return saidOf(standardOutput, out.End(p.totals))
}

// saveRow saves what is to change of a row. What does not fit is said, and counted.
func (p *planRun) saveRow(r planning.Row) error {
	if p.saved == nil || r.Verdict != report.ToChange {
		return nil
	}
	unfit, err := p.saved.Write(r)
	p.unsaved = err
	if unfit != nil {
		p.unfit++
		p.log.Error().Msg(safe.Line(fmt.Sprintf("%s is not in the saved plan: %v", planning.PlaceOf(r.Position),
			unfit)))
	}
	return err
}

// code is the exit code of a plan that was made. An error counts for more than
// that there is something to do.
func (p *planRun) code() int {
	switch {
	case p.totals.Errors() > 0 || p.unfit > 0:
		return exitRows
	case p.exitCode && p.totals.Change > 0:
		return exitChanges
	}
	return exitOK
}

// say says how it ended to those who do not see the plan itself.
func (p *planRun) say(code int) {
	human := p.log.Human()
	if human && p.OutTerminal && !p.json && p.save != toStandardOutput {
		return
	}
	t := p.totals
	ev := p.log.Ending(code == exitOK)
	if human {
		ev.Msgf("planned %s: %s to change, %s unchanged, %s", display.Count(t.Rows(), "row"),
			display.Thousands(t.Change), display.Thousands(t.Unchanged), display.Count(t.Errors(), "error"))
		return
	}
	ev.Int("rows", t.Rows()).Int("change", t.Change).Int("unchanged", t.Unchanged).Int("skipped",
		t.Skipped).Int("superseded", t.Superseded).
		Int("missing", t.Missing).Int("unreadable", t.Unreadable).Int("drifted", t.Drifted).Int("invalid", t.Invalid).
		Int("exit_code", code).Msg("planned")
}

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
	l.app.log.Error().Msg(safe.Line(fmt.Sprintf("%s: %s%s", planning.PlaceOf(r.Position), id,
		strings.Join(r.Reasons, "; "))))
	return nil
}

func (l *loggedPlan) End(report.PlanTotals) error { return nil }

// preface says at the top of a saved plan what it is.
func (p *planRun) preface() string {
	var b strings.Builder
	where := p.account.Base
	if p.sandbox {
		where = "the sandbox"
	}
	fmt.Fprintf(&b, "A plan: what sync would have changed on %s\nat %s, made from\n",
		time.Now().UTC().Format("2006-01-02 15:04:05 UTC"), safe.Line(where))
	for _, s := range p.checked.Sources {
		fmt.Fprintf(&b, "  %s (SHA-256 %s)\n", planning.PlaceOf(track.Position{File: s.Name}), s.SHA256)
	}
	b.WriteString("A track that is not as its entry expects is left alone. Apply it with\n  " +
		p.apply("tracksync", "sync"))
	return b.String()
}

// usualMaxVolume is the largest volume unless --max-volume says otherwise.
const usualMaxVolume = 100

// apply is the command that applies the saved plan, from its first words on. It
// names the state, without which sync would not remember what media the plan has
// set, and the next run would send it again.
func (p *planRun) apply(words ...string) string {
	if p.sandbox {
		words = append(words, "--sandbox")
	}
	if !p.sandbox {
		words = append(words, baseWords(p.client.BaseURL)...)
	}
	if n := p.manifests.maxVolume; n != usualMaxVolume {
		words = append(words, "--max-volume="+strconv.Itoa(n))
	}
	if p.state != "" {
		words = append(words, "--state="+p.state)
	}
	name := p.save
	if name == toStandardOutput {
		name = "plan.yaml"
	}
	line, ok := p.hidden.Command(append(words, name))
	if !ok {
		return "tracksync sync FILE"
	}
	return line
}

// applyHere is apply as it is pasted here: with the files of this machine, which
// have no place in a plan that others review.
func (p *planRun) applyHere() string {
	words := append(slices.Clone(p.Program), "sync")
	if p.connection.keyFile != "" {
		words = append(words, "--api-key-file="+p.connection.keyFile)
	}
	if p.connection.caFile != "" {
		words = append(words, "--ca-file="+p.connection.caFile)
	}
	return p.apply(words...)
}

// saySaved says what became of the file.
func (p *planRun) saySaved() {
	changes := p.saved.Changes
	apply := p.applyHere()
	switch {
	case !p.log.Human():
		ev := p.log.Info().Str("file", p.save).Int("changes", changes)
		if changes > 0 {
			ev = ev.Str("next", apply)
		}
		ev.Msg("the plan was saved")
	case changes == 0:
		p.log.Info().Msg(safe.Line("there are no changes in " + p.save))
	default:
		p.log.Info().Msg(safe.Line(fmt.Sprintf("saved %s to %s; apply with:", display.Count(changes, "change"),
			p.save)) +
			"\n" + terminal.CommandIndent + safe.Line(apply))
	}
	if n := p.totals.Errors() + p.unfit; n > 0 {
		p.log.Warn().Msg("not in the saved plan: " + display.Count(n, "row") + " with errors")
	}
}
