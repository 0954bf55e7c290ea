package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding/htmlindex"
)

// The test binary is tracksync itself when a script calls it by that name.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"tracksync": main})
}

// TestScripts runs the scripts in testdata/scripts over the real main, in real
// processes. They read as a manual.
func TestScripts(t *testing.T) {
	// Signals that whoever runs the tests ignores, as nohup does, would be ignored by the
	// processes of the scripts too.
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if signal.Ignored(sig) {
			signal.Notify(make(chan os.Signal, 1), sig)
		}
	}
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "scripts"),
		Setup:               setup,
		Cmds:                commands(),
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
	})
}

func setup(env *testscript.Env) error {
	manifests, err := filepath.Abs(filepath.Join("testdata", "manifests"))
	if err != nil {
		return err
	}
	env.Setenv("MANIFESTS", manifests)
	env.Setenv("TRACKSYNC_LOCK_DIR", filepath.Join(env.WorkDir, "locks"))
	env.Setenv("BEYONDWORDS_API_KEY", "write_scripts_key")
	env.Setenv("NO_PROXY", "127.0.0.1,localhost")
	return nil
}

func commands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"sandbox":   startSandbox,
		"answering": answering,
		"received":  received,
		"counted":   counted,
		"await":     await,
		"terminate": terminate,
		"unread":    unread,
		"exits":     exits,
		"rows":      rows,
		"lines":     lines,
		"next":      next,
		"encode":    encode,
	}
}

// startSandbox starts "tracksync sandbox" in another process, on a free port,
// and points the environment at it.
//
//	sandbox [FLAG...] [MANIFEST...]
func startSandbox(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("unsupported: ! sandbox")
	}
	program, err := exec.LookPath("tracksync")
	ts.Check(err)
	cmd := exec.Command(program,
		append([]string{"sandbox", "--listen", "127.0.0.1:0", "--log-level", "error"}, args...)...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() {
		_ = cmd.Process.Kill() // it has no other end
		_ = cmd.Wait()
	})
	base, err := bufio.NewReader(out).ReadString('\n')
	ts.Check(err)
	ts.Setenv("BEYONDWORDS_BASE_URL", strings.TrimSpace(base))
}

// answering starts a server that gives one answer to whatever it is asked, and
// points the environment at it.
//
//	answering STATUS FILE [HEADER VALUE]
func answering(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 && len(args) != 4 {
		ts.Fatalf("usage: answering STATUS FILE [HEADER VALUE]")
	}
	status, err := strconv.Atoi(args[0])
	ts.Check(err)
	body := ts.ReadFile(args[1])
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if len(args) == 4 {
			w.Header().Set(args[2], args[3])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	ts.Defer(server.Close)
	ts.Setenv("BEYONDWORDS_BASE_URL", server.URL+"/v1")
}

// stats asks the sandbox what it received.
func stats(ts *testscript.TestScript) map[string]any {
	base := strings.TrimSuffix(ts.Getenv("BEYONDWORDS_BASE_URL"), "/v1")
	resp, err := http.Get(base + "/_sandbox/stats")
	ts.Check(err)
	defer resp.Body.Close()
	var all map[string]any
	ts.Check(json.NewDecoder(resp.Body).Decode(&all))
	return all
}

// received checks a counter of the sandbox: requests, applied, applied_tracks, a
// status such as 429, or a method.
//
//	received COUNTER =|<=|>= N
func received(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: received COUNTER =|<=|>= N")
	}
	all := stats(ts)
	var got float64
	if v, ok := all[args[0]].(float64); ok {
		got = v
	} else if v, ok := all["by_status"].(map[string]any)[args[0]].(float64); ok {
		got = v
	} else if v, ok := all["by_method"].(map[string]any)[args[0]].(float64); ok {
		got = v
	}
	compare(ts, args[0], got, args[1], args[2])
}

// counted checks that a run knows of every request that the sandbox received.
//
//	counted RUN
func counted(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: counted RUN")
	}
	var s struct{ Requests float64 }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(filepath.Join(args[0], "summary.json"))), &s))
	if got := stats(ts)["requests"]; got != s.Requests {
		ts.Fatalf("the sandbox received %v requests, and the run counted %v", got, s.Requests)
	}
}

func compare(ts *testscript.TestScript, what string, got float64, op, number string) {
	want, err := strconv.ParseFloat(number, 64)
	ts.Check(err)
	if ok, known := map[string]bool{"=": got == want, "<=": got <= want, ">=": got >= want}[op]; !known || !ok {
		ts.Fatalf("%s is %v, want %s %s", what, got, op, number)
	}
}

// await waits until a counter of the sandbox has reached N.
//
//	await COUNTER N
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: await COUNTER N")
	}
	want, err := strconv.ParseFloat(args[1], 64)
	ts.Check(err)
	for {
		got, known := stats(ts)[args[0]].(float64)
		if !known {
			ts.Fatalf("%s is no counter", args[0])
		}
		if got >= want {
			return
		}
	}
}

