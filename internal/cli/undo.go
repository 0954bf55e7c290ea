package cli

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"

	"tracksync/input"
	"tracksync/internal/track"
	"tracksync/report"
	"tracksync/report/journal"
)

// writeUndo renders undo.yaml from what was kept before the updates: a manifest
// that restores every track whose PUT may have been applied, in any session of
// the run, and that expects to find it as the run left it. A run that is gone on
// with without --undo has a way back from what it did before; one that has kept
// nothing has none, which is nil.
func (r *run) writeUndo() (u *undone, err error) {
	if _, err := os.Stat(r.dir.file(beforeFile)); !r.undo && errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	rec, err := journal.Recover(r.dir.file(earlierFile), r.dir.file(resultsFile))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rec.Close()) }()
	u = &undone{}
	err = report.WriteFile(r.dir.file(undoFile), func(w io.Writer) (err error) {
		*u, err = r.renderUndo(w, rec)
		return err
	})
	if err != nil {
		return nil, err
	}
	r.sayUndo(*u)
	if u.tracks == 0 {
		err = os.Remove(r.dir.file(undoFile)) // an empty manifest would be an error to run
	}
	return u, err
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
// an update when nothing was changed that could be changed back. Beside it are the
// fields that cannot be restored.
func wayBack(image journal.Image, rec *journal.Recovered) (e input.Entry, lost []lostField, err error) {
	var answered track.Field[string]
	if known, found := rec.Find(image.ID, track.Values{}); found {
		result, err := rec.Result(known)
		if err != nil {
			return e, nil, err
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
		if why := cannotRestore(image, field); why != "" {
			lost = append(lost, lostField{field, why})
		}
	}
	e.Update.Name, e.Expect.Name = restore(was.Name, applied.Name)
	e.Update.Volume, e.Expect.Volume = restore(was.Volume, applied.Volume)
	e.Update.Project, e.Expect.Project = restore(was.Project, applied.Project)
	e.Update.Media, e.Expect.Media = restore(was.Media, applied.Media)
	if cannotRestore(image, track.FieldMedia) != "" {
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
	return e, lost, nil
}

// cannotRestore says why a field is lost that was set: what it was is not known,
// or nothing that a PUT could send; "" when it is not.
func cannotRestore(image journal.Image, field string) string {
	if slices.Contains(image.Hidden, field) {
		return "it held the API key, which is written nowhere"
	}
	was, told := image.Was, false
	switch field {
	case track.FieldName:
		told = !was.Name.IsZero()
	case track.FieldVolume:
		told = !was.Volume.IsZero()
	case track.FieldProject:
		told = !was.Project.IsZero()
	case track.FieldMedia:
		told = !was.Media.IsZero()
		if url, _ := was.Media.Get(); told && url == "" {
			return "the track had none, and no update takes media away"
		}
	}
	if !told {
		return "the API did not tell what it was"
	}
	return ""
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
