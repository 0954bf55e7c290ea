package cli

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tracksync/internal/run"
	"tracksync/internal/sandbox"
)

var someNames = []string{
	"Morning light", "a, b", `say "so"`, "two\nlines", "=1+1", "🎺 Bläser", "null", "~", " blanks ", "e\u0301", "\u00e9",
	"#x", "- y", "0x1", "[redacted]", "null: {a}",
}

func someName(r *rand.Rand) string { return someNames[r.IntN(len(someNames))] }

// someState is an account of n tracks.
func someState(r *rand.Rand, n int) []sandbox.Track {
	tracks := make([]sandbox.Track, n)
	for i := range tracks {
		t := sandbox.Track{ID: int64(i + 1), Name: someName(r), Volume: r.IntN(101)}
		if r.IntN(2) == 0 {
			t.Project = r.Int64N(3) + 1
		}
		if r.IntN(2) == 0 {
			t.Media = fmt.Sprintf("https://example.com/%d.mp3", r.IntN(5))
		}
		tracks[i] = t
	}
	return tracks
}

// someManifest sets fields of some of the tracks, in JSON Lines.
func someManifest(t *testing.T, r *rand.Rand, n int, media bool) string {
	t.Helper()
	var b strings.Builder
	for _, id := range r.Perm(n)[:n*3/4] {
		row := map[string]any{"id": id + 1}
		if r.IntN(2) == 0 {
			row["name"] = someName(r)
		}
		if r.IntN(2) == 0 {
			row["volume"] = r.IntN(101)
		}
		if r.IntN(2) == 0 {
			row["project_id"] = []any{nil, 1, 2, 3}[r.IntN(4)]
		}
		if media && r.IntN(2) == 0 {
			row["media_url"] = fmt.Sprintf("https://example.com/%d.mp3", r.IntN(5))
		}
		line, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	path := filepath.Join(t.TempDir(), "tracks.jsonl")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// totals are those of a run's summary.
func totals(t *testing.T, out string) map[string]int {
	t.Helper()
	var s struct {
		Totals map[string]int `json:"totals"`
	}
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return s.Totals
}

// For any state and any manifest, nothing is left to do after a run. The undo file
// restores the original state, except media, whose URL the service chooses.
func TestARunLeavesNothingToDoAndItsUndoRestores(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { t.Parallel(); runAndUndo(t, seed) })
	}
}

func runAndUndo(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 7))
	n := 1 + r.IntN(150)
	state := someState(r, n)
	config := sandbox.Config{
		Tracks: state, PageSize: 1 + r.IntN(40), Seed: seed, Exists: func(int64) bool { return false },
		Faults: sandbox.Faults{Status: map[int]float64{503: 0.03}, Truncate: 0.02},
	}
	env, box := serve(t, config)
	manifest := someManifest(t, r, n, seed%2 == 0)
	stateFile, dir := filepath.Join(t.TempDir(), "state"), t.TempDir()
	sync := func(name string, args ...string) map[string]int {
		args = append([]string{"sync", "--rate", "unlimited", "--max-attempts", "20", "--json", "--allow-empty",
			"--out", filepath.Join(dir, name)}, args...)
		got := call{args: args, env: env}.run(t)
		if got.code != exitOK {
			t.Fatalf("seed %d, %s: exit %d\n%s", seed, name, got.code, got.err)
		}
		return totals(t, got.out)
	}
	first := sync("first", "--undo", "--skip-unchanged", "--state", stateFile, manifest)
	again := sync("again", "--skip-unchanged", "--state", stateFile, manifest)
	if again["updated"] != 0 || again["unchanged"] != first["updated"]+first["unchanged"] {
		t.Fatalf("seed %d: at first %v, then %v", seed, first, again)
	}
	undo := filepath.Join(dir, "first", run.UndoFile)
	if _, err := os.Stat(undo); err == nil {
		sync("back", undo)
	} else if first["updated"] > 0 {
		t.Fatalf("seed %d: %v, and no way back", seed, first)
	}
	for _, was := range state {
		now, _ := box.Track(was.ID)
		if was.Media == "" || now.Track.Media != "" && first["updated"] > 0 {
			now.Track.Media = was.Media
		}
		if now.Track != was {
			t.Fatalf("seed %d: track %d was %+v, and is %+v", seed, was.ID, was, now.Track)
		}
	}
}
