package journal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tracksync/internal/track"
)

func louder(volume int) track.Values { return track.Values{Volume: track.Value(volume)} }

// told is the line of a result that set a volume; 0: none.
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

// runWith is a run directory with these files.
func runWith(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(pathIn(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func readPast(t *testing.T, dir string) *Past {
	t.Helper()
	p, err := ReadPast(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func TestPast(t *testing.T) {
	for _, tc := range []struct {
		name    string
		files   []string // results.jsonl, and before it earlier.jsonl
		damaged int
		status  track.Status // of id 17, asking for volume 5
		same    bool
		row     int // of the line that counts
	}{
		{"nothing", []string{""}, 0, "", false, 0},
		{"a success", []string{told(1, 17, track.Updated, 5)}, 0, track.Updated, true, 1},
		{"a success with other fields", []string{told(1, 17, track.Updated, 6)}, 0, track.Updated, false, 1},
		{"the last counts", []string{told(1, 17, track.Updated, 5) + told(2, 18, track.Updated, 5) +
			told(3, 17, track.Failed, 5)}, 0, track.Failed, true, 3},
		{"from A to B", []string{told(1, 17, track.Updated, 5) + told(1, 17, track.Updated, 6)}, 0, track.Updated,
			false, 1},
		{"of two files the later", []string{told(1, 17, track.Failed, 5), told(9, 17, track.Updated, 5)}, 0,
			track.Updated, true, 9},
		{"what was not sent says nothing",
			[]string{told(1, 17, track.Updated, 5) + told(2, 17, track.Superseded, 6) + told(3, 17, track.Invalid, 0) +
				told(4, 17, track.Skipped, 0) + told(5, 17, track.NotAttempted, 6)}, 0, track.Updated, true, 1},
		{"torn", []string{told(1, 17, track.Failed, 5) + told(1, 17, track.Updated, 5)[:40]}, 1, track.Failed, true, 1},
		{"damaged within", []string{told(1, 17, track.Failed, 5) + strings.Repeat("\x00", 100) + "\n" +
			told(1, 17, track.Updated, 5)}, 1, track.Updated, true, 1},
		{"rows without an id", []string{told(1, 0, track.Failed, 5)}, 0, "", false, 0},
		{"an unreadable fingerprint",
			[]string{strings.Replace(told(1, 17, track.Updated, 5), louder(5).Fingerprint(), "zz", 1)}, 0,
			track.Updated, false, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := runWith(t, map[string]string{ResultsFile: tc.files[len(tc.files)-1]})
			if len(tc.files) > 1 {
				dir = runWith(t, map[string]string{EarlierFile: tc.files[0], ResultsFile: tc.files[1]})
			}
			rec := readPast(t, dir)
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
	rec := readPast(t, runWith(t, map[string]string{
		ResultsFile: told(1, 30, track.Updated, 5) + told(2, 10, track.Failed, 5) + told(3, 20, track.Updated, 5),
	}))
	rec.Find(20, louder(7)) // whatever it asks
	rec.Find(40, louder(7))
	var gone []track.ID
	for id := range rec.NotFound() {
		gone = append(gone, id)
	}
	if len(gone) != 2 || gone[0] != 10 || gone[1] != 30 {
		t.Errorf("gone are %v", gone)
	}
}

func TestManyDamagedLines(t *testing.T) {
	rec := readPast(t, runWith(t,
		map[string]string{ResultsFile: strings.Repeat("what\n", 1000) + told(1, 17, track.Updated, 5)}))
	if _, ok := rec.Find(17, louder(5)); !ok || rec.DamagedSeen != 1000 || len(rec.Damaged) != maxDamaged {
		t.Errorf("found %v, %d of %d", ok, len(rec.Damaged), rec.DamagedSeen)
	}
}

// If somebody changes a file meanwhile, its content is not used.
func TestPastFileThatChanges(t *testing.T) {
	dir := runWith(t, map[string]string{ResultsFile: told(1, 17, track.Updated, 5)})
	rec := readPast(t, dir)
	if err := os.WriteFile(pathIn(dir, ResultsFile), []byte(told(1, 18, track.Updated, 5)), 0o600); err != nil {
		t.Fatal(err)
	}
	k, _ := rec.Find(17, louder(5))
	if _, err := rec.Result(k); !errors.Is(err, errChanged) {
		t.Errorf("got %v", err)
	}
}

func TestPastThatCannotBeRead(t *testing.T) {
	for _, name := range []string{ResultsFile, EarlierFile, BeforeFile, SentFile} {
		dir := t.TempDir()
		if err := os.Mkdir(pathIn(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadPast(dir); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if p, err := ReadPast(filepath.Join(t.TempDir(), "missing")); err != nil || len(p.lines) > 0 {
		t.Errorf("without a directory: %v", err)
	}
}
