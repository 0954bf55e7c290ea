package cli

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tracksync/internal/flags"
	"tracksync/internal/run"
	"tracksync/internal/sandbox"
)

// The earlier one of --deadline and --until counts. At most a quarter of the time is for
// requests in flight.
func TestTheEarlierEndCounts(t *testing.T) {
	begun := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
	at := func(text string) flags.Until {
		u, err := flags.ParseUntil(text)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	for _, tc := range []struct {
		name  string
		flags paceOptions
		ends  time.Duration // 0: never
		grace time.Duration
	}{
		{"neither", paceOptions{}, 0, 5 * time.Second},
		{"until", paceOptions{until: at("02:00:08")}, 8 * time.Second, 2 * time.Second},
		{"the deadline is earlier", paceOptions{until: at("06:00"), deadline: time.Hour}, time.Hour, 5 * time.Second},
		{"until is earlier", paceOptions{until: at("02:00:04"), deadline: time.Hour}, 4 * time.Second, time.Second},
		{"past", paceOptions{until: at("2026-11-24T01:00:00Z")}, -time.Hour, 0},
	} {
		limit := tc.flags.limit(begun)
		if got := limit.At; got.IsZero() != (tc.ends == 0) || !got.IsZero() && got.Sub(begun) != tc.ends {
			t.Errorf("%s: ends at %s", tc.name, got)
		}
		if got := limit.Grace(5 * time.Second); got != tc.grace {
			t.Errorf("%s: grace %s, want %s", tc.name, got, tc.grace)
		}
	}
}

// If the time is already over, nothing is done. A resumed run has the same limit, and
// says how to remove it.
func TestUntilThatIsPast(t *testing.T) {
	env, box := serve(t, sandbox.Config{})
	file, dir := manifest(t, threeRows), t.TempDir()
	for _, args := range [][]string{
		{"sync", "--yes", "--out", filepath.Join(dir, "none"), file}, {"plan", file},
		{"pull", "--output", filepath.Join(dir, "pulled.csv")},
	} {
		got := call{args: append(args, "--until", "2020-01-01T00:00:00Z"), env: env}.run(t)
		if got.code != exitTimeUp || !strings.Contains(got.err, "the time was up") {
			t.Errorf("%s: exit %d\n%s", args[0], got.code, got.err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v is there, %v", left, err)
	}
	out := filepath.Join(dir, "run")
	soon := time.Now().Add(24 * time.Hour).UTC().Format(time.RFC3339)
	if got := (call{args: []string{"sync", "--yes", "--limit", "2", "--until", soon, "--out", out, file},
		env: env}).run(t); got.code != exitOK {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	recorded := filepath.Join(out, run.DescriptionFile)
	b, err := os.ReadFile(recorded)
	if err == nil {
		err = os.WriteFile(recorded, []byte(strings.ReplaceAll(string(b), soon, "2020-01-01T00:00:00Z")), 0o600)
	}
	if err != nil || !json.Valid(b) {
		t.Fatal(err)
	}
	resume := []string{"sync", "--yes", "--limit", "off", "--resume", out}
	got := call{args: resume, env: env}.run(t)
	if got.code != exitTimeUp || !strings.Contains(got.err, "--until 2020-01-01T00:00:00Z") ||
		!strings.Contains(got.err, "--until off") {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
	got = call{args: append(resume, "--until", "off"), env: env}.run(t)
	if now, _ := box.Track(3); got.code != exitOK || now.Track.Volume != 30 {
		t.Errorf("exit %d, volume %d\n%s", got.code, now.Track.Volume, got.err)
	}
}

// A run whose time ends in the middle exits with 7.
func TestUntilInTheMiddle(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then the end of the connection is noticed
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	out := filepath.Join(t.TempDir(), "run")
	at := time.Now().Add(time.Second).Format(time.RFC3339Nano)
	args := []string{"sync", "--yes", "--until", at, "--out", out, manifest(t, threeRows)}
	if got := (call{args: args, env: environment(server.URL)}).run(t); got.code != exitTimeUp {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
}
