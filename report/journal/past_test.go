package journal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tracksync/internal/track"
)

func louder(volume int) track.Values { return track.Values{Volume: track.Value(volume)} }

// told is a line of a result that asked for a volume; 0 for none.
func told(row int, id track.ID, s track.Status, volume int) string {
	r := track.Result{Row: row, Source: "tracks.csv", ID: id, Status: s, FinishedAt: when}
	if volume > 0 {
		r.Asked = louder(volume).Fingerprint()
	}
	b, err := Encode(r)
	if err != nil {
		panic(err)
	}
	return string(b) + "\n"
}

func inFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRecover(t *testing.T) {
	for _, tc := range []struct {
		name    string
		files   []string
		damaged int
		status  track.Status // of id 17, asking for volume 5
		same    bool
		row     int // of the line that counts
	}{
		{"nothing", []string{""}, 0, "", false, 0},
		{"a success", []string{told(1, 17, track.Updated, 5)}, 0, track.Updated, true, 1},
		{"a success with other fields", []string{told(1, 17, track.Updated, 6)}, 0, track.Updated, false, 1},
		{"the last counts", []string{told(1, 17, track.Updated, 5) + told(2, 18, track.Updated, 5) + told(3, 17, track.Failed, 5)}, 0, track.Failed, true, 3},
		{"from A to B", []string{told(1, 17, track.Updated, 5) + told(1, 17, track.Updated, 6)}, 0, track.Updated, false, 1},
		{"of two files the later", []string{told(1, 17, track.Failed, 5), told(9, 17, track.Updated, 5)}, 0, track.Updated, true, 9},
		{"what was not sent says nothing", []string{told(1, 17, track.Updated, 5) + told(2, 17, track.Superseded, 6) + told(3, 17, track.Invalid, 0) +
			told(4, 17, track.Skipped, 0) + told(5, 17, track.NotAttempted, 6)}, 0, track.Updated, true, 1},
		{"torn", []string{told(1, 17, track.Failed, 5) + told(1, 17, track.Updated, 5)[:40]}, 1, track.Failed, true, 1},
		{"damaged within", []string{told(1, 17, track.Failed, 5) + strings.Repeat("\x00", 100) + "\n" + told(1, 17, track.Updated, 5)}, 1, track.Updated, true, 1},
		{"rows without an id", []string{told(1, 0, track.Failed, 5)}, 0, "", false, 0},
		{"an unreadable fingerprint", []string{strings.Replace(told(1, 17, track.Updated, 5), louder(5).Fingerprint(), "zz", 1)}, 0, track.Updated, false, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var paths []string
			for _, content := range tc.files {
				paths = append(paths, inFile(t, "results.jsonl", content))
			}
			rec, err := Recover(append(paths, filepath.Join(t.TempDir(), "missing"))...)
			if err != nil {
				t.Fatal(err)
			}
			defer rec.Close()
			if rec.DamagedSeen != tc.damaged || len(rec.Damaged) != tc.damaged {
				t.Errorf("%d damaged lines: %v", rec.DamagedSeen, rec.Damaged)
			}
			k, ok := rec.Find(17, louder(5))
			if ok != (tc.status != "") || k.Status != tc.status || k.Same != tc.same {
				t.Fatalf("found %v: %+v", ok, k)
			}
			if !ok {
				return
			}
			if r, err := rec.Result(k); err != nil || r.Row != tc.row || r.Status != tc.status {
				t.Errorf("got %+v, %v", r, err)
			}
		})
	}
}

func TestNotFound(t *testing.T) {
	rec, err := Recover(inFile(t, "results.jsonl", told(1, 30, track.Updated, 5)+told(2, 10, track.Failed, 5)+told(3, 20, track.Updated, 5)))
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Close()
	rec.Find(20, louder(7)) // whatever it asks
	rec.Find(40, louder(7))
	var gone []track.ID
	for id := range rec.NotFound() {
		gone = append(gone, id)
	}
	if len(gone) != 2 || gone[0] != 10 || gone[1] != 30 {
		t.Errorf("gone are %v", gone)
	}
	n := 0
	for range rec.All() {
		n++
	}
	if n != 3 {
		t.Errorf("%d in all", n)
	}
}

