//go:build unix

package chaos

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// chaosRound is one round.
type chaosRound struct {
	program, dir string
	r            *rand.Rand
	figures      *figures
	story        []string // what happened, for whoever looks into a failure

	base       string
	sandbox    *process
	requestLog string
	logRead    int64

	run          string
	manifestPath string
	manifests    []chaosManifest  // all so far
	manifest     chaosManifest    // of the present session
	asks         map[int64]string // of it
	last         map[int64]int    // the row that counts of each of its ids
	concurrency  int
	continues    bool    // each session has the same command line, with --continue
	requests     int     // that the sandbox has received
	cuts         int     // sessions that did not wait for the requests in flight
	failing      []int64 // tracks that always fail

	applied map[int64]string // the last body applied
	done    map[int64]string // what is on disk as done
	open    []kill           // each with what may be sent again
}

// sessionOf is what one session sent to one track: the requests, those of them
// that were refused for now, and those that were applied.
type sessionOf struct{ requests, refused, applied int }

// lastWrite is how many results may wait for the next write when a process is
// killed: what the engine hands over before it waits for whoever writes. Seldom
// does any.
const lastWrite = 1024

// kill is the end of a session that had no time to write, and what it had
// applied without having written the result.
type kill struct {
	may     map[int64]string
	repeats int
}

// checkRequests compares how many requests the summary counts with how many the sandbox
// received. Each kill, and each second signal, may leave some that were about to be sent, and were
// counted, but never left.
func (c *chaosRound) checkRequests(counted int) error {
	if over := counted - c.requests; over < 0 || over > c.cuts*(c.concurrency+1) {
		return fmt.Errorf("summary.json counts %d requests after %d kills, and the sandbox received %d", counted,
			c.cuts, c.requests)
	}
	c.figures.add(func(f *figures) { f.overcounted += counted - c.requests })
	return nil
}

func (c *chaosRound) note(format string, args ...any) {
	c.story = append(c.story, fmt.Sprintf(format, args...))
}

