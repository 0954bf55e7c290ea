package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

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
	md       string
	exitCode bool
	state    string

	flags *pflag.FlagSet // the flags as given, for the next command
}

func (a *app) planCommand() *cobra.Command {
	var o planOptions
	cmd := &cobra.Command{
		Use:   "plan MANIFEST...",
		Short: "Show, field by field, what sync would change",
		Args:  needsManifest,
		RunE:  func(cmd *cobra.Command, args []string) error { return a.runPlan(cmd.Context(), o, args) },
	}
	f := cmd.Flags()
	o.flags = f
	f.SortFlags = false
	addGroup(f, ownFlags, o.addOwn)
	addGroup(f, sendingFlags, o.manifests.addChoosing, a.addShard(&o.manifests))
	addGroup(f, rateFlags, o.pace.addRate)
	addGroup(f, stopFlags, o.pace.addStops)
	addGroup(f, manifestFlags, o.manifests.addReading, o.manifests.addHandling)
	addGroup(f, connectionFlags, o.connection.add)
	return cmd
}

// addOwn adds the flags that only this command has.
func (o *planOptions) addOwn(f *pflag.FlagSet) {
	f.BoolVar(&o.sandbox, "sandbox", false,
		"read from a stand-in for the API in this process, which has the manifest's tracks: no key, no account")
	f.BoolVar(&o.json, "json", false, "print the plan as JSON")
	f.StringVar(&o.save, "save", "",
		"write the changes to `FILE` (.yaml, .json or .jsonl) as a manifest that sync applies; - is standard output, "+
			"as YAML, instead of the plan")
	f.StringVar(&o.md, "md", "",
		"write the plan in Markdown to `FILE`, as long as a comment on a pull request may be")
	f.BoolVar(&o.exitCode, "exit-code", false, "exit with 5 when there are changes and no errors")
	f.StringVar(&o.state, "state", "",
		"read `FILE`, which sync --state writes, to learn what media was applied last; it is not changed, and may be "+
			"missing")
}

// planSettings is the parsed and checked planOptions.
type planSettings struct {
	planOptions
	input input.Options
	speed speed
	service
	format input.Format   // the format of the manifest to save
	saveTo string         // its file, after links are followed
	media  *current.State // nil: nothing is known
	force  bool           // what rows expect does not count
}

// toStandardOutput is the file name that means standard output.
const toStandardOutput = "-"

// parse checks every flag before the first request.
func (o planOptions) parse(a *app, args []string) (planSettings, error) {
	o.state = run.StateOfShard(o.state, o.manifests.shard)
	s := planSettings{planOptions: o}
	var err error
	if s.speed, err = o.pace.parse(a.begun, o.manifests.shard); err != nil {
		return s, err
	}
	if o.json && o.save == toStandardOutput {
		return s, usage(errors.New("--json and --save - both claim standard output"), "name a file with --save")
	}
	if err = s.parseSave(args); err != nil {
		return s, err
	}
	if s.md, err = replaceable("--md", o.md); err != nil {
		return s, err
	}
	if s.input, err = o.manifests.parse(); err != nil {
		return s, err
	}
	if s.service, err = o.connection.parse(a, s.speed.concurrency, o.sandbox); err != nil {
		return s, err
	}
	s.input.Secret, s.input.KeepIDs = s.account.Key, true
	return s, s.loadMedia()
}

// loadMedia learns from the state file which media was applied last.
func (s *planSettings) loadMedia() (err error) {
	if s.state != "" {
		s.media, err = run.LoadState(s.state, s.account)
	}
	return stateFailure(s.state, err)
}

// parseSave finds out the format of the manifest to save, and whether its file can be
// written, before the tracks are read.
func (s *planSettings) parseSave(args []string) (err error) {
	switch s.format, _ = input.FormatOfName(s.save); {
	case s.save == "":
		return nil
	case s.save == toStandardOutput:
		s.format = input.YAML
		return nil
	case !slices.Contains([]input.Format{input.YAML, input.JSON, input.JSONL}, s.format):
		return usage(fmt.Errorf("--save %q: a plan is saved as YAML, JSON or JSON Lines, which can say what a track is "+
			"expected to be", s.save), "for example --save plan.yaml")
	}
	if s.saveTo, err = safe.FileToReplace(s.save); err != nil {
		return usage(fmt.Errorf("--save: %w", err), "for example --save plan.yaml")
	}
	target, err := os.Stat(s.save)
	for _, name := range append(slices.Clone(args), s.state) {
		if info, none := os.Stat(name); err == nil && none == nil && os.SameFile(info, target) {
			return usage(fmt.Errorf("--save %q would overwrite what the plan is made from", s.save),
				"name another file with --save")
		}
	}
	s.save = safe.AsOperand(s.save)
	return nil
}

// runPlan reads the manifests and the state of their tracks, and then shows the differences.
func (a *app) runPlan(ctx context.Context, o planOptions, args []string) error {
	s, err := o.parse(a, args)
	if err != nil {
		return err
	}
	return a.makePlan(ctx, s, args)
}

// makePlan is runPlan with flags that were checked.
func (a *app) makePlan(ctx context.Context, s planSettings, args []string) error {
	p := &planRun{app: a, planSettings: s, args: args}
	defer a.tidy(p.opened.close)
	limited, cancel := s.speed.ends.Context(ctx, a.patience.End)
	defer cancel()
	early, release := a.signals.Context(limited)
	err := a.openToSend(early, &p.opened, s.input, args, nil)
	release()
	const noPlan = "there is no plan"
	if cut := cutShort(early, noPlan); cut != nil {
		return cut
	}
	if err != nil {
		return err
	}
	p.plan.Plan = planning.Plan{Manifest: p.manifest, Media: s.media, Force: s.force, Hidden: a.hidden}
	if ids := p.manifest.IDs(); len(ids) > 0 { // otherwise no track needs to be read
		box := func() *sandbox.Config { return sandbox.ForTracks(ids, p.manifests.largestVolume()) }
		found, forget, err := a.readTracks(ctx, s.service, s.speed, reading{ids, s.media, box, noPlan})
		defer a.tidy(forget)
		if err != nil {
			return err
		}
		p.plan.Found = found
	}
	return p.show(limited)
}
