package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tracksync/internal/run"
	"tracksync/internal/sandbox"
	"tracksync/internal/track"
	"tracksync/report"
)

// shards is a manifest that several processes share.
type shards struct {
	t    *testing.T
	of   int
	env  map[string]string
	box  *sandbox.Sandbox
	file string
	dir  string // of the run directories
}

func newShards(t *testing.T, of int, manifestRows string, c sandbox.Config) *shards {
	env, box := serve(t, c)
	env[run.LockVariable] = t.TempDir()
	return &shards{t, of, env, box, manifest(t, manifestRows), t.TempDir()}
}

func (s *shards) out(number int) string { return filepath.Join(s.dir, fmt.Sprint(number)) }

// sync runs a shard.
func (s *shards) sync(number int, flags ...string) output {
	args := append([]string{"sync", "--yes", "--shard", fmt.Sprintf("%d/%d", number, s.of), "--out", s.out(number)}, flags...)
	return call{args: append(args, s.file), env: s.env}.run(s.t)
}

// summary is the summary of all shards.
func (s *shards) summary() (sum report.Summary) {
	args := []string{"report", "--format", "json"}
	for number := 1; number <= s.of; number++ {
		if _, err := os.Stat(s.out(number)); err == nil {
			args = append(args, s.out(number))
		}
	}
	got := call{args: args, env: s.env}.run(s.t)
	if err := json.Unmarshal([]byte(got.out), &sum); err != nil {
		s.t.Fatalf("%v\n%s\n%s", err, got.out, got.err)
	}
	return sum
}

// Shards that run at the same time send every row once, and make one report.
func TestShardsShareTheWork(t *testing.T) {
	var rows strings.Builder
	for id := range 200 {
		fmt.Fprintf(&rows, "%d,%d\n", 200-id, (200-id)%100)
	}
	s := newShards(t, 4, "id,volume\n"+rows.String(), sandbox.Config{})
	var all sync.WaitGroup
	for number := 1; number <= s.of; number++ {
		all.Go(func() {
			if got := s.sync(number, "--rate", "4000/s"); got.code != exitOK {
				t.Errorf("shard %d: exit %d\n%s", number, got.code, got.err)
			}
		})
	}
	all.Wait()
	if n := s.box.Stats().Requests; n != 200 {
		t.Errorf("%d requests", n)
	}
	for id := range track.ID(200) {
		if now, _ := s.box.Track(int64(id + 1)); now.Track.Volume != int(id+1)%100 {
			t.Errorf("track %d has the volume %v", id+1, now.Track.Volume)
		}
	}
	if sum := s.summary(); sum.Rows != 200 || sum.Totals[track.Updated] != 200 || sum.Shard != "" || sum.ExitCode != 0 {
		t.Errorf("%+v", sum)
	}
	if err := os.RemoveAll(s.out(3)); err != nil {
		t.Fatal(err)
	}
	if sum := s.summary(); sum.Rows+sum.OtherShards != 200 || sum.Shard != "1/4, 2/4, 4/4" || sum.ExitCode != exitRows ||
		!strings.Contains(sum.Message, "missing in the report: 3/4") {
		t.Errorf("%+v", sum)
	}
}

