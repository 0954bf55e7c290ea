// Package cli is the command line. It connects the other packages. Only this package decides
// which flags there are, with which exit code a command ends, and how a run is described to
// people. Standard output carries only what the user asked for. Everything else goes to
// standard error, through the logger. Errors are returned, and reported once, in Main.
//
// The files:
//
//	cli.go            Main, the root command, and how an error is said
//	help.go           help/*.txt: what each command does, with examples; groups of flags
//	unknowncommand.go a word that is no command
//	exit.go           exit codes, and what decides them
//	failures.go       errors with an exit code and a hint
//
//	sync.go           the command sync: flags
//	syncrun.go        its way from the command line to the last message
//	dryrun.go         --dry-run: the plan instead
//	resume.go         --resume: flags and manifests as they were recorded
//	accountlock.go    the lock of the account
//	preflight.go      what a run is about to do
//	preview.go        the account and the first rows, before the question
//	trial.go          the tracks of --limit 3, named at the end
//	watch.go          what is said while a run goes on
//	stdout.go         --json and --stream
//	outcome.go        how a run ended
//	notify.go         the notice of a run's end to a chat
//	nextcommand.go    the command to run next, to be pasted
//	undotext.go       what undo.yaml says of itself
//
//	report.go         the command report: flags, and where it writes
//	reportformats.go  its formats: a new one is added there
//	reporttext.go     what it says of a run to people, and the command to run next
//	runs.go           the command runs
//
//	plan.go           the command plan: flags, and reading the tracks
//	planshow.go       the plan shown and saved
//	planshare.go      the plan for those who review it: --md, and GitHub Actions
//	github.go         annotations and the summary of the job in GitHub Actions
//	pull.go           the command pull: flags, and reading the tracks
//	pullwrite.go      the tracks written as a manifest
//	validate.go       the command validate
//	codequality.go    its findings for GitLab and GitHub Actions
//	annotate.go       validate --annotate: the sheet that comes back
//	schema.go         the command schema
//	understood.go     what was understood of manifests
//	sandbox.go        the command sandbox
//
//	manifestflags.go  flags of commands that read manifests
//	manifests.go      manifests opened and checked
//	memory.go         how much garbage a run may leave
//	connection.go     flags of commands that talk to the API, and the client
//	keyfiles.go       the files of the key and of certificates
//	shardflag.go      --shard, and what the environment says of it
//	paceflags.go      flags of rate, attempts and time
//	readtracks.go     the state of tracks, for commands that change nothing
//	interrupt.go      a signal stops work gently, a second one at once
package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tracksync/internal/defect"
	"tracksync/internal/flags"
	"tracksync/internal/safe"
	"tracksync/internal/stopping"
	"tracksync/internal/terminal"
	"tracksync/internal/version"
)

// app is what the commands of one process share.
type app struct {
	terminal.Streams
	signals stopping.Signals
	log     *terminal.Messages
	hidden  *safe.Secrets
	screen  *terminal.Screen
	// patience limits how long readers of standard output and error are waited for
	patience *terminal.Patience
	begun    time.Time // approximately when the process began

	flagsRead bool      // the flags about messages have been read
	saidLocks sync.Once // see sayLockPlace
}

// command is a command for the user's shell, see safe.Secrets.
func (a *app) command(words []string) (line string, ok bool) { return a.hidden.Command(a.Shell, words) }

// Main runs the command line and returns the process's exit code. The first signal that
// arrives on sent stops the command gently, the second at once.
func Main(args []string, s terminal.Streams, sent <-chan os.Signal) int {
	secrets, patience := &safe.Secrets{}, terminal.NewPatience()
	out := safe.NewOutput(secrets, terminal.NewOutput(s.Out, patience))
	a := &app{
		Streams: s, hidden: secrets, begun: time.Now(), patience: patience,
		log: &terminal.Messages{Format: "auto", Level: "info", Terminal: s.ErrTerminal, Width: s.Width},
	}
	a.screen = terminal.NewScreen(terminal.NewLog(s.Err, patience, a.log.LeftOut), secrets)
	a.Out, a.Err, a.log.W = out, a.screen, a.screen
	over := make(chan struct{})
	defer close(over)
	a.signals = stopping.Relay(sent, over, a.patience.End)
	_ = a.log.Apply()
	err := defect.Do(func() error {
		// Until the flags are read, errors are reported in the default format.
		a.log.CI, a.log.Style = s.InCI(), s.ErrStyle()
		_ = a.log.Apply()
		secrets.Add(strings.TrimSpace(s.Getenv(keyVariable)))
		secrets.AddKeyLike(args, "--api-key-file")
		hideWebhooks(secrets, args, s.Getenv(notifyVariable))
		root := a.root()
		root.SetArgs(args)
		return root.ExecuteContext(context.Background())
	})
	if flushed := out.Flush(); err == nil && flushed != nil {
		err = &failure{code: exitStopped, err: flushed}
	}
	_ = defect.Do(func() error { a.sayEnd(err); return nil }) // after a panic the exit code still tells
	a.screen.Drain()
	return exitCode(err)
}

