package cli

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tracksync/input"
	"tracksync/internal/display"
	"tracksync/internal/planning"
	"tracksync/internal/safe"
	"tracksync/internal/terminal"
	"tracksync/report"
)

// planRun shows a plan and saves it.
type planRun struct {
	*app
	planSettings
	opened
	args []string // the manifests as they were named
	plan planning.Showing
}

// isText reports whether the plan is shown as text.
func (p *planRun) isText() bool { return !p.json && p.save != toStandardOutput }

// output is where the plan is shown: standard output, unless the saved manifest goes there.
func (p *planRun) output() (planning.Output, error) {
	switch {
	case p.save == toStandardOutput:
		return planning.ErrorsOnly(func(line string) { p.log.Error().Msg(line) }), nil
	case p.json:
		return report.NewPlanJSON(p.Out, p.account.ShownBase(), p.checked.Rows, warned(p.checked))
	}
	return report.NewPlanText(p.Out, p.OutStyle()), nil
}

// saving says how the manifest is saved; nil: it is not saved.
func (p *planRun) saving(ctx context.Context) *planning.Saving {
	if p.save == "" {
		return nil
	}
	where := p.account.Base
	if p.sandbox {
		where = "the sandbox"
	}
	comment := planning.Comment(where, time.Now(), p.checked.Sources, p.apply("tracksync", "sync"))
	s := &planning.Saving{File: p.saveTo, Format: p.format, Comment: p.hidden.Text(comment), MaxVolume: p.input.MaxVolume}
	if p.save == toStandardOutput {
		s.To = terminal.Until(ctx, p.Out)
	}
	return s
}

// show shows the plan, and saves it if that was requested.
func (p *planRun) show(ctx context.Context) (err error) {
	ctx, release := p.signals.Context(ctx)
	defer release()
	p.plan.ErrorsLast, p.plan.Save = p.json, p.saving(ctx)
	shared := p.newShared()
	p.plan.Refused = func(r planning.Row, err *input.RoundTripError) {
		p.log.Error().Msg(safe.Line(fmt.Sprintf("%s is not in the saved plan: %v", planning.PlaceOf(r.Position), err)))
	}
	if p.plan.Out, err = p.output(); err == nil {
		p.plan.Out = planning.Outputs{p.plan.Out, shared}
		err = p.plan.Show(ctx)
	}
	switch cut := cutShort(ctx, "the plan on standard output is incomplete"); {
	case err != nil && cut != nil: // a signal after everything was shown changes nothing
		return cut
	case err != nil:
		return &failure{code: exitStopped, err: fmt.Errorf("the plan is not complete: %w", err)}
	}
	if p.saveTo != "" {
		p.saySaved()
	}
	if err := shared.publish(); err != nil {
		return localFailure(err, "name another file with --md")
	}
	code := p.code()
	if err := p.writeNext(); err != nil {
		return &failure{code: exitStopped, err: err}
	}
	p.say(code)
	if code != exitOK {
		return &failure{code: code}
	}
	return nil
}

// code is the exit code of a complete plan. An error is more important than changes.
func (p *planRun) code() int {
	switch {
	case p.plan.Totals.Errors() > 0 || p.plan.NotSaved > 0:
		return exitRows
	case p.exitCode && p.plan.Totals.Change > 0:
		return exitChanges
	}
	return exitOK
}

// say reports how the plan ended, for people who do not see the plan itself.
func (p *planRun) say(code int) {
	human := p.log.Human()
	if human && p.OutTerminal && p.isText() {
		return
	}
	t := p.plan.Totals
	ev := p.log.Ending(code == exitOK)
	if human {
		ev.Msg("planned: " + t.Headline())
		return
	}
	ev.Fields(t.LogFields()).Int("exit_code", code).Msg("planned")
}

// apply is the command that applies the saved plan; words are its first words. It names the
// state file. Without that, sync would not remember the media that the plan has set, and the
// next run would send it again.
func (p *planRun) apply(words ...string) string {
	name := p.save
	if name == toStandardOutput {
		name = "plan.yaml"
	}
	line, ok := p.command(append(p.targetFlags(words, p.manifests.maxVolume, p.state), name))
	if !ok {
		return "tracksync sync FILE"
	}
	return line
}

// writeNext writes the command to run next below the plan.
func (p *planRun) writeNext() error {
	if !p.isText() || p.plan.Totals.Change == 0 {
		return nil
	}
	command, ok := p.applyHere(), p.plan.Changes > 0
	if p.saveTo == "" {
		command, ok = p.command(p.syncWords())
	}
	if !ok || p.saveTo == "" && slices.Contains(p.args, "-") {
		return nil
	}
	first := ""
	if p.plan.Totals.Errors() > 0 {
		first = "fix the rows that cannot be applied"
	}
	t := display.NewText(p.Out, p.OutStyle())
	t.Next(first, command)
	return t.Flush()
}

// syncWords is the command that makes the changes which were planned.
func (p *planRun) syncWords() []string {
	known := p.syncCommand().Flags()
	words := repeat(p.Program, "sync", p.flags, func(name string) bool {
		return name != "json" && name != "dry-run" && known.Lookup(name) != nil
	})
	if p.plan.Totals.Unchanged > 0 && !slices.Contains(words, "--skip-unchanged") {
		words = append(words, "--skip-unchanged")
	}
	return append(append(words, baseWords(p.client.BaseURL)...), p.args...)
}

// applyHere is apply for this machine: with the names of its files, which a plan that others
// review must not contain.
func (p *planRun) applyHere() string {
	words := append(slices.Clone(p.Program), "sync")
	return p.apply(append(words, p.connection.fileWords()...)...)
}

// saySaved reports whether the plan was saved.
func (p *planRun) saySaved() {
	changes, apply := p.plan.Changes, p.applyHere()
	saved := safe.Line(fmt.Sprintf("saved %s to %s", display.Count(changes, "change"), p.save))
	switch {
	case !p.log.Human():
		ev := p.log.Info().Str("file", p.save).Int("changes", changes)
		if changes > 0 {
			ev = ev.Str("next", apply)
		}
		ev.Msg("the plan was saved")
	case changes == 0:
		p.log.Info().Msg(safe.Line("there are no changes in " + p.save))
	case p.isText():
		p.log.Info().Msg(saved) // the text ends with the command
	default:
		p.log.Info().Msg(saved + "; apply with:\n" + display.CommandIndent + safe.Line(apply))
	}
	if n := p.plan.Totals.Errors() + p.plan.NotSaved; n > 0 {
		p.log.Warn().Msg("not in the saved plan: " + display.Count(n, "row") + " with errors")
	}
}
