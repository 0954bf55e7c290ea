package cli

import (
	"context"
	"errors"

	"tracksync/internal/run"
)

// runDry is sync --dry-run: it checks the flags as a run would, and then makes the plan. It
// makes no run directory and takes no lock.
func (a *app) runDry(ctx context.Context, o syncOptions, args []string) error {
	if err := o.checkDry(); err != nil {
		return err
	}
	s, err := o.parse(a)
	if err != nil {
		return err
	}
	p := planSettings{
		planOptions: planOptions{
			manifests: o.manifests, connection: o.connection, pace: o.pace,
			sandbox: o.sandbox, json: o.json, state: s.stateFile, flags: o.flags,
		},
		input: s.input, speed: s.speed, service: s.service, force: o.force,
	}
	if err := p.loadMedia(); err != nil {
		return err
	}
	a.log.Info().Msg("dry run: this is what sync would change; nothing is sent")
	return a.makePlan(ctx, p, args)
}

// checkDry refuses flags that ask for something only a run has.
func (o syncOptions) checkDry() error {
	switch {
	case o.resume != "":
		return usage(errors.New("--dry-run plans from manifests, and --resume goes on with a run"),
			"tracksync report "+run.Latest+" says what is left of it")
	case o.goesOn:
		return usage(errors.New("--dry-run plans from manifests, and --continue goes on with a run"),
			"leave out --continue and --out to see what the manifests would change now")
	case o.stream:
		return usage(errors.New("--dry-run has no results for --stream"), "--json prints the plan as JSON")
	case o.summaryMD != "":
		return usage(errors.New("--dry-run has no summary for --summary-md"),
			"tracksync plan --md FILE writes the plan in Markdown")
	}
	return nil
}
