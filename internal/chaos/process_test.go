//go:build unix

package chaos

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// process is a process that this test waits for without os/exec, because it must also
// learn that a process was stopped.
type process struct {
	pid     int
	stderr  string        // the file that holds what it said
	stopped chan struct{} // capacity 1: SIGSTOP took effect
	ended   chan struct{} // closed at its end
	status  syscall.WaitStatus
}

// start runs tracksync with arguments.
func (c *chaosRound) start(name string, args ...string) (*process, io.Reader, error) {
	p := &process{stderr: filepath.Join(c.dir, name+".stderr"), stopped: make(chan struct{}, 1),
		ended: make(chan struct{})}
	stderr, err := os.Create(p.stderr)
	if err != nil {
		return nil, nil, err
	}
	defer stderr.Close()
	read, write, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer write.Close()
	cmd := exec.Command(c.program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = c.dir, write, stderr
	cmd.Env = append(os.Environ(), "BEYONDWORDS_API_KEY=write_chaos_key", "BEYONDWORDS_BASE_URL="+c.base,
		"TRACKSYNC_LOCK_DIR="+filepath.Join(c.dir, "locks"), "NO_PROXY=127.0.0.1,localhost")
	if err := cmd.Start(); err != nil {
		return nil, nil, errors.Join(err, read.Close())
	}
	p.pid = cmd.Process.Pid
	go func() {
		defer close(p.ended)
		for {
			_, err := syscall.Wait4(p.pid, &p.status, syscall.WUNTRACED, nil)
			switch {
			case err == syscall.EINTR:
			case err == nil && p.status.Stopped():
				p.stopped <- struct{}{}
			default:
				return
			}
		}
	}()
	return p, read, nil
}

// signal sends a signal to a process, unless it has just ended.
func (p *process) signal(sig syscall.Signal) {
	select {
	case <-p.ended:
	default:
		_ = syscall.Kill(p.pid, sig) // it may have ended this moment
	}
}

// patience is how long anything may take before it counts as hanging. It measures
// nothing.
const patience = 2 * time.Minute

// wait waits for the end of a process.
func (p *process) wait() error {
	select {
	case <-p.ended:
		return nil
	case <-time.After(patience):
		_ = syscall.Kill(p.pid, syscall.SIGQUIT) // it says what it is doing
		<-p.ended
		said, err := os.ReadFile(p.stderr)
		return errors.Join(fmt.Errorf("a process does not end:\n%s", said), err)
	}
}

// until looks again and again until happened says so or the process has ended,
// and reports which.
func (p *process) until(happened func() bool) (bool, error) {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		select {
		case <-p.ended:
			return false, nil
		default:
		}
		if happened() {
			return true, nil
		}
	}
	return false, errors.New("what a kill waits for does not happen, and the process does not end")
}

// startSandbox starts the sandbox of the round, in a process of its own.
func (c *chaosRound) startSandbox(args ...string) error {
	p, out, err := c.start("sandbox",
		append([]string{"sandbox", "--listen", "127.0.0.1:0", "--log-level", "error", "--request-log", c.requestLog},
			args...)...)
	if err != nil {
		return err
	}
	c.sandbox = p
	base, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		said, _ := os.ReadFile(p.stderr) // the error is there already
		return fmt.Errorf("the sandbox does not start: %w: %s", err, said)
	}
	c.base = strings.TrimSpace(base)
	return nil
}

// awaitIdle waits until the sandbox has handled all requests, because a
// request may outlive the process that sent it.
func (c *chaosRound) awaitIdle() error {
	_, err := c.calm(func(inFlight int) bool { return inFlight == 0 })
	return err
}

// calm waits until no request comes to the sandbox any more and those in flight
// are as they should be, and returns how many there were so far.
func (c *chaosRound) calm(enough func(inFlight int) bool) (requests int, err error) {
	same := 0
	ticker := time.NewTicker(10 * time.Millisecond) // another process cannot tell us when it is done
	defer ticker.Stop()
	for deadline := time.Now().Add(patience); same < 5; <-ticker.C {
		if time.Now().After(deadline) {
			return 0, errors.New("the sandbox does not come to rest")
		}
		var s struct {
			Requests int `json:"requests"`
			InFlight int `json:"in_flight"`
		}
		resp, err := http.Get(strings.TrimSuffix(c.base, "/v1") + "/_sandbox/stats")
		if err != nil {
			return 0, err
		}
		if err := errors.Join(json.NewDecoder(resp.Body).Decode(&s), resp.Body.Close()); err != nil {
			return 0, err
		}
		if s.Requests == requests && enough(s.InFlight) {
			same++
			continue
		}
		requests, same = s.Requests, 0
	}
	return requests, nil
}

