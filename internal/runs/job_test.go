package runs

import (
	"os"
	"path/filepath"
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