// prepare draws the round, and starts its sandbox.
func (c *chaosRound) prepare() error {
	r := c.r
	c.run, c.requestLog = filepath.Join(c.dir, "run"), filepath.Join(c.dir, "requests.jsonl")
	c.applied, c.done = map[int64]string{}, map[int64]string{}
	seen := map[int64]bool{}
	var ids []int64
	for rows := *chaosRows/2 + r.IntN(*chaosRows/2+1); len(ids) < rows; {
		id := 1 + r.Int64N(1_000_000)
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	c.manifestPath = filepath.Join(c.dir, []string{"tracks.csv", "tracks.jsonl"}[r.IntN(2)])
	if err := c.setManifest(newManifest(r, ids)); err != nil {
		return err
	}
	all := filepath.Join(c.dir, "all.csv")
	if err := c.manifest.write(all); err != nil {
		return err
	}
	c.concurrency, c.continues = []int{2, 8, 16, 32}[r.IntN(4)], r.IntN(2) == 0
	args := []string{"--seed", fmt.Sprint(r.Uint32()), "--latency", []string{"0s", "1ms-3ms", "0s-10ms"}[r.IntN(3)]}
	if r.IntN(3) > 0 {
		args = append(args, "--faults", "503=2%,500=1%,reset=1%,truncate=1%,html=0.5%,hang=0.05%")
	}
	if r.IntN(3) == 0 {
		args = append(args, "--limit", "1500/s,burst=100")
	}
	if r.IntN(3) == 0 {
		c.failing = ids[len(ids)-3:]
		args = append(args, "--fail", fmt.Sprintf("%d=422,%d=404,%d=422", c.failing[0], c.failing[1], c.failing[2]))
	}
	c.note("%d rows, concurrency %d, sandbox %v, --continue %v", len(c.manifest), c.concurrency, args, c.continues)
	c.figures.add(func(f *figures) { f.rounds++; f.rows += len(c.manifest) })
	return c.startSandbox(append(args, all)...)
}

// setManifest makes m the manifest of the next session.
func (c *chaosRound) setManifest(m chaosManifest) error {
	c.manifest, c.asks, c.last = m, m.asks(), map[int64]int{}
	c.manifests = append(c.manifests, m)
	for i, row := range m {
		c.last[row.id] = i + 1
	}
	return m.write(c.manifestPath)
}

// play plays the round to its end.
func (c *chaosRound) play() error {
	if err := c.prepare(); err != nil {
		return err
	}
	kills, changes := 1+c.r.IntN(5), c.r.IntN(3) > 0
	for session := 1; ; session++ {
		if session > kills+20 {
			return errors.New("the run does not come to its end")
		}
		if session > 1 && session <= kills+1 && changes && c.r.IntN(4) > 0 {
			m, how := c.manifest.change(c.r, c.manifests)
			if c.r.IntN(2) == 0 {
				var further string
				m, further = m.change(c.r, c.manifests)
				how += " and " + further
			}
			c.note("the manifest was %s", how)
			if err := c.setManifest(m); err != nil {
				return err
			}
		}
		over, err := c.session(session, session <= kills)
		if err != nil || over {
			return err
		}
	}
}

// session starts tracksync once, kills it if killed is set, and checks what it did.
// It reports whether the run has come to its end.
func (c *chaosRound) session(number int, killed bool) (over bool, err error) {
	args := []string{"sync", "--yes", "--rate", "unlimited", "--log-format", "json"}
	line := []string{"--out", c.run, "--on-duplicate", "last", "--concurrency", fmt.Sprint(c.concurrency),
		"--timeout", "2s", "--grace", "10s", "--max-attempts", "8", c.manifestPath}
	if c.continues {
		args = append(append(args, "--continue"), line...)
	} else if _, err := os.Stat(filepath.Join(c.run, "run.json")); err == nil {
		args = append(args, "--resume", c.run)
	} else {
		args = append(args, line...)
	}
	kind := "none"
	if killed {
		kind = []string{"SIGKILL", "SIGKILL", "SIGKILL", "SIGTERM", "SIGINT and SIGTERM",
			"SIGKILL after SIGTERM"}[c.r.IntN(6)]
	}
	moment, happened := c.moment(number > 1)
	began := time.Now()
	p, _, err := c.start(fmt.Sprintf("session-%d", number), args...)
	if err != nil {
		return false, err
	}
	if killed {
		var ok bool
		if ok, err = p.until(happened); err != nil {
			return false, err
		}
		if ok && moment == "after bytes of results" && c.r.IntN(2) == 0 {
			if ok, err = c.intrude(p); err != nil {
				return false, err
			}
			if ok {
				c.figures.add(func(f *figures) { f.intruders += 2 })
			}
		}
		p.kill(c.r, kind)
	}
	if err := p.wait(); err != nil {
		return false, err
	}
	if err := c.awaitIdle(); err != nil {
		return false, err
	}
	c.note("session %d: %s %s, exit %d, signal %v, %v", number, kind, moment, p.status.ExitStatus(), p.status.Signal(),
		time.Since(began))
	return c.checkSession(p, kind)
}

// checkSession checks a session that has ended.
func (c *chaosRound) checkSession(p *process, kind string) (over bool, err error) {
	of, repeatable, err := c.checkReceived()
	if err != nil {
		return false, err
	}
	said, err := os.ReadFile(p.stderr)
	if err != nil {
		return false, err
	}
	killed := p.status.Signaled()
	if killed || kind == "SIGINT and SIGTERM" {
		c.cuts++
	}
	c.figures.add(func(f *figures) {
		f.sessions++
		f.torn += bytes.Count(said, []byte("; it is left out"))
		if killed || p.status.ExitStatus() >= 130 {
			f.kills[kind]++
		}
		if killed {
			f.unwritten++
		}
	})
	var gone []int64
	switch code := p.status.ExitStatus(); {
	case killed && kind == "none":
		return false, fmt.Errorf("tracksync died of %v: %s", p.status.Signal(), said)
	case killed:
		if c.r.IntN(3) == 0 {
			if gone, err = c.damage(c.r); err != nil {
				return false, err
			}
			c.note("damaged: %d lines are gone", len(gone))
		}
	case (code == 130 || code == 143) && kind != "none" && bytes.Contains(said, []byte("nothing was sent")):
		if len(of) > 0 {
			return false, fmt.Errorf("%d tracks were sent, and nothing is said to have been: %s", len(of), said)
		}
	case code == 0 || code == 1 || (code == 130 || code == 143) && kind != "none":
		if err := c.checkAccount(of); err != nil {
			return false, err
		}
		over, repeatable = code <= 1, nil
	default:
		return false, fmt.Errorf("tracksync ended with %d: %s", code, said)
	}
	if err := c.readDisk(gone, repeatable, killed); err != nil {
		return false, err
	}
	if over && (p.status.ExitStatus() == 0 || c.onlyFailing()) {
		return true, c.checkEnd(p.status.ExitStatus())
	}
	return false, nil
}

// checkReceived reads what the sandbox received in a session, and checks that
// nothing was sent but what the manifest asks and is not on disk as done. It
// returns what was sent to each track, and what was applied and answered.
func (c *chaosRound) checkReceived() (map[int64]sessionOf, map[int64]string, error) {
	all, err := c.received()
	if err != nil {
		return nil, nil, err
	}
	for id, asks := range c.done {
		if now, there := c.asks[id]; there && now != asks {
			delete(c.done, id) // from here on something else may be applied
		}
	}
	of, answered := map[int64]sessionOf{}, map[int64]string{}
	for _, q := range all {
		if q.Method != "PUT" || c.asks[q.ID] == "" || c.asks[q.ID] != q.Body {
			return nil, nil, fmt.Errorf("nobody asked for %+v", q)
		}
		if c.done[q.ID] == q.Body {
			c.figures.add(func(f *figures) { f.again++ })
			return nil, nil, fmt.Errorf("%+v was sent after its result was on disk", q)
		}
		s := of[q.ID]
		s.requests++
		switch q.Status {
		case 429, 500, 503:
			s.refused++
		}
		if q.Applied {
			s.applied++
			if q.Fault == "" {
				answered[q.ID] = q.Body
			}
			c.applied[q.ID] = q.Body
		}
		of[q.ID] = s
	}
	for i := range c.open {
		for id, body := range c.open[i].may {
			if s, sent := of[id]; sent && s.applied > 0 {
				delete(c.open[i].may, id)
				if c.applied[id] == body {
					c.open[i].repeats++
				}
			}
		}
	}
	c.requests += len(all)
	c.figures.add(func(f *figures) { f.requests += len(all) })
	return of, answered, nil
}

// readDisk reads which rows are done on disk. gone are the tracks whose lines
// were taken away.
func (c *chaosRound) readDisk(gone []int64, answered map[int64]string, killed bool) error {
	for _, id := range gone {
		delete(c.done, id)
		delete(answered, id) // its repetition is no wonder
	}
	lines, err := c.latest()
	if err != nil {
		return err
	}
	for id, line := range lines {
		if line.Status != "updated" {
			continue
		}
		c.done[id] = line.sent()
		if c.applied[id] != line.sent() {
			return fmt.Errorf("track %d: %s is on disk as updated, and the sandbox has applied %s", id, line.sent(),
				c.applied[id])
		}
		delete(answered, id)
	}
	if killed {
		c.open = append(c.open, kill{may: answered})
	}
	return nil
}

// onlyFailing reports whether every row has succeeded but for those whose track
// always fails.
func (c *chaosRound) onlyFailing() bool {
	for id, asks := range c.asks {
		if c.done[id] != asks && !slices.Contains(c.failing, id) {
			return false
		}
	}
	return true
}

// checkEnd checks a round that has come to its end with an exit code.
func (c *chaosRound) checkEnd(code int) error {
	lost, failing := 0, 0
	for id, asks := range c.asks {
		switch {
		case slices.Contains(c.failing, id):
			failing++
		case c.applied[id] != asks:
			lost++
		}
	}
	repeats := 0
	for _, k := range c.open {
		repeats += k.repeats
		if k.repeats > c.concurrency+lastWrite {
			return fmt.Errorf("%d rows were sent again after one kill", k.repeats)
		}
	}
	c.figures.add(func(f *figures) {
		f.lost += lost
		for _, k := range c.open {
			f.repeats += k.repeats
			f.mostRepeats = max(f.mostRepeats, k.repeats)
		}
	})
	c.note("%d rows repeated after %d kills", repeats, len(c.open))
	switch {
	case lost > 0:
		return fmt.Errorf("%d rows were not applied", lost)
	case (code == 0) != (failing == 0):
		return fmt.Errorf("the run ended with %d, and %d rows always fail", code, failing)
	}
	return nil
}

// end ends the sandbox.
func (c *chaosRound) end() error {
	if c.sandbox == nil {
		return nil
	}
	c.sandbox.signal(syscall.SIGKILL)
	return c.sandbox.wait()
}