// size is how long a file is; 0 if there is none.
func size(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// moment draws when a session is struck.
func (c *chaosRound) moment(resumed bool) (string, func() bool) {
	rows, kinds := int64(len(c.manifest)), 4
	if !resumed && c.r.IntN(4) == 0 {
		files := c.r.IntN(6) // with the first of them the directory is there
		return fmt.Sprintf("when there are %d files", files), func() bool {
			found, err := os.ReadDir(c.run)
			return err == nil && len(found) >= files
		}
	}
	if !resumed {
		kinds = 3 // nothing is written anew
	}
	switch c.r.IntN(kinds) {
	case 0:
		at := time.Now().Add(time.Duration(c.r.IntN(100_000)) * time.Microsecond)
		return "at once", func() bool { return !time.Now().Before(at) }
	case 1:
		results := filepath.Join(c.run, "results.jsonl")
		enough := size(results) + c.r.Int64N(rows*200)
		return "after bytes of results", func() bool { return size(results) > enough }
	case 2:
		enough := size(c.requestLog) + c.r.Int64N(rows*300)
		return "after requests", func() bool { return size(c.requestLog) > enough }
	}
	before := c.unfinished()
	return "while files are written anew", func() bool { return c.unfinished() > before }
}

// unfinished counts the files that a session makes only for a while.
func (c *chaosRound) unfinished() int {
	n := 0
	for _, pattern := range []string{".*.jsonl.tmp-*", "earlier.jsonl"} {
		found, _ := filepath.Glob(filepath.Join(c.run, pattern)) // the patterns are good
		n += len(found)
	}
	return n
}

// kill ends a process in one of the ways in which processes end, unless it
// ends by itself before.
func (p *process) kill(r *rand.Rand, kind string) {
	switch kind {
	case "SIGKILL":
		p.signal(syscall.SIGKILL)
	case "SIGTERM":
		p.signal(syscall.SIGTERM)
	case "SIGINT and SIGTERM":
		p.signal(syscall.SIGINT)
		time.Sleep(time.Duration(r.IntN(20_000)) * time.Microsecond)
		p.signal(syscall.SIGTERM) // the same one at once would be no second
	case "SIGKILL after SIGTERM": // while it drains and writes its reports
		p.signal(syscall.SIGTERM)
		time.Sleep(time.Duration(r.IntN(60_000)) * time.Microsecond)
		p.signal(syscall.SIGKILL)
	}
}

// intrude starts further processes on the run and on the account while the
// session p is stopped in the middle of its work: they must end with 6, and
// send nothing. It reports whether p held its locks at that moment.
func (c *chaosRound) intrude(p *process) (bool, error) {
	p.signal(syscall.SIGSTOP)
	select {
	case <-p.stopped:
	case <-p.ended:
		return false, nil
	}
	defer p.signal(syscall.SIGCONT)
	locks, err := filepath.Glob(filepath.Join(c.dir, "locks", "account-*.json"))
	if err != nil || len(locks) == 0 || size(filepath.Join(c.run, "lock.json")) == 0 {
		return false, err // it is about to end
	}
	any := func(int) bool { return true } // one may hang for as long as the process is stopped
	before, err := c.calm(any)
	if err != nil {
		return false, err
	}
	results := size(filepath.Join(c.run, "results.jsonl"))
	for _, args := range [][]string{
		{"sync", "--yes", "--rate", "unlimited", "--resume", c.run},
		{"sync", "--yes", "--rate", "unlimited", "--on-duplicate", "last", "--out", filepath.Join(c.dir, "other"),
			c.manifestPath},
	} {
		other, _, err := c.start("other", args...)
		if err == nil {
			err = other.wait()
		}
		if err != nil {
			return false, err
		}
		said, err := os.ReadFile(other.stderr)
		if err != nil {
			return false, err
		}
		if other.status.ExitStatus() != 6 || !bytes.Contains(said, fmt.Appendf(nil, "held by process %d ", p.pid)) {
			return false, fmt.Errorf("a second process, %v, ended with %d: %s", args, other.status.ExitStatus(), said)
		}
	}
	after, err := c.calm(any)
	if err == nil && (after != before || size(filepath.Join(c.run, "results.jsonl")) != results) {
		err = errors.New("a second process was at work beside the first")
	}
	return true, err
}
