package cli

import (
	"io"
	"os"
	"slices"

	"tracksync/internal/run"
	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// writeUndo renders undo.yaml from what was kept before the updates: a manifest
// that restores every track whose PUT may have been applied, in any session of
// the run, and that expects to find it as the run left it. A run that is gone on
// with without --undo has a way back from what it did before; one that has kept
// nothing has none, which is nil.
func (r *syncRun) writeUndo() (u *undone, err error) {
	if r.sink.ledger.Before == nil {
		return nil, nil
	}
	u = &undone{}
	err = safe.WriteFile(r.dir.File(run.UndoFile), func(w io.Writer) (err error) {
		*u, err = r.renderUndo(w)
		return err
	})
	if err != nil {
		return nil, err
	}
	r.sayUndo(*u)
	if u.tracks == 0 {
		err = os.Remove(r.dir.File(run.UndoFile)) // an empty manifest would be an error to run
	}
	return u, err
}

// without are the alternatives without a field. One that says nothing any more
// lets every state pass.
func without(all track.Alternatives, field string) track.Alternatives {
	less := slices.Clone(all)
	for i := range less {
		if drop(&less[i], field); less[i].Empty() {
			return nil
		}
	}
	return less
}

// drop makes a field absent, and reports whether it was not.
func drop(v *track.Values, field string) bool {
	a := track.AttributeNamed(field)
	if a == nil || !a.Has(*v) {
		return false
	}
	*v = a.Drop(*v)
	return true
}
