package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"tracksync/input"
	"tracksync/internal/display"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
)

// maxAnnotations is how many errors of a step GitHub shows.
const maxAnnotations = 10

const maxAnnotation = 500 // characters of a message

// annotations are errors that GitHub Actions shows beside the lines of a manifest. They are
// commands to its runner, on standard error. A nil one does nothing.
type annotations struct {
	w         io.Writer
	workspace string // the top of the repository; may be empty
	shown     int
}

// annotations returns nil outside of GitHub Actions.
func (a *app) annotations() *annotations {
	if !a.OnGitHub() {
		return nil
	}
	return &annotations{w: a.screen, workspace: a.Getenv("GITHUB_WORKSPACE")}
}

// add shows an error, unless there were ten before.
func (n *annotations) add(at track.Position, text string) {
	if n == nil || n.shown >= maxAnnotations {
		return
	}
	n.shown++
	var properties []string
	property := func(name, value string) {
		properties = append(properties, name+"="+safe.CommandProperty(value, maxAnnotation))
	}
	if at.File != "-" {
		property("file", inRepository(at.File, n.workspace))
	}
	if at.Line > 0 {
		property("line", fmt.Sprint(at.Line))
	}
	if at.Line > 0 && at.Column > 0 {
		property("col", fmt.Sprint(at.Column))
	}
	if at.Line == 0 && at.Cell != "" {
		text = at.Sheet + "!" + at.Cell + ": " + text
	}
	n.command("error", strings.Join(properties, ","), text)
}

// end says how many of all errors were not shown. It is a warning, because an eleventh error
// would not be shown.
func (n *annotations) end(all int) {
	if n == nil || all <= n.shown {
		return
	}
	n.command("warning", "", fmt.Sprintf("tracksync: and %s", display.Count(all-n.shown, "more error")))
}

func (n *annotations) command(name, properties, text string) {
	if properties != "" {
		name += " " + properties
	}
	// A missing reader is not a failure.
	_, _ = fmt.Fprintf(n.w, "::%s::%s\n", name, safe.CommandData(text, maxAnnotation))
}

// problems shows what is wrong with manifests. found is how many problems there are.
func (n *annotations) problems(problems input.Problems, found int) {
	for _, p := range problems {
		text := p.Message
		if p.Hint != "" {
			text += " (" + p.Hint + ")"
		}
		n.add(p.Position, text)
	}
	n.end(max(found, len(problems)))
}

// results shows the rows without success. all is how many there are.
func (n *annotations) results(rows []track.Result, all int) {
	for _, r := range rows {
		n.add(track.Position{File: r.Source, Line: r.Line, Sheet: r.Sheet, Cell: r.Cell}, report.RowText(r))
	}
	n.end(all)
}

// inRepository is a file as a path from the top of the repository, if it is in there.
func inRepository(file, top string) string {
	path, err := filepath.Abs(file)
	if err != nil || top == "" {
		return filepath.ToSlash(file)
	}
	from, err := filepath.Rel(top, path)
	if err != nil || !filepath.IsLocal(from) {
		return filepath.ToSlash(file)
	}
	return filepath.ToSlash(from)
}

// addJobSummary adds Markdown to the summary of the job in GitHub Actions. write writes at most
// limit bytes. A failure changes no result.
func (a *app) addJobSummary(write func(w io.Writer, limit int) error) {
	path := a.Getenv("GITHUB_STEP_SUMMARY")
	if !a.OnGitHub() || path == "" {
		return
	}
	a.tidy(func() (err error) {
		f, err := safe.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("the job's summary: %w", err)
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		var text bytes.Buffer
		if err := write(&text, report.MaxJobSummary-int(info.Size())-1); err != nil {
			return err
		}
		_, err = f.Write(append(a.hidden.Bytes(text.Bytes()), '\n'))
		return err
	})
}

// writeMarkdown writes a file that is bounded like a comment.
func (a *app) writeMarkdown(path string, write func(w io.Writer, limit int) error) error {
	return safe.WriteFile(path, a.hidden.RedactText(func(w io.Writer) error { return write(w, report.MaxComment) }))
}
