// Package cli is the command line: one file a command, each an options struct,
// its flags and a run function over injected streams. It connects the other
// packages, and is the only one that knows flags, terminals and exit codes.
//
// Standard output carries what was asked for, and nothing else. Everything
// that is said on the way goes to standard error, through the logger. Errors
// are returned, and said once, in Main.
package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"tracksync/internal/defect"
	"tracksync/internal/safe"
	"tracksync/internal/terminal"
)

// app is what the commands of one process share.
type app struct {
	Streams
	signals <-chan os.Signal
	logs    logOptions
	hidden  *safe.Secrets
	screen  *terminal.Screen
	// patience with the readers of standard output and error
	patience *terminal.Patience
	log      zerolog.Logger
	logged   *lastLevel             // of what log has said
	run      atomic.Pointer[string] // what the log calls the run; nil: there is none
	begun    time.Time              // of the process, as good as

	flagsRead bool      // those about messages
	saidLocks sync.Once // where the locks stand, if that is no good place
}

// Main runs the command line and returns the process's exit code. Signals
// that arrive on signals interrupt what is going on: the first gently, the
// second at once.
func Main(args []string, s Streams, signals <-chan os.Signal) int {
	secrets, patience := &safe.Secrets{}, terminal.NewPatience()
	out := safe.NewOutput(secrets, terminal.NewOutput(s.Out, patience))
	a := &app{
		Streams: s, logs: logOptions{format: "auto", level: "info"}, hidden: secrets, begun: time.Now(),
		patience: patience, logged: &lastLevel{},
	}
	a.screen = terminal.NewScreen(terminal.NewLog(s.Err, patience, a.leftOut), secrets)
	a.Out, a.Err = out, a.screen
	over := make(chan struct{})
	defer close(over)
	a.signals = a.heed(signals, over)
	// Until the flags are read, a fault in them is said in the default way.
	_ = a.setLogger()
	err := defect.Do(func() error {
		hideEnvironment(secrets, s)
		hideArguments(secrets, args)
		root := a.root()
		root.SetArgs(args)
		return root.ExecuteContext(context.Background())
	})
	if flushed := out.Flush(); err == nil && flushed != nil {
		err = &failure{code: exitStopped, err: fmt.Errorf("standard output: %w", flushed)}
	}
	_ = defect.Do(func() error { a.sayEnd(err); return nil }) // the exit code says it all the same
	a.screen.Drain()
	return exitCode(err)
}

// heed hands signals on. Whoever sends one does not want to wait for readers.
func (a *app) heed(signals <-chan os.Signal, over <-chan struct{}) <-chan os.Signal {
	handed := make(chan os.Signal)
	go func() {
		for {
			select {
			case sig := <-signals:
				a.patience.End()
				select {
				case handed <- sig:
				case <-over:
					return
				}
			case <-over:
				return
			}
		}
	}()
	return handed
}

// leftOut is the line that says that messages were left out.
func (a *app) leftOut(messages int) []byte {
	var line bytes.Buffer
	log, err := newLogger(a.logs, a.Streams, &line)
	if err != nil {
		return nil
	}
	log = a.withRun(log)
	log.Warn().Int("messages", messages).Msg("standard error was not read fast enough: messages were left out here")
	return line.Bytes()
}

// setLogger makes the logger that the flags ask for.
func (a *app) setLogger() error {
	log, err := newLogger(a.logs, a.Streams, a.screen)
	if err == nil {
		a.log = a.withRun(log).Hook(a.logged)
	}
	return err
}

// nameRun lets every line of the log name the run from here on, where lines of
// several runs may stand in one file.
func (a *app) nameRun(path string) {
	path = safe.Line(path)
	a.run.Store(&path)
	_ = a.setLogger() // the flags are good, or this was said
}

func (a *app) withRun(log zerolog.Logger) zerolog.Logger {
	name := a.run.Load()
	if name == nil || a.ErrTerminal && a.logs.human(a.Streams) {
		return log
	}
	return log.With().Str("run", *name).Logger()
}

// about names the run in a line where no line does by itself.
func (a *app) about(ev *zerolog.Event, path string) *zerolog.Event {
	if a.ErrTerminal && a.logs.human(a.Streams) {
		return ev.Str("run", path)
	}
	return ev
}

// ending is the line of the log that says how a command ended. Where there is no
// terminal it is an error for every exit code but 0.
func (a *app) ending(code int) *zerolog.Event {
	switch {
	case code == exitOK:
		return a.log.Info()
	case a.ErrTerminal:
		return a.log.Warn()
	}
	return a.log.Error()
}

// sayEnd says an error that ended a command. Where there is no terminal the last
// line is an error whenever the exit code is not 0, whatever was said before.
func (a *app) sayEnd(err error) {
	if err == nil {
		return
	}
	a.sayError(err)
	if code := exitCode(err); !a.ErrTerminal && !a.logged.isError() {
		a.log.Error().Int("exit_code", code).Msgf("ended with exit code %d", code)
	}
}

// lastLevel remembers the level of the line that was said last.
type lastLevel struct{ level atomic.Int32 }

func (l *lastLevel) Run(_ *zerolog.Event, level zerolog.Level, _ string) { l.level.Store(int32(level)) }

func (l *lastLevel) isError() bool { return zerolog.Level(l.level.Load()) >= zerolog.ErrorLevel }

// sayError says an error, unless it was said before.
func (a *app) sayError(err error) {
	// A fault in one flag must not hide what the others say about messages.
	if !a.flagsRead {
		_ = a.setLogger()
	}
	var f *failure
	hint := ""
	if errors.As(err, &f) && !isDefect(err) {
		if f.err == nil {
			return
		}
		hint = f.hint
	}
	var d *defect.Error
	if errors.As(err, &d) {
		a.log.Debug().Str("stack", string(d.Stack)).Msg("where it happened")
		hint = "--log-level debug shows where it happened"
	}
	text := safe.ErrorLine(errors.New(inWords(err)))
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

  # The real thing, after a look at what it would change:
  export BEYONDWORDS_API_KEY=…
  tracksync plan tracks.csv
  tracksync sync tracks.csv`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(*cobra.Command, []string) error {
			a.flagsRead = true
			return a.setLogger()
		},
	}
	root.SetIn(a.In)
	root.SetOut(a.Out)
	root.SetErr(a.screen)
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage(err, fmt.Sprintf("see %s --help", cmd.CommandPath()))
	})
	pf := root.PersistentFlags()
	pf.StringVar(&a.logs.format, "log-format", "auto", "messages on standard error: `FORMAT` human, json, or auto (human on a terminal)")
	pf.StringVar(&a.logs.level, "log-level", "info", "minimum `LEVEL` of messages: debug, info, warn, error or disabled")
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
		a.log.Warn().Msg(safe.ErrorLine(err))
	}
}
