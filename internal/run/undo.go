package run

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"tracksync/input"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report/journal"
)

// Undone is what undo.yaml restores, and what it cannot restore.
type Undone struct {
	Tracks        int
	LargestVolume int            // the largest volume that is restored
	Lost          map[string]int // number of fields that cannot be restored, by their names
	Samples       []LostField    // the first of them
	Damaged       int            // lines of before.jsonl that cannot be read
	Unrecorded    int            // tracks that were changed and have no before-image
}

// maxSamples is how many fields that cannot be restored are named at the top of
// undo.yaml.
const maxSamples = 100

// LostField is a field that cannot be restored.
type LostField struct {
	ID        track.ID
	Name, Why string
}

func (f LostField) String() string { return fmt.Sprintf("%s of track %d: %s", f.Name, f.ID, f.Why) }

// addLost records a field that cannot be restored.
func (u *Undone) addLost(f LostField) {
	if u.Lost == nil {
		u.Lost = map[string]int{}
	}
	u.Lost[f.Name]++
	if len(u.Samples) < maxSamples {
		u.Samples = append(u.Samples, f)
	}
}

// LostFields is how many fields cannot be restored.
func (u Undone) LostFields() int {
	n := 0
	for _, of := range u.Lost {
		n += of
	}
	return n
}

// Images are the before-images of a run, with its results.
type Images interface {
	Counts() map[track.Status]int
	Touched() iter.Seq2[journal.Touched, error]
}

// writeUndoFile writes undo.yaml, see RenderUndo. An undo.yaml without a track would be an error
// to run, so there is none.
func (r *Run) writeUndoFile(images Images) (*Undone, error) {
	var u Undone
	d := r.Dir
	err := r.write(d.File(UndoFile), func(w io.Writer) (err error) {
		u, err = RenderUndo(w, d.Path, images, r.UndoHead)
		return err
	})
	if err != nil {
		return nil, err
	}
	if u.Tracks == 0 {
		err = safe.Remove(d.File(UndoFile))
	}
	return &u, err
}

// RenderUndo renders undo.yaml: a manifest that restores every track whose PUT may have been
// applied, in any session of the run, and that expects each track as the run left it. head
// returns the lines of the comment at its top. A run that is resumed without --undo can still
// undo what it did before.
//
// The entries are first written into a temporary file, if possible in the directory scratch,
// because the head says how many there are. If there is none, nothing is written to w.
func RenderUndo(w io.Writer, scratch string, images Images, head func(Undone) []string) (u Undone, err error) {
	body := safe.NewScratch(scratch)
	defer func() { err = errors.Join(err, body.Close()) }()
	if u, err = writeEntries(body, images); err != nil || u.Tracks == 0 {
		return u, err
	}
	for _, line := range head(u) {
		if _, err := io.WriteString(w, strings.TrimRight("# "+safe.Line(line), " ")+"\n"); err != nil {
			return u, err
		}
	}
	_, err = body.WriteTo(w)
	return u, err
}

// CountUndo counts what RenderUndo would restore.
func CountUndo(images Images) (Undone, error) { return writeEntries(io.Discard, images) }

// writeEntries writes an entry for every track of which any field can be restored.
func writeEntries(w io.Writer, images Images) (u Undone, err error) {
	out, err := input.NewWriter(w, input.YAML, input.WriterOptions{MaxVolume: -1})
	if err != nil {
		return u, err
	}
	u.Unrecorded = images.Counts()[track.Updated]
	for touched, err := range images.Touched() {
		var damage *journal.DamageError
		if errors.As(err, &damage) {
			u.Damaged = damage.Lines
			continue
		}
		if err != nil {
			return u, err
		}
		if touched.Last.Status == track.Updated && !touched.Gone {
			u.Unrecorded--
		}
		entry, lost := undoEntry(touched.Image, touched.Last)
		if err := u.write(out, entry, lost); err != nil {
			return u, err
		}
	}
	return u, out.Close()
}

// write writes an entry without the fields that a manifest cannot express. If no field is
// left, it writes nothing.
func (u *Undone) write(out *input.Writer, e input.Entry, lost []LostField) error {
	comment := e.Comment
	for {
		e.Comment = comment
		for _, f := range lost {
			e.Comment = strings.TrimPrefix(e.Comment+"\nnot restored: "+f.Name+" ("+f.Why+")", "\n")
		}
		var bad *input.RoundTripError
		var err error
		if !e.Update.Empty() {
			err = out.Write(e)
		}
		if !errors.As(err, &bad) {
			if err == nil {
				u.count(e, lost)
			}
			return err
		}
		switch {
		case bad.Expected && bad.Field == track.FieldMedia && !e.ExpectMedia.IsZero():
			e.ExpectMedia = track.Field[string]{}
		case bad.Expected && bad.Field != "":
			e.Expect = without(e.Expect, bad.Field)
		case bad.Field != "" && e.Update.Values.Drop(bad.Field):
			lost = append(lost, LostField{e.Update.ID, bad.Field, bad.Message})
		default: // no manifest can express it
			for _, field := range e.Update.Fields() {
				lost = append(lost, LostField{e.Update.ID, field, bad.Message})
			}
			e.Update.Values = track.Values{}
		}
	}
}

// count counts an entry. It may have no update left.
func (u *Undone) count(e input.Entry, lost []LostField) {
	for _, f := range lost {
		u.addLost(f)
	}
	if !e.Update.Empty() {
		u.Tracks++
		volume, _ := e.Update.Volume.Get()
		u.LargestVolume = max(u.LargestVolume, volume)
	}
}

// without removes a field from all alternatives. If one of them has no field left, any
// state is acceptable, and the result is nil.
func without(all track.Alternatives, field string) track.Alternatives {
	less := slices.Clone(all)
	for i := range less {
		if less[i].Drop(field); less[i].Empty() {
			return nil
		}
	}
	return less
}
