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

	"tracksync/internal/run"
	"tracksync/internal/sandbox"
)

// A time of day is the next one of the local clock, also where a day has 23 or 25
// hours. An instant is what it says.
func TestUntil(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip(err)
	}
	for _, tc := range []struct{ begun, text, want string }{
		{"2026-11-24T02:15:00+01:00", "06:00", "2026-11-24T06:00:00+01:00"},
		{"2026-11-24T02:15:00+01:00", "6:00", "2026-11-24T06:00:00+01:00"},
		{"2026-11-24T02:15:00+01:00", "02:15:01", "2026-11-24T02:15:01+01:00"},
		{"2026-11-24T06:00:00+01:00", "06:00", "2026-11-25T06:00:00+01:00"},
		{"2026-12-31T22:00:00+01:00", "06:00", "2027-01-01T06:00:00+01:00"},
		{"2026-03-28T22:00:00+01:00", "06:00", "2026-03-29T06:00:00+02:00"},
		{"2026-10-24T22:00:00+02:00", "06:00", "2026-10-25T06:00:00+01:00"},
		{"2026-11-24T02:15:00+01:00", "2026-11-24T06:00:00Z", "2026-11-24T06:00:00Z"},
		{"2026-11-24T02:15:00+01:00", "2026-11-20T06:00:00+09:00", "2026-11-20T06:00:00+09:00"},
	} {
		u, err := parseUntil(tc.text)
		if err != nil {
			t.Errorf("%s: %v", tc.text, err)
			continue
		}
		begun, _ := time.Parse(time.RFC3339, tc.begun)
		want, _ := time.Parse(time.RFC3339, tc.want)
		if got := u.after(begun.In(berlin)); !got.Equal(want) {
			t.Errorf("%s from %s on is %s, want %s", tc.text, tc.begun, got, tc.want)
		}
	}
	for _, text := range []string{"", "0", "6", "24:00", "06:60", "6 am", "4h", "-06:00", "2026-11-24",
		"2026-11-24T06:00:00", "tomorrow"} {
		if u, err := parseUntil(text); err == nil {
			t.Errorf("%q is %v", text, u)
		}
	}
}

// Of a deadline and a time the earlier one counts, and a quarter of what there is
// at most is for what is in flight.
func TestTheEarlierEndCounts(t *testing.T) {
	begun := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
	a := &app{begun: begun}
	at := func(text string) until {
		u, err := parseUntil(text)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	for _, tc := range []struct {
		name  string
		speed speed
		ends  time.Duration // 0: never
		grace time.Duration
	}{
		{"neither", speed{}, 0, 5 * time.Second},
		{"until", speed{until: at("02:00:08")}, 8 * time.Second, 2 * time.Second},
		{"the deadline is earlier", speed{until: at("06:00"), deadline: time.Hour}, time.Hour, 5 * time.Second},
		{"until is earlier", speed{until: at("02:00:04"), deadline: time.Hour}, 4 * time.Second, time.Second},
		{"past", speed{until: at("2026-11-24T01:00:00Z")}, -time.Hour, 0},
	} {
		if got := a.endsAt(tc.speed); got.IsZero() != (tc.ends == 0) || !got.IsZero() && got.Sub(begun) != tc.ends {
			t.Errorf("%s: ends at %s", tc.name, got)
		}
		if got := a.graceWithin(tc.speed, 5*time.Second); got != tc.grace {
			t.Errorf("%s: grace %s, want %s", tc.name, got, tc.grace)
		}
	}
}

// A time that is past leaves nothing to be done; a resumed run keeps it, and says
// how to be rid of it.
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

// A run whose time comes in the middle ends with 7.
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
