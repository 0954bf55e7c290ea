package cli

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"tracksync/internal/run"
	"tracksync/internal/sandbox"
	"tracksync/internal/terminal"
)

// stuck is a reader that reads nothing until the test lets it.
type stuck struct {
	let chan struct{}
	mu  sync.Mutex
	got bytes.Buffer
}

func newStuck() *stuck { return &stuck{let: make(chan struct{})} }

func (s *stuck) Write(b []byte) (int, error) {
	<-s.let
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.got.Write(b)
}

func (s *stuck) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.got.String()
}

const deafRows = 300

// deafRun is a run with readers of its own. at is called with the number of each request.
// It returns the exit code and the content of the file of results.
func deafRun(t *testing.T, out, errw io.Writer, c sandbox.Config, at func(n int64, signals chan<- os.Signal),
	args ...string) (int, string) {
	t.Helper()
	c.Exists = func(int64) bool { return true }
	handler, err := sandbox.New(c)
	if err != nil {
		t.Fatal(err)
	}
	var n atomic.Int64
	signals := make(chan os.Signal, 2)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at(n.Add(1), signals)
		handler.ServeHTTP(w, r)
	}))
	defer server.Close()
	var rows strings.Builder
	rows.WriteString("id,volume\n")
	for id := 1; id <= deafRows; id++ {
		fmt.Fprintf(&rows, "%d,%d\n", id, id%101)
	}
	dir := filepath.Join(t.TempDir(), "run")
	args = append([]string{"sync", "--yes", "--rate", "unlimited", "--concurrency", "4", "--out", dir,
		manifest(t, rows.String())}, args...)
	code := Main(args, terminal.Streams{
		In: strings.NewReader(""), Out: out, Err: errw, Program: []string{"tracksync"},
		Width:  func() int { return 100 },
		Getenv: lookingUp(t, map[string]string{keyVariable: testKey, baseVariable: server.URL + "/v1"}),
	}, signals)
	results, err := os.ReadFile(filepath.Join(dir, run.ResultsFile))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, run.SummaryFile)); err != nil {
		t.Error(err)
	}
	return code, string(results)
}

// Readers of standard output and error that read nothing delay neither the end of a run
// nor a signal nor the deadline, and no result is lost.
func TestNobodyReads(t *testing.T) {
	hang := sandbox.Config{Faults: sandbox.Faults{HangBefore: 1}}
	for _, tc := range []struct {
		name     string
		config   sandbox.Config
		at       func(n int64, signals chan<- os.Signal)
		args     []string
		code     int
		statuses map[string]int // of the rows; -1: some
	}{
		{"the last row", sandbox.Config{}, func(n int64, signals chan<- os.Signal) {
			if n == deafRows {
				signals <- os.Interrupt // else readers are waited for
			}
		}, nil, exitOK, map[string]int{"updated": deafRows}},
		{"a signal", sandbox.Config{}, func(n int64, signals chan<- os.Signal) {
			if n == 50 {
				signals <- syscall.SIGTERM
			}
		}, []string{"--log-level", "debug"}, exitTerminated, map[string]int{"updated": -1, "not_attempted": -1,
			"unknown": 0}},
		{"two signals", hang, func(n int64, signals chan<- os.Signal) {
			if n == 4 {
				signals <- os.Interrupt
				signals <- os.Interrupt
			}
		}, nil, exitInterrupted, map[string]int{"unknown": 4, "not_attempted": deafRows - 4}},
		{"the deadline", hang, func(int64, chan<- os.Signal) {}, []string{"--deadline", "500ms"}, exitTimeUp,
			map[string]int{"updated": 0, "not_attempted": -1}},
	} {
		for _, flag := range []string{"--stream", "--json"} {
			t.Run(tc.name+" "+flag, func(t *testing.T) {
				out, errw := newStuck(), newStuck()
				defer close(out.let)
				defer close(errw.let)
				code, results := deafRun(t, out, errw, tc.config, tc.at, append(tc.args, flag)...)
				want := tc.code
				if flag == "--json" && (want == exitOK || want == exitTimeUp) {
					want = exitStopped // the summary was not taken
				}
				if code != want {
					t.Errorf("exit %d, want %d", code, want)
				}
				if n := strings.Count(results, "\n"); n != deafRows {
					t.Errorf("%d results", n)
				}
				for status, want := range tc.statuses {
					if n := strings.Count(results, `"status":"`+status+`"`); n != want && (want >= 0 || n == 0) {
						t.Errorf("%d rows are %s, want %d", n, status, want)
					}
				}
			})
		}
	}
}

// A reader that reads nothing for a long time still gets every line of the file, even
// those of rows that the run did not reach.
func TestStreamIsTheResultsFile(t *testing.T) {
	for _, tc := range []struct {
		name   string
		config sandbox.Config
		last   int64 // the number of the request at which the reader begins
		stops  int   // signals then
		code   int
	}{
		{"a late reader", sandbox.Config{}, deafRows, 0, exitOK},
		{"stopped", sandbox.Config{}, 50, 1, exitInterrupted},
		{"cut off", sandbox.Config{Faults: sandbox.Faults{HangBefore: 1}}, 4, 2, exitInterrupted},
	} {
		t.Run(tc.name, func(t *testing.T) {
			out, errw := newStuck(), &watched{}
			code, results := deafRun(t, out, errw, tc.config, func(n int64, signals chan<- os.Signal) {
				if n != tc.last {
					return
				}
				close(out.let)
				for range tc.stops {
					signals <- os.Interrupt
				}
			}, "--stream")
			if code != tc.code || out.String() != results || strings.Count(results, "\n") != deafRows {
				t.Errorf("exit %d, %d lines of %d\n%s", code, strings.Count(out.String(), "\n"),
					strings.Count(results, "\n"), errw)
			}
		})
	}
}

// If the reader of --stream has not read everything when the run stops waiting for it,
// that is reported.
func TestStreamThatWasNotTaken(t *testing.T) {
	out, errw := newStuck(), &watched{}
	defer close(out.let)
	code, _ := deafRun(t, out, errw, sandbox.Config{}, func(n int64, signals chan<- os.Signal) {
		if n == deafRows {
			signals <- os.Interrupt
		}
	}, "--stream")
	if want := fmt.Sprintf(`"lines":%d`, deafRows); code != exitOK || !strings.Contains(errw.String(), want) {
		t.Errorf("exit %d\n%s", code, errw)
	}
}
