package run

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"tracksync/input"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report/journal"
)

// Undone is what undo.yaml restores, and what nothing can restore.
type Undone struct {
	Tracks        int
	LargestVolume int            // volume that is restored
	Lost          map[string]int // fields that cannot be restored, by their names
	Samples       []LostField    // the first of them
	Damaged       int            // lines of before.jsonl that cannot be read
}

// maxSamples is how many fields that cannot be restored are named at the top of
// undo.yaml. Those of a track that is restored in part stand there as well.
const maxSamples = 100

// LostField is a field that cannot be restored.
type LostField struct {
	ID        track.ID
	Name, Why string
}

func (f LostField) String() string { return fmt.Sprintf("%s of track %d: %s", f.Name, f.ID, f.Why) }

// lose takes note of a field that cannot be restored.
func (u *Undone) lose(f LostField) {
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

// WriteUndo renders undo.yaml from what the ledger kept before the updates: a manifest
// that restores every track whose PUT may have been applied, in any session of the run,
// and that expects to find it as the run left it. head are the lines of comment at its
// top, which tell what stands below. A run that is resumed without --undo can undo what
// it did before; one that has kept nothing can undo nothing, which is nil.
func WriteUndo(d Dir, ledger *journal.Ledger, head func(Undone) []string) (u *Undone, err error) {
	if ledger.Before == nil {
		return nil, nil
	}
	u = &Undone{}
	err = safe.WriteFile(d.File(UndoFile), func(w io.Writer) (err error) {
		*u, err = renderUndo(w, d, ledger, head)
		return err
	})
	if err != nil {
		return nil, err
	}
	if u.Tracks == 0 {
		err = os.Remove(d.File(UndoFile)) // an empty manifest would be an error to run
	}
	return u, err
}

// renderUndo writes the head and the entries. The entries come first into a file of
// their own: the head counts them.
func renderUndo(w io.Writer, d Dir, ledger *journal.Ledger, head func(Undone) []string) (u Undone, err error) {
	body, err := os.CreateTemp(d.Path, "."+UndoFile+".tmp-*")
	if err != nil {
		return u, err
	}
	defer func() { err = errors.Join(err, body.Close(), os.Remove(body.Name())) }()
	if u, err = writeEntries(body, ledger); err != nil {
		return u, err
	}
	for _, line := range head(u) {
		if _, err := io.WriteString(w, strings.TrimRight("# "+safe.Line(line), " ")+"\n"); err != nil {
			return u, err
		}
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return u, err
	}
	_, err = io.Copy(w, body)
	return u, err
}

// writeEntries writes an entry for every track that can be restored, in part or
// as a whole.
func writeEntries(w io.Writer, ledger *journal.Ledger) (u Undone, err error) {
	out, err := input.NewWriter(w, input.YAML, input.WriterOptions{MaxVolume: -1})
	if err != nil {
		return u, err
	}
	for touched, err := range ledger.Touched() {
		var damage *journal.DamageError
		if errors.As(err, &damage) {
			u.Damaged = damage.Lines
			continue
		}
		if err != nil {
			return u, err
		}
		entry, lost := undoEntry(touched.Image, touched.Last)
		if err := u.write(out, entry, lost); err != nil {
			return u, err
		}
	}
	return u, out.Close()
}

// write writes an entry, without a field that no manifest can hold, if anything is
// left of it.
func (u *Undone) write(out *input.Writer, e input.Entry, lost []LostField) error {
	comment := e.Comment
	for {
		e.Comment = comment
		for _, f := range lost {
			e.Comment = strings.TrimPrefix(e.Comment+"\nnot restored: "+f.Name+" ("+f.Why+")", "\n")
		}
		var unfit *input.RoundTripError
		var err error
		if !e.Update.Empty() {
			err = out.Write(e)
		}
		if !errors.As(err, &unfit) {
			if err == nil {
				u.wrote(e, lost)
			}
			return err
		}
		switch {
		case unfit.Expected && unfit.Field == track.FieldMedia && !e.ExpectMedia.IsZero():
			e.ExpectMedia = track.Field[string]{}
		case unfit.Expected && unfit.Field != "":
			e.Expect = without(e.Expect, unfit.Field)
		case unfit.Field != "" && e.Update.Values.Drop(unfit.Field):
			lost = append(lost, LostField{e.Update.ID, unfit.Field, unfit.Message})
		default: // nothing of it fits
			for _, field := range e.Update.Fields() {
				lost = append(lost, LostField{e.Update.ID, field, unfit.Message})
			}
			e.Update.Values = track.Values{}
		}
	}
}

// wrote counts an entry, of which perhaps nothing could be written.
func (u *Undone) wrote(e input.Entry, lost []LostField) {
	for _, f := range lost {
		u.lose(f)
	}
	if !e.Update.Empty() {
		u.Tracks++
		volume, _ := e.Update.Volume.Get()
		u.LargestVolume = max(u.LargestVolume, volume)
	}
}

// without are the alternatives without a field. One that says nothing any more
// lets every state pass.
func without(all track.Alternatives, field string) track.Alternatives {
	less := slices.Clone(all)
	for i := range less {
		if less[i].Drop(field); less[i].Empty() {
			return nil
		}
	}
	return less
}
