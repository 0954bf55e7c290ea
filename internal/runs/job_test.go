package runs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"tracksync/internal/run"
)

func TestJob(t *testing.T) {
	t.Chdir(t.TempDir())
	here, err := filepath.Abs("tracks.csv")
	must(t, err)
	nightly := Job{Manifests: []string{"tracks.csv"}, Base: "https://api.example.com/v1"}
	last := func(j Job, want int) {
		t.Helper()
		if code, err := j.LastCode(); code != want || err != nil {
			t.Errorf("%v: %d, %v; want %d", j, code, err, want)
		}
	}
	last(nightly, 0) // there was none
	must(t, nightly.Ended(3, start))
	last(nightly, 3)
	last(Job{[]string{here}, nightly.Base, ""}, 3)
	for _, other := range []Job{
		{[]string{"other.csv"}, nightly.Base, ""},
		{[]string{"tracks.csv", "other.csv"}, nightly.Base, ""},
		{[]string{"tracks.csv"}, "sandbox", ""},
		{[]string{"tracks.csv"}, nightly.Base, "1/2"},
		{[]string{"-"}, nightly.Base, ""},
		{nil, nightly.Base, ""},
	} {
		last(other, 0)
		must(t, other.Ended(1, start))
		last(other, 1)
	}
	must(t, nightly.Ended(0, start.Add(time.Hour)))
	last(nightly, 0)
}

func TestDamagedOutcome(t *testing.T) {
	t.Chdir(t.TempDir())
	job := Job{Manifests: []string{"tracks.csv"}}
	must(t, job.Ended(3, start))
	path, err := job.file()
	must(t, err)
	for _, text := range []string{"", "{}", `{"exit_code":"x"}`, "\x00"} {
		must(t, os.WriteFile(path, []byte(text), 0o600))
		if code, err := job.LastCode(); code != 0 || err == nil {
			t.Errorf("%q: %d, %v", text, code, err)
		}
	}
	must(t, job.Ended(4, start)) // it is replaced
	if code, err := job.LastCode(); code != 4 || err != nil {
		t.Error(code, err)
	}
}

// Outcomes that nobody has asked for in a long time are removed.
func TestOldOutcomes(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, age := range map[string]time.Duration{"old": 91 * 24 * time.Hour, "new": 89 * 24 * time.Hour} {
		job := Job{Manifests: []string{name}}
		must(t, job.Ended(1, start))
		path, err := job.file()
		must(t, err)
		must(t, os.Chtimes(path, time.Time{}, start.Add(-age)))
	}
	must(t, Job{Manifests: []string{"third"}}.Ended(0, start))
	entries, err := os.ReadDir(filepath.Join(run.DefaultPlace, OutcomesDir))
	must(t, err)
	if len(entries) != 2 {
		t.Errorf("%v", entries)
	}
}

// However many jobs there are, as with manifests of made-up names, the directory stays small. A
// directory in it is nobody's outcome.
func TestManyOutcomes(t *testing.T) {
	t.Chdir(t.TempDir())
	dir := filepath.Join(run.DefaultPlace, OutcomesDir)
	must(t, os.MkdirAll(filepath.Join(dir, "directory", "not empty"), 0o700))
	must(t, os.Chtimes(filepath.Join(dir, "directory"), time.Time{}, start.Add(-2*kept)))
	for i := range maxOutcomes {
		path := filepath.Join(dir, strconv.Itoa(i)+".json")
		must(t, os.WriteFile(path, nil, 0o600))
		must(t, os.Chtimes(path, time.Time{}, start.Add(-time.Duration(1+i)*time.Minute)))
	}
	must(t, Job{Manifests: []string{"new"}}.Ended(0, start))
	entries, err := os.ReadDir(dir)
	must(t, err)
	_, err = os.Stat(filepath.Join(dir, strconv.Itoa(maxOutcomes-1)+".json"))
	if len(entries) != maxOutcomes+1 || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%d entries; the oldest: %v", len(entries), err)
	}
	if code, err := (Job{Manifests: []string{"new"}}).LastCode(); code != 0 || err != nil {
		t.Error(code, err)
	}
}
