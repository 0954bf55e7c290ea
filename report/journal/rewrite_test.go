package journal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"tracksync/internal/track"
)

// manifestRow is a row of a manifest that asks for a volume.
func manifestRow(number int, id track.ID, volume int) track.Row {
	return track.Row{Number: number, Update: track.Update{ID: id, Values: louder(volume)},
		Position: track.Position{File: "tracks.csv"}}
}

// goOnWith writes the ledger of a directory anew for these rows.
func goOnWith(t *testing.T, dir string, o Options, rows ...track.Row) *Rewrite {
	t.Helper()
	p := readPast(t, dir)
	known := map[track.ID]Known{}
	for _, row := range rows {
		if k, ok := p.Find(row.Update.ID, row.Update.Values); ok && k.Same {
			known[row.Update.ID] = k
		}
	}
	w, err := p.Rewrite(o, func(w *Rewrite) error {
		for _, row := range rows {
			k, ok := known[row.Update.ID]
			if !ok {
				continue
			}
			if err := w.Copy(row, k); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func openRewritten(t *testing.T, w *Rewrite) *Ledger {
	t.Helper()
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	l, err := w.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func contentOf(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(b)
}

// A line that is still right is copied, byte for byte; one whose row has moved is
// renumbered; the rest goes to earlier.jsonl, and comes back from there.
func TestRewrite(t *testing.T) {
	extra := strings.Replace(told(1, 10, track.Updated, 5), `,"attempts"`, `,"of_a_later_version":[1, 2],"attempts"`, 1)
	moved, gone, failed := told(3, 30, track.Updated, 5), told(2, 20, track.Updated, 5), told(4, 40, track.Failed, 5)
	dir := runWith(t, map[string]string{
		EarlierFile: told(9, 50, track.Updated, 5) + told(8, 60, track.Updated, 5),
		ResultsFile: told(1, 10, track.Failed, 5) + gone + extra + failed + moved + told(5, 70, track.NotAttempted, 5),
	})
	l := openRewritten(t, goOnWith(t, dir, Options{}, manifestRow(1, 10, 5), manifestRow(2, 30, 5),
		manifestRow(3, 40, 6), manifestRow(4, 50, 5), manifestRow(5, 70, 5)))
	if got, want := contentOf(t, pathIn(dir, ResultsFile)), extra+told(2, 30, track.Updated, 5)+
		told(4, 50, track.Updated, 5); got != want {
		t.Errorf("results are\n%swant\n%s", got, want)
	}
	if got, want := contentOf(t, pathIn(dir, EarlierFile)), gone+told(8, 60, track.Updated, 5); got != want {
		t.Errorf("earlier ones are\n%swant\n%s", got, want)
	}
	if c := l.Counts(); c[track.Updated] != 3 || len(l.Unwritten()) > 0 || l.Repeats() {
		t.Errorf("%v", c)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	// All come back, and none is left behind.
	openRewritten(t, goOnWith(t, dir, Options{}, manifestRow(1, 20, 5), manifestRow(2, 60, 5), manifestRow(3, 10, 5),
		manifestRow(4, 30, 5), manifestRow(5, 50, 5)))
	if got := contentOf(t, pathIn(dir, EarlierFile)); got != "" {
		t.Errorf("left behind: %s", got)
	}
	if got := contentOf(t, pathIn(dir, ResultsFile)); strings.Count(got, "\n") != 5 ||
		!strings.Contains(got, told(2, 60, track.Updated, 5)) {
		t.Errorf("results are\n%s", got)
	}
}

// Whenever the process dies while a ledger is written anew, all that counts is
// found in what it leaves.
func TestRewriteThatIsCutOff(t *testing.T) {
	steps := []struct {
		name string
		do   func(w *Rewrite) error
	}{
		{"nothing in place", func(*Rewrite) error { return nil }},
		{"the first earlier.jsonl", func(w *Rewrite) error { return w.first.Commit() }},
		{"results.jsonl", func(w *Rewrite) error { return errors.Join(w.first.Commit(), w.results.Commit()) }},
		{"all", (*Rewrite).Commit},
	}
	for _, step := range steps {
		t.Run(step.name, func(t *testing.T) {
			dir := runWith(t, map[string]string{
				EarlierFile: told(9, 50, track.Updated, 5) + told(8, 60, track.Failed, 5),
				ResultsFile: told(1, 10, track.Failed, 5) + told(2, 20, track.Updated, 5) + told(1, 10, track.Updated,
					5),
			})
			w := goOnWith(t, dir, Options{}, manifestRow(1, 10, 5), manifestRow(2, 50, 5))
			if err := errors.Join(w.past.Close(), step.do(w), w.Discard()); err != nil {
				t.Fatal(err)
			}
			p := readPast(t, dir)
			for id, want := range map[track.ID]track.Status{10: track.Updated, 20: track.Updated, 50: track.Updated,
				60: track.Failed} {
				if k, ok := p.Find(id, louder(5)); !ok || !k.Same || k.Status != want {
					t.Errorf("track %d is %+v, %v", id, k, ok)
				}
			}
			left, err := filepath.Glob(pathIn(dir, ".*"))
			if err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// What is copied goes through the redactor once more.
func TestRewriteRedacts(t *testing.T) {
	dir := runWith(t, map[string]string{ResultsFile: told(1, 10, track.Updated, 5) + told(2, 20, track.Updated, 5)})
	redact := func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("tracks"), []byte("[key]")) }
	openRewritten(t, goOnWith(t, dir, Options{Redact: redact}, manifestRow(1, 10, 5)))
	for _, name := range []string{ResultsFile, EarlierFile} {
		if got := contentOf(t, pathIn(dir, name)); !strings.Contains(got, `"[key].csv"`) ||
			strings.Contains(got, "tracks") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// The ledger that goes on knows what there was, what comes, and what is gone.
func TestLedgerGoesOn(t *testing.T) {
	image := func(id string) string { return `{"id":` + id + `,"was":{"volume":1},"sends":{"volume":5}}` + "\n" }
	dir := runWith(t, map[string]string{
		ResultsFile: told(1, 17, track.Failed, 5) + told(2, 18, track.Updated, 5) + told(3, 19, track.Updated, 5) +
			told(1, 17, track.Unknown, 5),
		BeforeFile: image("17") + "what\n" + image("19") + image("18") + image("99") + `{"id":1`,
	})
	l := openRewritten(t, goOnWith(t, dir, Options{}, manifestRow(1, 17, 5), manifestRow(2, 18, 5),
		manifestRow(3, 20, 5)))
	if r, ok, err := l.Earlier(1); err != nil || !ok || r.Status != track.Unknown {
		t.Errorf("row 1 was %+v, %v, %v", r, ok, err)
	}
	appendAll(t, l.Journal, result(1, track.Updated), result(3, track.Updated))
	if err := l.Flush(); err != nil {
		t.Fatal(err)
	}
	for _, row := range []int{1, 3} {
		if r, ok, err := l.Earlier(row); err != nil || ok {
			t.Errorf("row %d was %+v before, %v, %v", row, r, ok, err)
		}
	}
	last := map[track.ID]track.Status{}
	damaged := 0
	for touched, err := range l.Touched() {
		var damage *DamageError
		switch {
		case errors.As(err, &damage):
			damaged = damage.Lines
		case err != nil:
			t.Fatal(err)
		default:
			last[touched.ID] = touched.Last.Status
		}
	}
	// Row 1 is of track 1 now, as the result says.
	if want := map[track.ID]track.Status{17: "", 18: track.Updated, 19: track.Updated, 99: ""}; !reflect.DeepEqual(last,
		want) || damaged != 1 {
		t.Errorf("%v, %d damaged", last, damaged)
	}
	var rows []int
	for r, err := range l.Results(track.Status.Success) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r.Row)
	}
	if !reflect.DeepEqual(rows, []int{1, 2, 3}) {
		t.Errorf("successes are %v", rows)
	}
	if err := errors.Join(l.Close(), l.Close(), l.Compact()); err != nil {
		t.Fatal(err)
	}
	left, err := readAll(strings.NewReader(contentOf(t, pathIn(dir, ResultsFile))))
	if err != nil || len(left) != 3 || left[0].Row != 2 || left[1].Row != 1 || left[1].Status != track.Updated ||
		left[2].Row != 3 {
		t.Errorf("left are %+v, %v", left, err)
	}
	if got := contentOf(t, pathIn(dir, BeforeFile)); !strings.HasSuffix(got, image("99")) {
		t.Errorf("the torn line is not cut off: %s", got)
	}
}

func TestLedgerThatSomebodyChanged(t *testing.T) {
	dir := runWith(t, map[string]string{ResultsFile: told(1, 17, track.Updated, 5)})
	w := goOnWith(t, dir, Options{}, manifestRow(1, 17, 5))
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(pathIn(dir, ResultsFile), []byte("what\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Open(); !errors.Is(err, errChanged) {
		t.Errorf("got %v", err)
	}
}
