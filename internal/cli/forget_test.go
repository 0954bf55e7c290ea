package cli

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tracksync/internal/run"
	"tracksync/internal/sandbox"
)

// rememberedBy writes a limits.json with a limit of 30 requests a second for an account.
func rememberedBy(t *testing.T, env map[string]string, learnedAt time.Time) {
	t.Helper()
	base, err := url.Parse(env[baseVariable])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(run.DefaultPlace, 0o700); err != nil {
		t.Fatal(err)
	}
	salt := []byte("0123456789abcdef")
	write(t, filepath.Join(run.DefaultPlace, run.LimitsFile), fmt.Sprintf(
		`{"tracksync_limits":1,"salt":%q,"accounts":[`+
			`{"account":%q,"learned_at":%q,"kind":"rate","rate_per_s":30,"sure":0.9}]}`,
		base64.StdEncoding.EncodeToString(salt), run.NewAccount(base, env[keyVariable]).Fingerprint(salt),
		learnedAt.UTC().Format(time.RFC3339)))
}

// The remembered limit and its outcome are in the summary on standard output, in
// summary.json and in the text. A limit that does not count is not reported.
func TestRememberedLimit(t *testing.T) {
	const inWords = "about 30 requests/s, learned "
	for _, tc := range []struct {
		name  string
		flags []string
		age   time.Duration
		key   string // of the second run; empty: the same
		want  bool
		kept  bool // the limit is there for the next run
	}{
		{name: "of yesterday", age: 24 * time.Hour, want: true, kept: true},
		{name: "of last month", age: 31 * 24 * time.Hour, kept: true},
		{name: "of another key", age: time.Hour, key: "write_another_Key~2", kept: true},
		{name: "beside a fixed rate", age: time.Hour, flags: []string{"--rate", "100"}, kept: true},
		{name: "forgotten", age: time.Hour, flags: []string{"--forget-limit"}},
		{name: "in the sandbox of the process", age: time.Hour, flags: []string{"--sandbox"}, kept: true},
		{name: "beside a state file", age: time.Hour, flags: []string{"--state", "tracks.state"}, kept: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			env, _ := serve(t, sandbox.Config{})
			rememberedBy(t, env, time.Now().Add(-tc.age))
			if tc.key != "" {
				env[keyVariable] = tc.key
			}
			args := append([]string{"sync", "--yes", "--json", "--log-format", "human", "--out", "out"}, tc.flags...)
			got := call{args: append(args, "-"), in: threeRows, env: env}.run(t)
			if got.code != exitOK || strings.Contains(got.err, inWords) != tc.want {
				t.Errorf("exit %d\n%s", got.code, got.err)
			}
			file, err := os.ReadFile(filepath.Join("out", run.SummaryFile))
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range []string{got.out, string(file)} {
				var s struct {
					Pace struct {
						Remembered *struct {
							Rate      float64   `json:"rate_per_s"`
							LearnedAt time.Time `json:"learned_at"`
							Outcome   string
						}
					}
				}
				if err := json.Unmarshal([]byte(text), &s); err != nil {
					t.Fatal(err)
				}
				r := s.Pace.Remembered
				if (r != nil) != tc.want {
					t.Errorf("the summary says %+v", r)
				}
				if r != nil && (r.Rate != 30 || r.Outcome != "not_met" || time.Since(r.LearnedAt) < tc.age) {
					t.Errorf("the summary says %+v", *r)
				}
			}
			limits, err := os.ReadFile(filepath.Join(run.DefaultPlace, run.LimitsFile))
			if err != nil || strings.Contains(string(limits), "rate_per_s") != tc.kept {
				t.Errorf("for the next run there is %s, %v", limits, err)
			}
		})
	}
}

// A damaged file of limits is not an error: it is reported once and replaced.
func TestDamagedLimitsAreSaidOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	env, _ := serve(t, sandbox.Config{})
	path := filepath.Join(run.DefaultPlace, run.LimitsFile)
	rememberedBy(t, env, time.Now())
	write(t, path, `{"tracksync_limits":1,`)
	for _, want := range []int{1, 0} {
		got := call{args: []string{"sync", "--yes", "-"}, in: threeRows, env: env}.run(t)
		if said := strings.Count(got.err, run.LimitsFile); got.code != exitOK || said != want {
			t.Errorf("exit %d, said %d times, want %d\n%s", got.code, said, want, got.err)
		}
	}
}
