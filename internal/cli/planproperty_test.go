package cli

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"tracksync/internal/sandbox"
)

// For any state and any manifest, a plan shows what sync --skip-unchanged does, and after
// the saved plan is applied the next plan is empty.
func TestAPlanIsWhatSyncDoes(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { t.Parallel(); planAndApply(t, seed) })
	}
}

func planAndApply(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 11))
	n := 1 + r.IntN(120)
	config := sandbox.Config{
		Tracks: someState(r, n), PageSize: 1 + r.IntN(40), Seed: seed, Exists: func(int64) bool { return false },
	}
	if r.IntN(3) == 0 {
		config.Omit = []string{"project"} // as the documented example does
	}
	env, box := serve(t, config)
	file := someManifest(t, r, n, false) // sending media is never done: its URL becomes another
	saved := filepath.Join(t.TempDir(), "p"+[]string{".yaml", ".json", ".jsonl"}[seed%3])
	plan := func(args ...string) planDocument {
		args = append([]string{"plan", "--json", "--rate", "unlimited", "--allow-empty"}, args...)
		got := call{args: args, env: env}.run(t)
		var d planDocument
		if err := json.Unmarshal([]byte(got.out), &d); err != nil || got.code != exitOK {
			t.Fatalf("seed %d: exit %d, %v\n%s\n%s", seed, got.code, err, got.out, got.err)
		}
		return d
	}
	first := plan("--save", saved, file)
	if box.Stats().Applied != 0 {
		t.Fatalf("seed %d: the plan changed something", seed)
	}
	sync := func(name string, server map[string]string, args ...string) map[string]int {
		args = append([]string{"sync", "--rate", "unlimited", "--json", "--allow-empty", "--out",
			filepath.Join(t.TempDir(), name)}, args...)
		got := call{args: args, env: server}.run(t)
		if got.code != exitOK {
			t.Fatalf("seed %d, %s: exit %d\n%s", seed, name, got.code, got.err)
		}
		return totals(t, got.out)
	}
	twin, twinBox := serve(t, config)
	done := sync("twin", twin, "--skip-unchanged", file)
	if first.Totals["change"] != done["updated"] || first.Totals["unchanged"] != done["unchanged"] ||
		first.Totals["skipped"] != done["skipped"] {
		t.Fatalf("seed %d: planned %v, done %v", seed, first.Totals, done)
	}
	if config.Omit != nil {
		return // what is not told can be neither expected nor seen to be done
	}
	if applied := sync("saved", env, saved); applied["updated"] != first.Totals["change"] {
		t.Fatalf("seed %d: planned %v, applied %v", seed, first.Totals, applied)
	}
	for _, was := range config.Tracks {
		a, _ := box.Track(was.ID)
		b, _ := twinBox.Track(was.ID)
		if a.Track != b.Track {
			t.Fatalf("seed %d: track %d is %+v by the plan, and %+v by the manifest", seed, was.ID, a.Track, b.Track)
		}
	}
	for _, again := range []string{file, saved} {
		if left := plan(again); left.Totals["change"] != 0 || len(left.Changes) != 0 {
			t.Fatalf("seed %d: left to do: %+v", seed, left)
		}
	}
}
