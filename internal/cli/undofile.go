package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"tracksync/input"
	"tracksync/internal/run"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report/journal"
)

// undone is what undo.yaml restores, and what nothing can restore.
type undone struct {
	tracks  int
	largest int            // volume that is restored
	lost    map[string]int // fields that cannot be restored, by their names
	some    []string       // the first of them, in words
	damaged int            // lines of before.jsonl that cannot be read
}

// maxLostNamed is how many fields that cannot be restored are named at the top of
// undo.yaml. Those of a track that is restored in part stand there as well.
const maxLostNamed = 100

// lose takes note of a field that cannot be restored, and why.
func (u *undone) lose(id track.ID, field, why string) {
	if u.lost == nil {
		u.lost = map[string]int{}
	}
	u.lost[field]++
	if len(u.some) < maxLostNamed {
		u.some = append(u.some, fmt.Sprintf("%s of track %d: %s", field, id, why))
	}
}

func (u *undone) lostFields() int {
	n := 0
	for _, of := range u.lost {
		n += of
	}
	return n
}

// renderUndo writes undo.yaml: what it is and what it cannot do, and then the
// entries, which must be known before.
func (r *syncRun) renderUndo(w io.Writer) (u undone, err error) {
	body, err := os.CreateTemp(r.dir.Path, "."+run.UndoFile+".tmp-*")
	if err != nil {
		return u, err
	}
	defer func() { err = errors.Join(err, body.Close(), os.Remove(body.Name())) }()
	if u, err = r.undoEntries(body); err != nil {
		return u, err
	}
	for _, line := range r.undoHead(u) {
		if _, err := io.WriteString(w, strings.TrimRight("# "+safe.Line(r.hidden.Text(line)), " ")+"\n"); err != nil {
			return u, err
		}
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return u, err
	}
	_, err = io.Copy(w, body)
	return u, err
}

// undoEntries writes an entry for every track that can be restored, in part or
// as a whole.
func (r *syncRun) undoEntries(w io.Writer) (u undone, err error) {
	out, err := input.NewWriter(w, input.YAML, input.WriterOptions{MaxVolume: -1})
	if err != nil {
		return u, err
	}
	for touched, err := range r.sink.ledger.Touched() {
		var damage *journal.DamageError
		if errors.As(err, &damage) {
			u.damaged = damage.Lines
			continue
		}
		if err != nil {
			return u, err
		}
		entry, lost := wayBack(touched.Image, touched.Last)
		if err := u.write(out, entry, lost); err != nil {
			return u, err
		}
	}
	return u, out.Close()
}

// lostField is a field that cannot be restored.
type lostField struct{ name, why string }

// write writes an entry, without a field that no manifest can hold, if anything is
// left of it.
func (u *undone) write(out *input.Writer, e input.Entry, lost []lostField) error {
	comment := e.Comment
	for {
		e.Comment = comment
		for _, f := range lost {
			e.Comment = strings.TrimPrefix(e.Comment+"\nnot restored: "+f.name+" ("+f.why+")", "\n")
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
		case unfit.Field != "" && drop(&e.Update.Values, unfit.Field):
			lost = append(lost, lostField{unfit.Field, unfit.Message})
		default: // nothing of it fits
			for _, field := range e.Update.Fields() {
				lost = append(lost, lostField{field, unfit.Message})
			}
			e.Update.Values = track.Values{}
		}
	}
}

// wrote counts an entry, of which perhaps nothing could be written.
func (u *undone) wrote(e input.Entry, lost []lostField) {
	for _, f := range lost {
		u.lose(e.Update.ID, f.name, f.why)
	}
	if !e.Update.Empty() {
		u.tracks++
		volume, _ := e.Update.Volume.Get()
		u.largest = max(u.largest, volume)
	}
}

// undoHead are the lines at the top of undo.yaml.
func (r *syncRun) undoHead(u undone) []string {
	lines := []string{
		fmt.Sprintf("Undoes the run in %s", r.dir.Path),
		fmt.Sprintf("against %s, written %s. Run it with", r.target(), time.Now().UTC().Format(time.RFC3339)),
		"  " + r.undoCommand(u),
		"A track that is not as the run left it is left alone, unless --force is given.",
	}
	if n := u.lostFields(); n > 0 {
		lines = append(lines, "", "It cannot restore "+count(n, "field")+":")
		for _, text := range u.some {
			lines = append(lines, "  "+text)
		}
		if more := n - len(u.some); more > 0 {
			lines = append(lines, fmt.Sprintf("  and %s more", thousands(more)))
		}
	}
	if u.damaged > 0 {
		lines = append(lines, "", u.damageText())
	}
	return append(lines, "")
}

func (u undone) damageText() string {
	return fmt.Sprintf("%s of %s cannot be read: what these tracks were is lost, if they were changed.", count(u.damaged, "line"), run.BeforeFile)
}

// undoCommand restores the tracks: it goes where the run went, and takes what the
// tracks had, whether or not a manifest of today may ask for it.
func (r *syncRun) undoCommand(u undone) string {
	words := append(slices.Clone(r.Program), "sync")
	if r.sandbox {
		words = append(words, "--sandbox")
	} else {
		words = append(words, baseWords(r.client.BaseURL)...)
	}
	for _, f := range []struct{ name, value string }{
		{"api-key-file", r.connection.keyFile}, {"ca-file", r.connection.caFile}, {"state", r.stateFile},
	} {
		if f.value != "" {
			words = append(words, "--"+f.name+"="+f.value)
		}
	}
	if u.largest > usualMaxVolume {
		words = append(words, "--max-volume="+strconv.Itoa(u.largest))
	}
	line, ok := safe.ShellWords(append(words, r.dir.File(run.UndoFile)))
	if !ok || !usable(r.hidden, line) {
		return "tracksync sync " + run.UndoFile
	}
	return line
}

// sayUndo says what cannot be restored.
func (r *syncRun) sayUndo(u undone) {
	if u.damaged > 0 {
		r.log.Warn().Msg(u.damageText())
	}
	if u.lostFields() == 0 {
		return
	}
	ev := r.log.Warn()
	for _, field := range track.Columns() {
		if u.lost[field] > 0 {
			ev = ev.Int(field, u.lost[field])
		}
	}
	ev.Msg(safe.Line(fmt.Sprintf("%s cannot restore everything; %s", run.UndoFile, strings.Join(u.some[:min(3, len(u.some))], "; "))))
}
