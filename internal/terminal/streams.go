package terminal

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/term"
)

// Streams is everything that a command sees of the system around it, so that
// tests can stand in for it.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer

	InTerminal  bool // In is a terminal: a question can be answered
	OutTerminal bool
	ErrTerminal bool // Err is a terminal: colours, a progress bar, a question

	// Program is how the program was called, for commands to paste.
	Program []string
	// Width is the terminal's width in columns, asked for at every drawing.
	Width func() int
	// OpenTerminal opens the controlling terminal for an answer when In is not
	// one, because it carries the manifest.
	OpenTerminal func() (io.ReadCloser, error)
	// Getenv reads the environment.
	Getenv func(string) string
}

// System returns the process's own streams.
func System() Streams {
	return Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		InTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
		OutTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		ErrTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		Program:     program(os.Args[0]),
		Width: func() int {
			w, _, err := term.GetSize(int(os.Stderr.Fd()))
			if err != nil || w <= 0 {
				return 80
			}
			return w
		},
		OpenTerminal: func() (io.ReadCloser, error) { return os.Open(Name) },
		Getenv:       os.Getenv,
	}
}

// program is how a process that was started as name was called.
func program(name string) []string {
	switch {
	case strings.Contains(name, "go-build"):
		return []string{"go", "run", "."}
	case strings.ContainsRune(name, filepath.Separator):
		return []string{name}
	}
	return []string{"tracksync"}
}

// Color reports whether standard error is to be coloured.
func (s Streams) Color() bool { return s.ErrTerminal && s.Colorful() }

// Colorful reports whether the environment lets a terminal be coloured.
func (s Streams) Colorful() bool { return s.Getenv("NO_COLOR") == "" && s.Getenv("TERM") != "dumb" }

// Paragraphs is standard error for text of several lines, which are wrapped on a terminal.
func (s Streams) Paragraphs() io.Writer {
	if s.ErrTerminal {
		return Wrapper{W: s.Err, Width: s.Width}
	}
	return s.Err
}
