package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"tracksync/input"
	"tracksync/internal/track"
	"tracksync/report"
	"tracksync/report/journal"
)

// writeUndo renders undo.yaml from what was kept before the updates: a manifest
// that restores every track whose PUT may have been applied, in any session of
// the run, and that expects to find it as the run left it. It returns how many
// tracks it has. A run that is gone on with without --undo has a way back from
// what it did before.
func (r *run) writeUndo() (n int, err error) {
	if _, err := os.Stat(r.dir.file(beforeFile)); !r.undo && errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	rec, err := journal.Recover(r.dir.file(earlierFile), r.dir.file(resultsFile))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, rec.Close()) }()
	err = report.WriteFile(r.dir.file(undoFile), func(w io.Writer) (err error) {
		n, err = r.renderUndo(w, rec)
		return err
	})
	if err == nil && n == 0 {
		err = os.Remove(r.dir.file(undoFile)) // an empty manifest would be an error to run
	}
	return n, err
}

func (r *run) renderUndo(w io.Writer, rec *journal.Recovered) (n int, err error) {
	out, err := input.NewWriter(w, input.YAML, input.WriterOptions{MaxVolume: -1, Comment: fmt.Sprintf(
		"The way back from the run in %s\nagainst %s, written %s.\nRun it with: tracksync sync %s\nA track that is not as the run left it is left alone, unless --force is given.",
		r.dir.path, r.target(), time.Now().UTC().Format(time.RFC3339), r.dir.file(undoFile))})
	if err != nil {
		return 0, err
	}
	lost := map[string]int{}
	for image, err := range journal.Images(r.dir.file(beforeFile)) {
		if err != nil {
			return n, err
		}
		entry, err := wayBack(image, rec, lost)
		if err != nil {
			return n, err
		}
		written, err := r.writeBack(out, entry)
		if err != nil {
			return n, err
		}
		if written {
			n++
		}
	}
	if len(lost) > 0 {
		ev := r.log.Warn()
		for _, field := range track.Columns() {
			if lost[field] > 0 {
				ev = ev.Int(field, lost[field])
			}
		}
		ev.Msgf("%s cannot restore everything: fields that the API did not tell, or media where there was none", undoFile)
	}
	return n, out.Close()
}

// writeBack writes an entry, without a field that no manifest can hold, and
// reports whether anything is left of it.
func (r *run) writeBack(out *input.Writer, e input.Entry) (written bool, err error) {
	for !e.Update.Empty() {
		err := out.Write(e)
		var unfit *input.UnfitError
		if !errors.As(err, &unfit) {
			return err == nil, err
		}
		r.log.Warn().Msg(report.Plain(fmt.Sprintf("%s cannot restore everything: %v", undoFile, unfit), 0))
		values := &e.Update.Values
		if unfit.Expected {
			values = &e.Expect
		}
		if unfit.Field == "" || !drop(values, unfit.Field) {
			return false, nil // nothing of it fits
		}
	}
	return false, nil
}

// drop makes a field absent, and reports whether it was not.
func drop(v *track.Values, field string) bool {
	was := len(v.Fields())
	switch field {
	case track.FieldName:
		v.Name = track.Field[string]{}
	case track.FieldVolume:
		v.Volume = track.Field[int]{}
	case track.FieldProject:
		v.Project = track.Field[track.ID]{}
	case track.FieldMedia:
		v.Media = track.Field[string]{}
	}
	return len(v.Fields()) < was
}

// wayBack is what restores a track, and what it is expected to be before; without
// an update when nothing was changed that could be changed back. It counts the
// fields that cannot be restored in lost.
func wayBack(image journal.Image, rec *journal.Recovered, lost map[string]int) (e input.Entry, err error) {
	var answered track.Field[string]
	if known, found := rec.Find(image.ID, track.Values{}); found {
		result, err := rec.Result(known)
		if err != nil {
			return e, err
		}
		answered = result.AnsweredMedia
	}
	var applied track.Values
	for _, v := range image.Sends {
		applied = overlay(applied, v)
	}
	e.Update.ID = image.ID
	was := image.Was
	for _, field := range applied.Fields() {
		if cannotRestore(was, field) {
			lost[field]++
		}
	}
	e.Update.Name, e.Expect.Name = restore(was.Name, applied.Name)
	e.Update.Volume, e.Expect.Volume = restore(was.Volume, applied.Volume)
	e.Update.Project, e.Expect.Project = restore(was.Project, applied.Project)
	e.Update.Media, e.Expect.Media = restore(was.Media, applied.Media)
	if cannotRestore(was, track.FieldMedia) {
		e.Update.Media = track.Field[string]{} // no PUT takes media away
	}
	if !e.Update.Media.IsZero() {
		e.Comment = "the service may transcode the media again"
	}
	// The service makes a URL of its own of the media, perhaps only later: it is
	// expected where the answer has told it.
	e.Expect.Media = track.Field[string]{}
	if !e.Update.Media.IsZero() && answered != applied.Media && answered != was.Media {
		e.Expect.Media = answered
	}
	return e, nil
}

// cannotRestore reports whether a field is lost that was set: what it was is not
// known, or nothing that a PUT could send.
func cannotRestore(was track.Values, field string) bool {
	switch field {
	case track.FieldName:
		return was.Name.IsZero()
	case track.FieldVolume:
		return was.Volume.IsZero()
	case track.FieldProject:
		return was.Project.IsZero()
	}
	url, has := was.Media.Get()
	return !has || url == ""
}

// restore is what a field is to be set to, and what it is expected to be before.
// What was not told before cannot be restored, and what was so already need not.
func restore[T comparable](was, applied track.Field[T]) (to, expect track.Field[T]) {
	if was.IsZero() || applied.IsZero() || was == applied {
		return to, expect
	}
	return was, applied
}

// overlay is a with the fields of b.
func overlay(a, b track.Values) track.Values {
	if !b.Name.IsZero() {
		a.Name = b.Name
	}
	if !b.Volume.IsZero() {
		a.Volume = b.Volume
	}
	if !b.Project.IsZero() {
		a.Project = b.Project
	}
	if !b.Media.IsZero() {
		a.Media = b.Media
	}
	return a
}