// applyLogFlags sets up the log according to the flags.
func (a *app) applyLogFlags() error {
	a.flagsRead = true
	a.log.Style = a.ErrStyle()
	var wrong *terminal.FlagError
	err := a.log.Apply()
	if errors.As(err, &wrong) {
		what := strings.TrimPrefix(wrong.Flag, "log-")
		return usage(fmt.Errorf("--%s %q is not a %s", wrong.Flag, wrong.Value, what), "one of "+wrong.Allowed)
	}
	return err
}

// sayEnd reports the error that ended a command. Without a terminal, the last line is always
// an error if the exit code is not 0, even if the error was reported before.
func (a *app) sayEnd(err error) {
	if err == nil {
		return
	}
	a.sayError(err)
	if code := exitCode(err); !a.ErrTerminal && !a.log.EndedWithError() {
		a.log.Error().Int("exit_code", code).Msgf("ended with exit code %d", code)
	}
}

// sayError reports an error, unless it was reported before.
func (a *app) sayError(err error) {
	// An error in one flag must not keep the other flags about messages from being applied.
	if !a.flagsRead {
		_ = a.log.Apply()
	}
	var f *failure
	hint := ""
	if errors.As(err, &f) && !defect.Is(err) {
		if f.err == nil || f.said {
			return
		}
		hint = f.hint
	}
	var d *defect.Error
	if errors.As(err, &d) {
		a.log.Debug().Str("stack", string(d.Stack)).Msg("where it happened")
		hint = "--log-level debug shows where it happened"
	}
	text := safe.PlainError(err)
	if other := safe.ForeignOwner(err); other != nil {
		text += ": " + other.Error()
		hint = either(other.Hint, hint)
	}
	text = safe.ErrorLine(errors.New(text))
	a.log.Hinted(text, hint)
}

func (a *app) root() *cobra.Command {
	var showVersion bool
	root := &cobra.Command{
		Use:           "tracksync",
		Short:         "Bring BeyondWords background tracks in line with a manifest",
		SilenceErrors: true,
		SilenceUsage:  true,
		// of letters, between a word that was mistyped and a command
		SuggestionsMinimumDistance: 2,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return a.unknownCommand(cmd, args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !showVersion {
				return cmd.Help()
			}
			_, err := fmt.Fprintf(a.Out, "tracksync %s\n", version.Full())
			return err
		},
		PersistentPreRunE: func(*cobra.Command, []string) error { return a.applyLogFlags() },
	}
	root.SetIn(a.In)
	root.SetOut(a.Out)
	root.SetErr(a.screen)
	root.SetFlagErrorFunc(a.flagFailure)
	root.SetHelpFunc(a.showHelp)
	root.SetHelpCommand(a.helpCommand())
	root.Flags().BoolVarP(&showVersion, "version", "v", false, "print which version this is")
	a.addMessageFlags(root.PersistentFlags())
	root.AddCommand(a.syncCommand(), a.planCommand(), a.validateCommand(), a.pullCommand(), a.sandboxCommand(),
		a.reportCommand(), a.runsCommand(), a.schemaCommand())
	completeShard(root.Commands())
	root.AddCommand(topics()...)
	addHelp(root)
	return root
}

// flagFailure is the failure of a flag that is wrong. A word before it that is no command is
// more important.
func (a *app) flagFailure(cmd *cobra.Command, err error) error {
	if words := cmd.Flags().Args(); !cmd.HasParent() && len(words) > 0 {
		return a.unknownCommand(cmd, words[0])
	}
	return usage(err, fmt.Sprintf("see %s --help", cmd.CommandPath()))
}

// addMessageFlags adds the flags about messages, which every command has.
func (a *app) addMessageFlags(f *pflag.FlagSet) {
	a.Colors = terminal.Auto
	f.StringVar(&a.log.Format, "log-format", "auto",
		"messages on standard error: `FORMAT` human, json, or auto (human on a terminal and in CI)")
	flags.AddChoice(f, &a.Colors, "color", []terminal.ColorMode{terminal.Auto, terminal.Always, terminal.Never},
		"`WHEN` there are colours: auto (on a terminal, unless NO_COLOR is set), always or never")
	f.StringVar(&a.log.Level, "log-level", "info", "minimum `LEVEL` of messages: debug, info, warn, error or disabled")
}

// tidy cleans up after a command. A failure changes no result, so it is only reported.
func (a *app) tidy(f func() error) {
	if err := f(); err != nil {
		a.log.Warn().Msg(safe.ErrorLine(err))
	}
}
