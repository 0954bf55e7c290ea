package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tracksync/input"
	"tracksync/internal/planning"
	"tracksync/internal/run"
	"tracksync/internal/safe"
	"tracksync/internal/sandbox"
	"tracksync/sync/current"
)

type planOptions struct {
	manifests  manifestOptions
	connection connectionOptions
	pace       paceOptions

	sandbox  bool
	json     bool
	save     string
	exitCode bool
	state    string
}

func (a *app) planCommand() *cobra.Command {
	var o planOptions
	cmd := &cobra.Command{
		Use:   "plan MANIFEST...",
		Short: "Show, field by field, what sync would change",
		Long: `plan reads the manifests, checks every row, reads the tracks that they name, and
shows on standard output what sync would change. It changes nothing: it sends
GETs only.

A track that does not exist, cannot be read, or is not as its row expects is an
error in its place.

--save writes the changes as a manifest, each with what it expects of its track:
have it reviewed, and "tracksync sync plan.yaml" applies exactly that.

Exit codes: 0 every track is there; 1 some rows are errors; 2 usage or manifest;
3 stopped before the end; 4 the key was rejected; 5 there are changes, with
--exit-code and without errors; 7 the time was up; 129, 130, 143 interrupted.`,
		Example: `  # What would sync do?
  tracksync plan tracks.csv

  # A plan to review, and to apply afterwards:
  tracksync plan --save plan.yaml tracks.csv
  tracksync sync plan.yaml

  # The ids of the tracks that differ:
  tracksync plan --json tracks.csv | jq '.changes[].id'

  # Has somebody changed a track in the dashboard? Then the exit code is 5:
  tracksync plan --exit-code tracks.csv`,
		Args: needsManifest,
		RunE: func(cmd *cobra.Command, args []string) error { return a.runPlan(cmd.Context(), o, args) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&o.sandbox, "sandbox", false,
		"read from a stand-in for the API in this process, which has the manifest's tracks: no key, no account")
	f.BoolVar(&o.json, "json", false, "print the plan as JSON")
	f.StringVar(&o.save, "save", "",
		"write the changes to `FILE` (.yaml, .json or .jsonl) as a manifest that sync applies; - is standard output, "+
			"as YAML, instead of the plan")
	f.BoolVar(&o.exitCode, "exit-code", false, "exit with 5 when there are changes and no errors")
	f.StringVar(&o.state, "state", "",
		"read `FILE`, which sync --state writes, to learn what media was applied last; it is not changed, and may be "+
			"missing")
	o.pace.add(f)
	o.connection.add(f)
	o.manifests.addReading(f)
	o.manifests.addChoosing(f)
	return cmd
}

// planSettings are planOptions as they are used: parsed, and checked.
type planSettings struct {
	planOptions
	input input.Options
	speed speed
	service
	format input.Format   // of the manifest to save
	saveTo string         // the file of it, where the name is a link
	media  *current.State // nil: nothing is known
}

// toStandardOutput is the name of the file to save that is none.
const toStandardOutput = "-"

// parse checks every flag before the API is asked anything.
func (o planOptions) parse(a *app, args []string) (planSettings, error) {
	s := planSettings{planOptions: o}
	var err error
	if s.speed, err = o.pace.parse(a.begun); err != nil {
		return s, err
	}
	if o.json && o.save == toStandardOutput {
		return s, usage(errors.New("--json and --save - both claim standard output"), "name a file with --save")
	}
	if s.format, err = o.saveFormat(args); err != nil {
		return s, err
	}
	if o.save != "" && o.save != toStandardOutput {
		if s.saveTo, err = safe.FileToReplace(o.save); err != nil {
			return s, usage(fmt.Errorf("--save: %w", err), "for example --save plan.yaml")
		}
		s.save = safe.AsOperand(o.save)
	}
	if s.input, err = o.manifests.parse(); err != nil {
		return s, err
	}
	if s.service, err = o.connection.parse(a, s.speed.concurrency, o.sandbox); err != nil {
		return s, err
	}
	s.input.Secret, s.input.KeepIDs = s.account.Key, true
	if o.state != "" {
		s.media, err = run.LoadState(o.state, s.account)
		err = stateFailure(o.state, err)
	}
	return s, err
}

// saveFormat is the format of the manifest to save. That the file cannot be
// written there is better known before the tracks are read than after it.
func (o planOptions) saveFormat(args []string) (input.Format, error) {
	var format input.Format
	switch ext := strings.ToLower(filepath.Ext(o.save)); {
	case o.save == "":
		return "", nil
	case o.save == toStandardOutput:
		return input.YAML, nil
	case ext == ".yaml" || ext == ".yml":
		format = input.YAML
	case ext == ".json":
		format = input.JSON
	case ext == ".jsonl":
		format = input.JSONL
	default:
		return "",
			usage(fmt.Errorf("--save %q: a plan is saved as YAML, JSON or JSON Lines, which can say what a track is "+
				"expected to be", o.save),
				"for example --save plan.yaml")
	}
	if info, err := os.Stat(filepath.Dir(o.save)); err != nil || !info.IsDir() {
		return "", usage(fmt.Errorf("--save %q: there is no such directory", o.save),
			"make it, or name a file in another")
	}
	target, err := os.Stat(o.save)
	switch {
	case err != nil:
		return format, nil // it is made
	case target.IsDir():
		return "", usage(fmt.Errorf("--save %q: this is a directory", o.save), "for example --save plan.yaml")
	}
	for _, name := range slices.Concat(args, []string{o.state}) {
		if info, err := os.Stat(name); err == nil && os.SameFile(info, target) {
			return "", usage(fmt.Errorf("--save %q would overwrite what the plan is made from", o.save),
				"name another file with --save")
		}
	}
	return format, nil
}

// runPlan reads the manifests and the state of their tracks, and then shows what
// the difference is.
func (a *app) runPlan(ctx context.Context, o planOptions, args []string) error {
	s, err := o.parse(a, args)
	if err != nil {
		return err
	}
	p := &planRun{app: a, planSettings: s}
	defer a.tidy(p.opened.close)
	limited, cancel := s.speed.ends.Context(ctx, a.patience.End)
	defer cancel()
	early, release := a.signals.Context(limited)
	err = a.openToSend(early, &p.opened, s.input, args)
	release()
	const noPlan = "there is no plan"
	if cut := cutShort(early, noPlan); cut != nil {
		return cut
	}
	if err != nil {
		return err
	}
	p.plan.Plan = planning.Plan{Manifest: p.manifest, Media: s.media, Hidden: a.hidden}
	if ids := p.manifest.IDs(); len(ids) > 0 { // else there is nothing to look for
		box := func() *sandbox.Config { return sandboxConfig(ids, p.manifests.largestVolume()) }
		found, forget, err := a.readTracks(ctx, s.service, s.speed, reading{ids, box, noPlan})
		defer a.tidy(forget)
		if err != nil {
			return err
		}
		p.plan.Found = found
	}
	return p.show(limited)
}
