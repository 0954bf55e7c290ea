package run

import (
	"errors"
	"fmt"
	"io"

	"tracksync/internal/marking"
	"tracksync/internal/track"
)

// writeFailedBook writes failed.xlsx beside failed.csv, if the manifest is one workbook. A
// workbook that cannot be marked is no failure of the run: failed.csv has the same rows.
func (f *finishing) writeFailedBook() error {
	if f.Failed == 0 || !marking.Possible(f.Checked) {
		return nil
	}
	source := f.Checked.Sources[0]
	name := failedBook + marking.Extension(source.Name)
	if marking.TooLarge(source) {
		f.warnUnmarked(name, fmt.Errorf("it has more than %d rows or %d MB", marking.MaxRows,
			marking.MaxBytes/1_000_000))
		return nil
	}
	out := &outcomeWriter{}
	var unmarked error
	path, err := f.writeList(name, func(w io.Writer) error {
		out.to = w
		all := func(track.Status) bool { return true }
		unmarked = marking.Failed{Manifest: f.Manifest, Source: source}.Write(f.ctx, out,
			f.recorder.ledger.Results(all))
		return unmarked
	})
	switch {
	case err == nil:
		f.FailedBook = path
		f.Files = append(f.Files, f.FailedBook)
	case unmarked != nil && out.err == nil && f.ctx.Err() == nil:
		f.warnUnmarked(name, unmarked)
		return nil
	}
	return err
}

func (f *finishing) warnUnmarked(name string, err error) {
	f.recorder.observer.Warn(Warning{Kind: Unmarked, Err: fmt.Errorf("%s: %w", name, err)})
}

// outcomeWriter remembers whether writing failed.
type outcomeWriter struct {
	to  io.Writer
	err error
}

func (w *outcomeWriter) Write(p []byte) (int, error) {
	n, err := w.to.Write(p)
	w.err = errors.Join(w.err, err)
	return n, err
}
