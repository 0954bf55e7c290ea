package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tracksync/input"
	"tracksync/internal/flags"
	"tracksync/internal/run"
	engine "tracksync/sync"
)

type syncOptions struct {
	manifests  manifestOptions
	connection connectionOptions
	pace       paceOptions

	dryRun        bool
	sandbox       bool
	yes           bool
	skipUnchanged bool
	stateFile     string
	force         bool
	undo          bool
	canary        int

	maxFailures string
	grace       time.Duration
	out         string
	resume      string
	goesOn      bool // --continue
	noLock      bool
	forgetLimit bool
	keep        int
	json        bool
	stream      bool
	summaryMD   string
	metricsFile string
	notices     notifyOptions

	flags *pflag.FlagSet // the flags as given, for the next command
}

func (a *app) syncCommand() *cobra.Command {
	var o syncOptions
	unstarted := func(cmd *cobra.Command, err error) error {
		if err != nil {
			a.notifyUnstarted(cmd.Context(), &o, nil, err)
		}
		return err
	}
	cmd := &cobra.Command{
		Use:   "sync MANIFEST...",
		Short: "Update the tracks that the manifests name",
		Args: func(cmd *cobra.Command, args []string) error {
			if o.resume != "" {
				return nil // the recorded manifests are used
			}
			return unstarted(cmd, needsManifest(cmd, args))
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.dryRun {
				return a.runDry(cmd.Context(), o, args)
			}
			return a.runSync(cmd.Context(), &o, args)
		},
	}
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return unstarted(cmd, a.flagFailure(cmd, err)) })
	f := cmd.Flags()
	o.flags = f
	f.SortFlags = false
	addGroup(f, usualFlags, o.addUsual)
	addGroup(f, sendingFlags, o.manifests.addChoosing, a.addShard(&o.manifests), o.addSending)
	addGroup(f, rateFlags, o.pace.addRate, o.addForgetLimit)
	addGroup(f, stopFlags, o.addStops, o.pace.addStops)
	addGroup(f, outputFlags, o.addOutput)
	addGroup(f, manifestFlags, o.manifests.addReading, o.manifests.addHandling)
	addGroup(f, connectionFlags, o.connection.add, o.addNoLock)
	return cmd
}

// addUsual adds the flags that most people need.
func (o *syncOptions) addUsual(f *pflag.FlagSet) {
	f.BoolVarP(&o.dryRun, "dry-run", "n", false, "show what would change, as plan does, and send nothing")
	f.BoolVar(&o.sandbox, "sandbox", false,
		"run against a stand-in for the API in this process, which has the manifest's tracks: no key, no account")
	f.BoolVarP(&o.yes, "yes", "y", false, "start without asking")
	f.BoolVar(&o.undo, "undo", false,
		"read every track right before its update, and write undo.yaml, which restores what was changed")
	f.StringVar(&o.resume, "resume", "",
		"resume a `RUN`, which is a directory, the name of a run, or latest: send what did not succeed; its manifests "+
			"and options count unless given again")
}

// addSending adds the flags that say what is sent.
func (o *syncOptions) addSending(f *pflag.FlagSet) {
	f.BoolVar(&o.skipUnchanged, "skip-unchanged", false,
		"read the state of the tracks first, and send only the fields that differ")
	f.StringVar(&o.stateFile, "state", "",
		"`FILE` that remembers which media was applied, so that the service's own copy of it doesn't count as a "+
			"difference, and the API's rate limit; created if missing")
	f.BoolVar(&o.force, "force", false, "also update tracks that are not as their rows expect")
}

func (o *syncOptions) addForgetLimit(f *pflag.FlagSet) {
	f.BoolVar(&o.forgetLimit, "forget-limit", false,
		"don't begin with the rate limit that an earlier run learned; learn it afresh")
}

