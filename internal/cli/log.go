package cli

import (
	"fmt"
	"io"
	"time"

	"tracksync/internal/terminal"

	"github.com/rs/zerolog"
)

// logOptions are the flags that every command has.
type logOptions struct {
	format string // auto, human, json
	level  string
}

// newLogger returns the logger for w: human on a terminal, JSON elsewhere, or
// as asked.
func newLogger(o logOptions, s Streams, w io.Writer) (zerolog.Logger, error) {
	level, err := zerolog.ParseLevel(o.level)
	if err != nil || o.level == "" {
		return zerolog.Nop(), usage(fmt.Errorf("--log-level %q is not a level", o.level), "one of debug, info, warn, error, disabled")
	}
	switch o.format {
	case "auto", "human", "json":
	default:
		return zerolog.Nop(), usage(fmt.Errorf("--log-format %q is not a format", o.format), "one of auto, human, json")
	}
	if !o.human(s) {
		return zerolog.New(w).Level(level).With().Timestamp().Logger(), nil
	}
	timeFormat := time.TimeOnly
	if !s.ErrTerminal {
		timeFormat = time.RFC3339 // who reads it later may be in another zone
	}
	if s.ErrTerminal {
		w = terminal.Wrapper{W: w, Width: s.Width}
	}
	console := zerolog.ConsoleWriter{
		Out: w, NoColor: !s.color(), TimeFormat: timeFormat,
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
	return zerolog.New(console).Level(level).With().Timestamp().Logger(), nil
}

// human reports whether messages are for people.
func (o logOptions) human(s Streams) bool {
	return o.format == "human" || o.format == "auto" && s.ErrTerminal
}