func TestManyDamagedLines(t *testing.T) {
	rec, err := Recover(inFile(t, "results.jsonl", strings.Repeat("what\n", 1000)+told(1, 17, track.Updated, 5)))
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Close()
	if _, ok := rec.Find(17, louder(5)); !ok || rec.DamagedSeen != 1000 || len(rec.Damaged) != maxDamaged {
		t.Errorf("found %v, %d of %d", ok, len(rec.Damaged), rec.DamagedSeen)
	}
}

// A file that somebody changes meanwhile is not believed.
func TestRecoveredFileThatChanges(t *testing.T) {
	path := inFile(t, "results.jsonl", told(1, 17, track.Updated, 5))
	rec, err := Recover(path)
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Close()
	if err := os.WriteFile(path, []byte(told(1, 18, track.Updated, 5)), 0o600); err != nil {
		t.Fatal(err)
	}
	k, _ := rec.Find(17, louder(5))
	if _, err := rec.Result(k); !errors.Is(err, errChanged) {
		t.Errorf("got %v", err)
	}
}

func TestOpenGoesOn(t *testing.T) {
	path := inFile(t, "results.jsonl", told(1, 17, track.Failed, 5)+told(2, 18, track.Updated, 5)+told(1, 17, track.Unknown, 5))
	view, err := OpenView(path)
	if err != nil {
		t.Fatal(err)
	}
	j, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c := j.Counts(); c[track.Failed] != 0 || c[track.Unknown] != 1 || c[track.Updated] != 1 || !j.Repeats() {
		t.Errorf("counts are %v", c)
	}
	appendAll(t, j, result(1, track.Updated), result(3, track.Updated))
	if err := j.Flush(); err != nil {
		t.Fatal(err)
	}
	for row, want := range map[int]track.Status{1: track.Updated, 2: track.Updated, 3: track.Updated} {
		if r, ok, err := j.Lookup(row); err != nil || !ok || r.Status != want {
			t.Errorf("row %d: %+v, %v, %v", row, r, ok, err)
		}
	}
	// The view knows what was there before.
	if s, ok := view.Status(3); ok {
		t.Errorf("the view says that row 3 is %s", s)
	}
	if r, err := view.Lookup(1); err != nil || r.Status != track.Unknown {
		t.Errorf("the view: %+v, %v", r, err)
	}
	if err := errors.Join(view.Close(), j.Close()); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var b bytes.Buffer
	if err := j.Latest(&b, f); err != nil {
		t.Fatal(err)
	}
	left, err := readAll(&b)
	if err != nil || len(left) != 3 || left[0].Row != 2 || left[1].Row != 1 || left[1].Status != track.Updated || left[2].Row != 3 {
		t.Errorf("left are %+v, %v", left, err)
	}
}

func TestOpenRefusesWhatIsNotWhole(t *testing.T) {
	for name, content := range map[string]string{"torn": told(1, 17, track.Updated, 5)[:20], "damaged": "what\n" + told(1, 17, track.Updated, 5)} {
		path := inFile(t, "results.jsonl", content)
		if _, err := Open(path, Options{}); err == nil {
			t.Errorf("%s: opened", name)
		}
		if _, err := OpenView(path); err == nil {
			t.Errorf("%s: viewed", name)
		}
	}
	for _, path := range []string{filepath.Join(t.TempDir(), "missing"), t.TempDir()} {
		if _, err := Open(path, Options{}); err == nil {
			t.Errorf("%s: opened", path)
		}
		if _, err := Recover(path); (err == nil) != strings.HasSuffix(path, "missing") {
			t.Errorf("%s: %v", path, err)
		}
	}
}
