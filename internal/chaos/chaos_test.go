//go:build unix

package chaos

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

var (
	chaosRounds   = flag.Int("chaos.rounds", 12, "rounds of TestChaos")
	chaosRows     = flag.Int("chaos.rows", 600, "rows of a manifest of TestChaos")
	chaosParallel = flag.Int("chaos.parallel", 6, "rounds of TestChaos at a time")
	chaosSeed     = flag.Uint64("chaos.seed", 0, "seed of TestChaos; 0 takes one from the clock")
)

// TestChaos kills tracksync at random moments, resumes its runs until they end, and
// compares their results with what the sandbox received: in the end every row is applied
// with the values it requests, every row has one final result, the totals add up, and no
// row was sent again after its result was on disk.
//
// Each round has one manifest, one sandbox with faults in a process of its own, and as
// many sessions of tracksync, in processes of their own, as it takes. Chance decides when
// a session is killed, whether the manifest is changed before the next one, and whether
// the end of the results is damaged as by a power cut. The processes are real, so the
// same seed gives the same choices but not the same interleaving. No check depends on
// speed.
//
// The longer version is .ci/chaos.
func TestChaos(t *testing.T) {
	seed := *chaosSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d: go test -run TestChaos ./internal/chaos -chaos.seed %d -chaos.rounds %d -chaos.rows %d", seed,
		seed, *chaosRounds, *chaosRows)
	program, began := build(t), time.Now()
	f := &figures{kills: map[string]int{}}
	var rounds errgroup.Group
	rounds.SetLimit(*chaosParallel)
	for n := range *chaosRounds {
		rounds.Go(func() error {
			dir, err := os.MkdirTemp("", "tracksync-chaos-*")
			if err != nil {
				return err
			}
			c := &chaosRound{program: program, dir: dir, figures: f, r: rand.New(rand.NewPCG(seed, uint64(n)))}
			if err := errors.Join(c.play(), c.end()); err != nil {
				t.Errorf("round %d, left in %s: %v\nwhat happened:\n%s", n, dir, err, strings.Join(c.story, "\n"))
				return nil
			}
			return os.RemoveAll(dir)
		})
	}
	if err := rounds.Wait(); err != nil {
		t.Error(err)
	}
	f.log(t, time.Since(began))
}

// build builds the program.
func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "tracksync")
	if out, err := exec.Command("go", "build", "-o", program, "tracksync").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// figures adds up the figures of all rounds.
type figures struct {
	mu                                sync.Mutex
	rounds, sessions, rows            int
	kills                             map[string]int // that struck before the end, by their kind
	unwritten                         int            // of these: without time to write
	requests, overcounted             int
	torn, intruders                   int
	repeats, mostRepeats, again, lost int
}

func (f *figures) add(change func(*figures)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

func (f *figures) log(t *testing.T, took time.Duration) {
	kills, by := 0, []string{}
	for _, kind := range slices.Sorted(maps.Keys(f.kills)) {
		kills += f.kills[kind]
		by = append(by, fmt.Sprintf("%d %s", f.kills[kind], kind))
	}
	t.Logf(`figures
rounds                                         %d
kills                                          %d (%s)
sessions                                       %d
rows                                           %d
requests                                       %d
requests counted that never left               %d
second processes refused                       %d
torn or damaged last lines found               %d
rows sent twice because of a kill              %d (%.1f a kill without time to write, %d at most)
rows lost                                      %d
rows sent again after their result was on disk %d
time                                           %v`,
		f.rounds, kills, strings.Join(by, ", "), f.sessions, f.rows, f.requests, f.overcounted, f.intruders, f.torn,
		f.repeats, float64(f.repeats)/float64(max(1, f.unwritten)), f.mostRepeats, f.lost, f.again,
		took.Round(time.Second))
}
