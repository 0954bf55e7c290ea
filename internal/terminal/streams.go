package terminal

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/term"

	"tracksync/internal/display"
	"tracksync/internal/safe"
)

// Streams is everything that a command sees of the system around it, so that
// tests can stand in for it.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer

	InTerminal  bool // In is a terminal: a question can be answered
	OutTerminal bool
	ErrTerminal bool // Err is a terminal: colours, a progress bar, a question

	Colors ColorMode
	// Plain is set if a terminal does not understand escapes, as old consoles of Windows.
	Plain bool

	// Program is how the program was called, for commands to paste.
	Program []string
	// Shell is what they are pasted into.
	Shell safe.Shell
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
	out, err := understandsEscapes(os.Stdout), understandsEscapes(os.Stderr)
	return Streams{
		Plain: !out || !err,
		In:    os.Stdin, Out: os.Stdout, Err: os.Stderr,
		InTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
		OutTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		ErrTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		Program:     program(os.Args[0]),
		Shell:       shell(),
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

// ColorMode says when there are colours. The zero value is Auto.
type ColorMode string

const (
	Auto   ColorMode = "auto" // on a terminal, unless the environment says no
	Always ColorMode = "always"
	Never  ColorMode = "never"
)

// ErrStyle is how texts for people are shown on standard error.
func (s Streams) ErrStyle() display.Style { return s.style(s.ErrTerminal) }

// OutStyle is how texts for people are shown on standard output.
func (s Streams) OutStyle() display.Style { return s.style(s.OutTerminal) }

func (s Streams) style(terminal bool) display.Style {
	style := display.Style{Color: s.colorful(terminal), ASCII: !s.isUTF8(), Runner: s.OnGitHub()}
	if terminal {
		style.Width = s.Width()
	}
	return style
}

// isUTF8 reports whether who reads texts sees UTF-8. Where nothing says so, as in most
// containers, that is assumed; Windows' consoles are told so by Go.
func (s Streams) isUTF8() bool {
	if runtime.GOOS == "windows" {
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToUpper(s.Getenv(name)); v != "" {
			return strings.Contains(v, "UTF-8") || strings.Contains(v, "UTF8")
		}
	}
	return true
}

// ErrColor reports whether standard error is to be coloured.
func (s Streams) ErrColor() bool { return s.colorful(s.ErrTerminal) }

// OutColor reports whether standard output is to be coloured.
func (s Streams) OutColor() bool { return s.colorful(s.OutTerminal) }

func (s Streams) colorful(terminal bool) bool {
	switch s.Colors {
	case Always:
		return true
	case Never:
		return false
	}
	return terminal && !s.Plain && s.Getenv("NO_COLOR") == "" && s.Getenv("TERM") != "dumb"
}

// OnGitHub reports whether this is a step in GitHub Actions.
func (s Streams) OnGitHub() bool { return s.Getenv("GITHUB_ACTIONS") == "true" }

// InCI reports whether this is a job of a CI server, whose log people read.
func (s Streams) InCI() bool {
	for _, name := range []string{"CI", "GITHUB_ACTIONS", "GITLAB_CI"} {
		if v := s.Getenv(name); v != "" && v != "false" && v != "0" {
			return true
		}
	}
	return false
}