// A resumed run stays the shard that it was, and the command to run next names it.
func TestShardIsResumed(t *testing.T) {
	s := newShards(t, 2, threeRows, sandbox.Config{Fail: map[int64]int{1: 422, 2: 422, 3: 422}})
	var first, second report.Summary
	for number, sum := range map[int]*report.Summary{1: &first, 2: &second} {
		got := s.sync(number, "--json", "--rate", "100/s")
		if err := json.Unmarshal([]byte(got.out), sum); err != nil || got.code != exitRows {
			t.Fatalf("exit %d, %v\n%s", got.code, err, got.err)
		}
		if want := fmt.Sprintf("%d/2", number); sum.Shard != want || sum.Rows+sum.OtherShards != 3 ||
			sum.Next == nil || !strings.Contains(sum.Next.Command, "--shard="+want) {
			t.Errorf("%+v, next %+v", sum, sum.Next)
		}
	}
	if first.Rows+second.Rows != 3 || first.Rows == 0 || second.Rows == 0 {
		t.Errorf("%d and %d rows", first.Rows, second.Rows)
	}
	resume := func(flags ...string) output {
		return call{args: append([]string{"sync", "--yes", "--resume", s.out(1)}, flags...), env: s.env}.run(t)
	}
	for shard, want := range map[string]string{"2/2": "and not about shard 2/2", "1/3": "and not about shard 1/3",
		"off": "and not about the whole manifest"} {
		if got := resume("--shard", shard); got.code != exitUsage || !strings.Contains(got.err, want) ||
			!strings.Contains(got.err, "--shard 1/2") {
			t.Errorf("as %s: exit %d\n%s", shard, got.code, got.err)
		}
	}
	before := s.box.Stats().Requests
	if got := resume(); got.code != exitRows || s.box.Stats().Requests != before+first.Rows {
		t.Errorf("exit %d, %d requests\n%s", got.code, s.box.Stats().Requests-before, got.err)
	}
	s.env[nodeIndexVariable], s.env[nodeTotalVariable] = "1", "2"
	if got := resume("--shard", "auto"); got.code != exitRows {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
	whole := filepath.Join(s.dir, "whole")
	call{args: []string{"sync", "--yes", "--out", whole, s.file}, env: s.env}.run(t)
	got := call{args: []string{"sync", "--yes", "--resume", whole, "--shard", "1/2"}, env: s.env}.run(t)
	if got.code != exitUsage || !strings.Contains(got.err, "about the whole manifest, and not about shard 1/2") {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
}

// A shard without rows has nothing to do, and that is no error.
func TestShardWithoutRows(t *testing.T) {
	s := newShards(t, 50, threeRows, sandbox.Config{})
	empty := 0
	for number := 1; number <= s.of && empty < 2; number++ {
		if has := (track.Shard{Number: number, Of: s.of}).Has; has(1) || has(2) || has(3) {
			continue
		}
		empty++
		for _, flags := range [][]string{nil, {"--skip-unchanged", "--undo"}, {"--sandbox"}, {"--dry-run"}} {
			got := s.sync(number, append(flags, "--rate", "1000/s")...)
			if got.code != exitOK || s.box.Stats().Requests > 0 {
				t.Errorf("%v: exit %d\n%s", flags, got.code, got.err)
			}
			if err := os.RemoveAll(s.out(number)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Each shard has a state file of its own, which plan and a resumed run find too.
func TestStateOfShards(t *testing.T) {
	s := newShards(t, 2, "id,media_url\n1,https://example.com/1.mp3\n2,https://example.com/2.mp3\n",
		sandbox.Config{})
	state := filepath.Join(s.dir, "media.state")
	for number := 1; number <= 2; number++ {
		if got := s.sync(number, "--state", state, "--rate", "1000/s"); got.code != exitOK {
			t.Fatalf("exit %d\n%s", got.code, got.err)
		}
		got := call{args: []string{"plan", "--exit-code", "--state", state, "--shard", fmt.Sprintf("%d/2", number), s.file},
			env: s.env}.run(t)
		if got.code != exitOK {
			t.Errorf("the plan of shard %d: exit %d\n%s%s", number, got.code, got.out, got.err)
		}
	}
	names, _ := filepath.Glob(filepath.Join(s.dir, "media*"))
	for i, name := range names {
		names[i] = filepath.Base(name)
	}
	if got := strings.Join(names, " "); got != "media.1-of-2.state media.2-of-2.state" {
		t.Errorf("there are %s", got)
	}
}

// A told rate is that of all shards: each gets its part, and says so.
func TestRateOfShards(t *testing.T) {
	for _, tc := range []struct {
		flags []string
		want  string
	}{
		{[]string{"--rate", "600/m"}, "2.5/s (its part of 10/s)"},
		{[]string{"--rate", "unlimited"}, "unlimited"},
		{nil, "12.5/s (its part of 50/s), or the rate that the API is found to allow"},
		{[]string{"--max-rate", "unlimited"}, "the rate that the API is found to allow"},
	} {
		var o syncOptions
		a := &app{}
		a.Getenv = func(string) string { return "" }
		cmd := a.syncCommand()
		if err := cmd.ParseFlags(append(tc.flags, "--shard", "2/4")); err != nil {
			t.Fatal(err)
		}
		o.pace.rate, _ = cmd.Flags().GetString("rate")
		o.pace.maxRate, _ = cmd.Flags().GetString("max-rate")
		o.pace.concurrency, o.pace.attempts, o.pace.maxOutage = 32, 5, 1
		s, err := o.pace.parse(a.begun, track.Shard{Number: 2, Of: 4})
		if err != nil || s.paceText() != tc.want {
			t.Errorf("%v: %s, %v, want %s", tc.flags, s.paceText(), err, tc.want)
		}
	}
}
