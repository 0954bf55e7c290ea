package journal

import (
	"os"
	"testing"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// reused is the ledger of a directory, reused for these rows; nil if it cannot be reused.
func reused(t *testing.T, dir string, rows ...track.Row) *Rewrite {
	t.Helper()
	p := readPast(t, dir)
	for _, row := range rows {
		if k, ok := p.Find(row.Update.ID, row.Update.Values); !ok || !k.Same || !p.InPlace(&row, k) {
			return nil
		}
	}
	return p.Reuse(Options{}, len(rows))
}

// If every line is right, the file stays, and the ledger continues with it.
func TestReuse(t *testing.T) {
	content := told(2, 10, track.Updated, 5) + told(1, 20, track.Unchanged, 6)
	dir := runWith(t, map[string]string{ResultsFile: content})
	before, err := os.Stat(pathIn(dir, ResultsFile))
	if err != nil {
		t.Fatal(err)
	}
	w := reused(t, dir, manifestRow(1, 20, 6), manifestRow(2, 10, 5))
	if w == nil {
		t.Fatal("written anew")
	}
	l := openRewritten(t, w)
	if r, ok, err := l.Lookup(1); err != nil || !ok || r.ID != 20 || r.Status != track.Unchanged {
		t.Errorf("row 1 is %+v, %v", r, err)
	}
	if c := l.Counts(); c[track.Updated] != 1 || c[track.Unchanged] != 1 || l.Repeats() {
		t.Errorf("%v", c)
	}
	if err := l.Append(result(3, track.Failed)); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(pathIn(dir, ResultsFile))
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("another file: %v", err)
	}
	if got := contentOf(t, pathIn(dir, ResultsFile)); got[:len(content)] != content || len(got) == len(content) {
		t.Errorf("results are\n%s", got)
	}
}

// Results that cannot stay as they are are not reused.
func TestNoReuse(t *testing.T) {
	one, two := told(1, 10, track.Updated, 5), told(2, 20, track.Updated, 5)
	elsewhere := manifestRow(2, 20, 5)
	elsewhere.Position.Line = 9
	for name, tc := range map[string]struct {
		files map[string]string
		rows  []track.Row
	}{
		"no file":       {nil, nil},
		"a row is gone": {map[string]string{ResultsFile: one + two}, []track.Row{manifestRow(1, 10, 5)}},
		"a row is new": {map[string]string{ResultsFile: one},
			[]track.Row{manifestRow(1, 10, 5), manifestRow(2, 20, 5)}},
		"another number": {map[string]string{ResultsFile: one + two},
			[]track.Row{manifestRow(1, 20, 5), manifestRow(2, 10, 5)}},
		"another line": {map[string]string{ResultsFile: one + two}, []track.Row{manifestRow(1, 10, 5), elsewhere}},
		"two lines": {map[string]string{ResultsFile: two + one + two},
			[]track.Row{manifestRow(1, 10, 5), manifestRow(2, 20, 5)}},
		"of no track": {map[string]string{ResultsFile: one + told(2, 20, track.Skipped, 0)},
			[]track.Row{manifestRow(1, 10, 5)}},
		"torn": {map[string]string{ResultsFile: one + two[:40]}, []track.Row{manifestRow(1, 10, 5)}},
		"earlier": {map[string]string{ResultsFile: one, EarlierFile: two},
			[]track.Row{manifestRow(1, 10, 5), manifestRow(2, 20, 5)}},
		"only earlier": {map[string]string{EarlierFile: one}, []track.Row{manifestRow(1, 10, 5)}},
		"lost": {map[string]string{ResultsFile: one,
			SentFile: "\n+ 10 " + louder(5).Fingerprint() + " 1 9999999999999 .\n"},
			[]track.Row{manifestRow(1, 10, 5)}},
	} {
		t.Run(name, func(t *testing.T) {
			if reused(t, runWith(t, tc.files), tc.rows...) != nil {
				t.Error("reused")
			}
		})
	}
}

// A line is in place with any source name.
func TestInPlace(t *testing.T) {
	for _, source := range []string{"tracks.csv", `a "quoted" \ name`, "träcks\u202e\n\x00.csv", "\xff", "-", ""} {
		row := manifestRow(1, 10, 5)
		row.Position = track.Position{File: source, Line: 3, Sheet: "Sheet 1", Cell: "A3"}
		r := result(1, track.Updated)
		r.Source, r.Line, r.Sheet, r.Cell, r.ID, r.Asked = source, 3, "Sheet 1", "A3", 10, louder(5).Fingerprint()
		text, err := Encode(r)
		if err != nil {
			t.Fatal(err)
		}
		if reused(t, runWith(t, map[string]string{ResultsFile: string(text) + "\n"}), row) == nil {
			t.Errorf("%q is not: %s", source, safe.Escaped(text))
		}
	}
}
