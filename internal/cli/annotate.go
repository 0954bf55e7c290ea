package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tracksync/input"
	"tracksync/internal/display"
	"tracksync/internal/marking"
	"tracksync/internal/safe"
	"tracksync/report/markup"
)

// annotatedFile checks the file of --annotate. It must be new, or a workbook that was marked
// and not edited since; "" means that there is none.
func annotatedFile(name string, args []string) (string, error) {
	if name == "" {
		return "", nil
	}
	if len(args) > 1 {
		return "", usage(fmt.Errorf("--annotate is for one manifest, and %d are named", len(args)),
			"annotate one at a time")
	}
	if want := marking.Extension(args[0]); !strings.EqualFold(filepath.Ext(name), want) {
		return "", usage(fmt.Errorf("--annotate %s: the workbook must be called %s", name, want),
			fmt.Sprintf("for example --annotate checked%s", want))
	}
	out, err := safe.FileToReplace(name)
	if err != nil {
		return "", usage(fmt.Errorf("--annotate: %w", err), "name a file that can be written")
	}
	return out, mayReplace(out, args[0])
}

// mayReplace refuses a file that is the manifest, or that somebody else has made.
func mayReplace(out, manifest string) error {
	file, err := os.Open(out)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return usage(fmt.Errorf("--annotate: %w", err), "name another file")
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return localFailure(err, "")
	}
	if other, err := os.Stat(manifest); err == nil && os.SameFile(info, other) {
		return usage(fmt.Errorf("--annotate %s is the manifest itself", out),
			"name another file: the manifest is not changed")
	}
	if markup.IsMarked(file, info.Size()) {
		return nil
	}
	return usage(fmt.Errorf("--annotate %s: the file is there already", out),
		"name another file, or remove it; only a marked workbook that nobody has saved since is replaced")
}

// annotate writes the manifest with its mistakes marked.
func (a *app) annotate(ctx context.Context, in opened, out string) error {
	if len(in.checked.Sources) != 1 {
		return nil
	}
	source := in.checked.Sources[0]
	check := marking.Check{Manifest: in.manifest, Summary: in.checked}
	write := check.WriteTable
	switch {
	case source.Format == input.XLSX:
		write = check.WriteBook
	case !slices.Contains([]input.Format{input.CSV, input.TSV}, source.Format):
		return usage(fmt.Errorf("--annotate is for tables, and the manifest is %s",
			strings.ToUpper(string(source.Format))),
			"the problems have the line and column of each mistake")
	}
	var done marking.Outcome
	err := errTooLarge
	if !marking.TooLarge(source) {
		done, err = writeMarked(ctx, out, write)
	}
	if errors.Is(err, errTooLarge) || errors.Is(err, markup.ErrLongText) {
		why := err
		out = strings.TrimSuffix(out, filepath.Ext(out)) + ".csv"
		if _, statErr := os.Lstat(out); statErr == nil {
			return usage(fmt.Errorf("%w, and %s is there already", why, out), "remove it, or name another file")
		}
		if done, err = writeMarked(ctx, out, check.WriteCSV); err == nil {
			a.log.Warn().Msgf("%s, so CSV is written instead", safe.ErrorLine(why))
		}
	}
	if cut := cutShort(ctx, safe.Line(out+" was not written")); cut != nil {
		return cut
	}
	if err != nil {
		return localFailure(fmt.Errorf("%s was not written: %w", out, err), "")
	}
	a.sayAnnotated(done, out)
	return nil
}

var errTooLarge = fmt.Errorf("the manifest has more than %s rows or %d MB, which is too much for a marked workbook",
	display.Thousands(marking.MaxRows), marking.MaxBytes/1_000_000)

func writeMarked(ctx context.Context, out string,
	write func(context.Context, io.Writer) (marking.Outcome, error)) (done marking.Outcome, err error) {
	err = safe.WriteFile(out, func(w io.Writer) error {
		done, err = write(ctx, w)
		return err
	})
	return done, err
}

// sayAnnotated says what the user finds in the file.
func (a *app) sayAnnotated(done marking.Outcome, out string) {
	if done.Unfiltered != "" {
		a.log.Warn().Msgf("no filter shows the marked rows, because %s", safe.Line(done.Unfiltered))
	}
	if done.Threads > 0 {
		a.log.Warn().Msgf("%s have a conversation, which hides the note: see the column %s",
			display.Count(done.Threads, "marked cell"), done.Column)
	}
	message := display.Count(done.Rows, "row") + " marked in " + safe.Line(out)
	if done.Rows == 0 {
		message = "nothing is wrong, and nothing is marked in " + safe.Line(out)
	}
	if done.First != "" {
		message += ", the first at " + done.First
	}
	a.log.Info().Msg(message)
}
