package terminal

import (
	"bytes"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"tracksync/internal/display"
	"tracksync/internal/safe"
)

// Messages is the log of a process: lines for people on a terminal, JSON elsewhere. Its
// zero value says nothing. Call Apply when Format, Level or the other exported fields
// have changed.
type Messages struct {
	zerolog.Logger

	Format string // auto, human or json
	Level  string // minimum level: debug, info, warn, error or disabled

	W        io.Writer // where messages go
	Terminal bool      // W is a terminal
	CI       bool      // W is the log of a CI server
	Style    display.Style
	Width    func() int // of the terminal

	run  atomic.Pointer[string] // what lines call the run; nil: there is none
	last atomic.Int32           // the level of the line that was said last
}

// FlagError is that a format or a level is none.
type FlagError struct{ Flag, Value, Allowed string }

func (e *FlagError) Error() string { return fmt.Sprintf("--%s %q is not allowed", e.Flag, e.Value) }

// Apply makes the logger as the fields say. On an error it stays as it was.
func (m *Messages) Apply() error {
	log, err := m.to(m.W)
	if err == nil {
		m.Logger = log.Hook(m)
	}
	return err
}

// Human reports whether messages are for people.
func (m *Messages) Human() bool {
	return m.Format == "human" || m.Format == "auto" && (m.Terminal || m.CI)
}

// NameRun lets every line name the run from here on, where lines of several runs may
// stand in one file.
func (m *Messages) NameRun(path string) {
	path = safe.Line(path)
	m.run.Store(&path)
	_ = m.Apply() // the fields are good, or this was said
}

// About names the run in a line where no line does by itself.
func (m *Messages) About(ev *zerolog.Event, path string) *zerolog.Event {
	if m.Terminal && m.Human() {
		return ev.Str("run", path)
	}
	return ev
}

// Ending is the line that says how a command ended. Where there is no terminal it is an
// error unless all went well.
func (m *Messages) Ending(well bool) *zerolog.Event {
	switch {
	case well:
		return m.Info()
	case m.Terminal:
		return m.Warn()
	}
	return m.Error()
}

// Hinted is an error with a hint what to do, which may be empty.
func (m *Messages) Hinted(text, hint string) {
	switch {
	case hint == "":
		m.Error().Msg(text)
	case m.Human():
		m.Error().Msg(text + "\n  " + hint)
	default:
		m.Error().Str("hint", hint).Msg(text)
	}
}

// EndedWithError reports whether the line that was said last is an error.
func (m *Messages) EndedWithError() bool { return zerolog.Level(m.last.Load()) >= zerolog.ErrorLevel }

// Run remembers the level of a line. It makes Messages a hook of its own logger.
func (m *Messages) Run(_ *zerolog.Event, level zerolog.Level, _ string) { m.last.Store(int32(level)) }

// LeftOut is the line that says that messages were left out; nil if there can be none.
func (m *Messages) LeftOut(messages int) []byte {
	var line bytes.Buffer
	log, err := m.to(&line)
	if err != nil {
		return nil
	}
	log.Warn().Int("messages", messages).Msg("standard error was not read fast enough: messages were left out here")
	return line.Bytes()
}

// to is a logger that writes to w.
func (m *Messages) to(w io.Writer) (zerolog.Logger, error) {
	level, err := zerolog.ParseLevel(m.Level)
	if err != nil || m.Level == "" {
		return zerolog.Nop(), &FlagError{"log-level", m.Level, "debug, info, warn, error, disabled"}
	}
	switch m.Format {
	case "auto", "human", "json":
	default:
		return zerolog.Nop(), &FlagError{"log-format", m.Format, "auto, human, json"}
	}
	log := zerolog.New(w)
	if m.Human() {
		log = zerolog.New(m.console(w))
	}
	log = log.Level(level).With().Timestamp().Logger()
	if name := m.run.Load(); name != nil && !(m.Terminal && m.Human()) {
		log = log.With().Str("run", *name).Logger()
	}
	return log, nil
}

// console writes lines for people.
func (m *Messages) console(w io.Writer) zerolog.ConsoleWriter {
	timeFormat := time.RFC3339 // who reads it later may be in another zone
	if m.Terminal {
		timeFormat = time.TimeOnly
		w = Wrapper{W: w, Width: m.Width}
	}
	return zerolog.ConsoleWriter{
		Out: m.Style.Writer(w), NoColor: !m.Style.Color, TimeFormat: timeFormat,
		FormatLevel: func(v any) string {
			switch v {
			case "warn":
				return "warning:"
			case "error", "fatal":
				return "error:"
			case "debug":
				return "debug:"
			}
			return ""
		},
		PartsOrder: []string{zerolog.TimestampFieldName, zerolog.LevelFieldName, zerolog.MessageFieldName},
	}
}