// terminate sends SIGTERM, or SIGHUP, to the process of a run.
//
//	terminate RUN [hangup]
func terminate(ts *testscript.TestScript, neg bool, args []string) {
	sig := syscall.SIGTERM
	if len(args) == 2 && args[1] == "hangup" {
		sig, args = syscall.SIGHUP, args[:1]
	}
	if neg || len(args) != 1 {
		ts.Fatalf("usage: terminate RUN [hangup]")
	}
	var run struct{ PID int }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(filepath.Join(args[0], "run.json"))), &run))
	p, err := os.FindProcess(run.PID)
	ts.Check(err)
	ts.Check(p.Signal(sig))
}

// unread runs tracksync with full pipes that nobody reads as its standard output and
// error, sends SIGTERM when the sandbox has applied N updates, and checks the exit code.
//
//	unread CODE N ARG...
func unread(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: unread CODE N ARG...")
	}
	program, err := exec.LookPath("tracksync")
	ts.Check(err)
	cmd := exec.Command(program, args[2:]...)
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"BEYONDWORDS_BASE_URL", "BEYONDWORDS_API_KEY", "TRACKSYNC_LOCK_DIR", "NO_PROXY",
		"HOME"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	for _, stream := range []*io.Writer{&cmd.Stdout, &cmd.Stderr} {
		r, w, err := os.Pipe()
		ts.Check(err)
		defer r.Close()
		defer w.Close()
		ts.Check(w.SetWriteDeadline(time.Now().Add(100 * time.Millisecond)))
		if _, err := w.Write(make([]byte, 4<<20)); !errors.Is(err, os.ErrDeadlineExceeded) {
			ts.Fatalf("the pipe is not full: %v", err)
		}
		*stream = w
	}
	ts.Check(cmd.Start())
	await(ts, false, []string{"applied", args[1]})
	ts.Check(cmd.Process.Signal(syscall.SIGTERM))
	_ = cmd.Wait() // the code says it
	if code := strconv.Itoa(cmd.ProcessState.ExitCode()); code != args[0] {
		ts.Fatalf("exits with %s, want %s", code, args[0])
	}
}

// exits runs a program and checks its exit code.
//
//	exits CODE PROGRAM [ARG...]
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARG...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := "0"
	if err != nil {
		code = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if code != args[0] {
		ts.Fatalf("exits with %s, want %s", code, args[0])
	}
}

// next pastes the command that the last run named as the next one into a shell,
// somewhere where no other base URL is set, and checks its exit code; or checks
// that there was none.
//
//	next CODE|none
func next(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: next CODE|none")
	}
	var last struct{ Msg, Next string }
	for line := range strings.Lines(ts.ReadFile("stderr")) {
		ts.Check(json.Unmarshal([]byte(line), &last))
	}
	if (last.Next == "") != (args[0] == "none") {
		ts.Fatalf("next is %q", last.Next)
	}
	if last.Next == "" {
		return
	}
	base := ts.Getenv("BEYONDWORDS_BASE_URL")
	ts.Setenv("BEYONDWORDS_BASE_URL", "")
	exits(ts, false, []string{args[0], "sh", "-c", last.Next})
	ts.Setenv("BEYONDWORDS_BASE_URL", base)
}

// encode puts a file that is UTF-8 into another encoding, with a byte order mark if FILE
// begins with one.
//
//	encode LABEL FILE NEW
func encode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: encode LABEL FILE NEW")
	}
	e, err := htmlindex.Get(args[0])
	ts.Check(err)
	text, err := e.NewEncoder().String(ts.ReadFile(args[1]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(text), 0o600))
}

// rows checks the totals of a summary: every status that is named, and that the
// others are 0 and all add up.
//
//	rows RUN STATUS=N...
func rows(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: rows RUN STATUS=N...")
	}
	var s struct {
		Rows   int            `json:"rows"`
		Totals map[string]int `json:"totals"`
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(filepath.Join(args[0], "summary.json"))), &s))
	want := map[string]int{}
	for _, arg := range args[1:] {
		status, number, _ := strings.Cut(arg, "=")
		n, err := strconv.Atoi(number)
		ts.Check(err)
		want[status] = n
	}
	sum := 0
	for status, n := range s.Totals {
		sum += n
		if n != want[status] {
			ts.Fatalf("%d rows are %s, want %d; totals: %v", n, status, want[status], s.Totals)
		}
	}
	if sum != s.Rows || len(s.Totals) != 10 {
		ts.Fatalf("the totals are %v, of %d rows", s.Totals, s.Rows)
	}
	if n := strings.Count(ts.ReadFile(filepath.Join(args[0], "results.jsonl")), "\n"); n != s.Rows {
		ts.Fatalf("results.jsonl has %d lines for %d rows", n, s.Rows)
	}
}

// lines writes a manifest of N rows, of the tracks 1 to N.
//
//	lines FILE N
func lines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: lines FILE N")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	var b strings.Builder
	b.WriteString("id,name,volume\n")
	for id := 1; id <= n; id++ {
		fmt.Fprintf(&b, "%d,Track %d,%d\n", id, id, id%101)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o600))
}