// addStops adds the flags that say when a run stops and how.
func (o *syncOptions) addStops(f *pflag.FlagSet) {
	flags.AddOffInt(f, &o.canary, "canary",
		"send the first `N` rows one at a time and read each back; continue only if all are right")
	f.StringVar(&o.maxFailures, "max-failures", "",
		"stop at the `N`th row without success, or at N% of at least 20 finished rows (default off)")
	f.DurationVar(&o.grace, "grace", 5*time.Second,
		"`TIME` that requests in flight have to finish when the run is stopped; also how long before --deadline or "+
			"--until no more rows are started, at most a quarter of the time")
}

// addOutput adds the flags that say where the run directory is and what is printed.
func (o *syncOptions) addOutput(f *pflag.FlagSet) {
	f.StringVarP(&o.out, "out", "o", "",
		"run directory, new or empty, or with --continue that of a run: `DIR` (default tracksync-runs/TIME-RANDOM)")
	f.BoolVar(&o.goesOn, "continue", false,
		"start a run in the directory of --out, or continue the one that is there: the same command may run any number "+
			"of times")
	flags.AddOffInt(f, &o.keep, "keep",
		"remove all but the newest `N` runs in tracksync-runs, or with --out those of the account beside DIR, except those "+
			"that were killed and not resumed, that another process is working on, or that are still read from")
	f.BoolVar(&o.json, "json", false, "print the summary as JSON on standard output")
	f.BoolVar(&o.stream, "stream", false,
		"print the result of every row as it ends, one line of JSON each, on standard output")
	f.StringVar(&o.summaryMD, "summary-md", "",
		"write the summary in Markdown to `FILE`, as long as a comment on a pull request may be")
	f.StringVar(&o.metricsFile, "metrics-file", "",
		"write metrics to `FILE`, NAME.prom, for the textfile collector of Prometheus's node exporter: every 15 s and "+
			"at the end")
	o.notices.add(f)
}

func (o *syncOptions) addNoLock(f *pflag.FlagSet) {
	f.BoolVar(&o.noLock, "no-lock", false,
		"don't keep other runs away from the run directory and from this account on this machine")
}

// settings is the parsed and checked syncOptions.
type settings struct {
	syncOptions
	input input.Options
	speed
	maxFailures engine.MaxFailures
	service
}

// parse checks every flag before anything is opened.
func (o syncOptions) parse(a *app) (settings, error) {
	s := settings{syncOptions: o}
	s.stateFile = run.StateOfShard(o.stateFile, o.manifests.shard)
	var err error
	if s.speed, err = o.pace.parse(a.begun, o.manifests.shard); err != nil {
		return s, err
	}
	if s.maxFailures, err = engine.ParseMaxFailures(o.maxFailures); err != nil {
		return s, usage(fmt.Errorf("--max-failures %w", err), "for example --max-failures 10 or --max-failures 5%")
	}
	switch {
	case o.grace <= 0:
		err = fmt.Errorf("--grace %v is not positive", o.grace)
	case o.forgetLimit && !s.auto:
		err = errors.New("--forget-limit is for --rate auto: a fixed rate learns no limit")
	case o.json && o.stream:
		err = errors.New("--json and --stream both claim standard output")
	}
	if err != nil {
		return s, usage(err, "see tracksync sync --help")
	}
	if err := s.findFiles(); err != nil {
		return s, err
	}
	if _, err = o.notices.parse(a); err != nil {
		return s, err
	}
	if s.input, err = o.manifests.parse(); err != nil {
		return s, err
	}
	if s.service, err = o.connection.parse(a, s.concurrency, o.sandbox); err != nil {
		return s, err
	}
	s.input.Secret, s.input.KeepIDs = s.account.Key, true
	s.grace = s.ends.Grace(o.grace)
	return s, nil
}

// findFiles finds the files to write that flags name.
func (s *settings) findFiles() (err error) {
	if s.summaryMD, err = replaceable("--summary-md", s.summaryMD); err != nil || s.metricsFile == "" {
		return err
	}
	if filepath.Ext(s.metricsFile) != run.MetricsSuffix {
		return usage(fmt.Errorf("--metrics-file: %s does not end in %s", s.metricsFile, run.MetricsSuffix),
			"the node exporter reads no other file: name it NAME"+run.MetricsSuffix)
	}
	s.metricsFile, err = replaceable("--metrics-file", s.metricsFile)
	return err
}
