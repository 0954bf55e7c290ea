// Package cli is the command line: one file a command, each an options struct,
// its flags and a run function over injected streams. It connects the other
// packages, and is the only one that knows flags, terminals and exit codes.
//
// Standard output carries what was asked for, and nothing else. Everything
// that is said on the way goes to standard error, through the logger. Errors
// are returned, and said once, in Main.
package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"tracksync/report"
)

// app is what the commands of one process share.
type app struct {
	Streams
	signals <-chan os.Signal
	logs    logOptions
	screen  *screen
	log     zerolog.Logger
	begun   time.Time // of the process, as good as

	saidLocks sync.Once // where the locks stand, if that is no good place
}

// Main runs the command line and returns the process's exit code. Signals
// that arrive on signals interrupt what is going on: the first gently, the
// second at once.
func Main(args []string, s Streams, signals <-chan os.Signal) int {
	a := &app{Streams: s, signals: signals, logs: logOptions{format: "auto", level: "info"}, screen: &screen{w: s.Err}, begun: time.Now()}
	// Until the flags are read, a fault in them is said in the default way.
	a.log, _ = newLogger(a.logs, s, a.screen)
	root := a.root()
	root.SetArgs(args)
	err := root.ExecuteContext(context.Background())
	a.sayError(err)
	return exitCode(err)
}

// sayError says an error that ended a command.
func (a *app) sayError(err error) {
	if err == nil {
		return
	}
	// A fault in one flag must not hide what the others say about messages.
	if log, err := newLogger(a.logs, a.Streams, a.screen); err == nil {
		a.log = log
	}
	var f *failure
	hint := ""
	if errors.As(err, &f) {
		if f.err == nil {
			return
		}
		hint = f.hint
	}
	text := report.Plain(err.Error(), 0)
	if hint == "" {
		a.log.Error().Msg(text)
	} else if a.logs.human(a.Streams) {
		a.log.Error().Msg(text + "\n  " + hint)
	} else {
		a.log.Error().Str("hint", hint).Msg(text)
	}
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "tracksync",
		Short: "Bring BeyondWords background tracks in line with a manifest",
		Long: `tracksync reads a manifest of track updates (CSV, TSV, YAML, JSON or JSON Lines)
and brings every track in line through the BeyondWords API: concurrently, at a
limited rate, with retries, and with a result for every row.`,
		Example: `  # Try it, without a key or an account:
  tracksync sync --sandbox tracks.csv

  # Check a manifest offline:
  tracksync validate tracks.csv

  # The real thing, looked at before:
  export BEYONDWORDS_API_KEY=…
  tracksync plan tracks.csv
  tracksync sync tracks.csv`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(*cobra.Command, []string) error {
			log, err := newLogger(a.logs, a.Streams, a.screen)
			if err == nil {
				a.log = log
			}
			return err
		},
	}
	root.SetIn(a.In)
	root.SetOut(a.Out)
	root.SetErr(a.Err)
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage(err, fmt.Sprintf("see %s --help", cmd.CommandPath()))
	})
	pf := root.PersistentFlags()
	pf.StringVar(&a.logs.format, "log-format", "auto", "messages on standard error: `FORMAT` human, json, or auto (human on a terminal)")
	pf.StringVar(&a.logs.level, "log-level", "info", "least `LEVEL` of messages: debug, info, warn, error or disabled")
	root.AddCommand(a.syncCommand(), a.planCommand(), a.validateCommand(), a.pullCommand(), a.sandboxCommand())
	return root
}

// interruptible returns a context that ends with the first signal, and the
// signal's name as its cause. After release no signal is taken any more; one that
// was taken before is the cause.
func (a *app) interruptible(parent context.Context) (ctx context.Context, release context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	over, listened := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(listened)
		select {
		case sig, ok := <-a.signals:
			if ok {
				cancel(&interrupted{sig})
			}
		case <-over:
		case <-ctx.Done():
		}
	}()
	return ctx, sync.OnceFunc(func() {
		close(over)
		<-listened
		cancel(nil)
	})
}

// interrupted is the cause of a context that a signal ended.
type interrupted struct{ signal os.Signal }

func (i *interrupted) Error() string { return i.signal.String() }

// tidy cleans up behind a command. Nothing was written there, so a failure
// changes no result and is only told.
func (a *app) tidy(f func() error) {
	if err := f(); err != nil {
		a.log.Warn().Msg(report.Plain(err.Error(), 0))
	}
}
