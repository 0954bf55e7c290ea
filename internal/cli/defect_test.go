package cli

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tracksync/internal/run"
	"tracksync/internal/sandbox"
	"tracksync/internal/terminal"
	"tracksync/report"
)

// breakingWriter panics at its nth Write.
type breakingWriter struct{ n int }

func (w *breakingWriter) Write(p []byte) (int, error) {
	if w.n--; w.n <= 0 {
		panic("the writer broke")
	}
	return len(p), nil
}

// breakingWidth panics once, when the terminal is first looked at after the start.
func breakingWidth(errw *watched) func() int {
	broke := false
	return func() int {
		if !broke && strings.Contains(errw.String(), "started") {
			broke = true
			panic("the width broke")
		}
		return 80
	}
}

type breakingReader struct{}

func (breakingReader) Read([]byte) (int, error) { panic("the reader broke") }

// After a panic in the middle of a run there is every report and a message, and the exit
// code is 3. The rows in flight are known to the next session.
func TestAPanicInARun(t *testing.T) {
	env, box := serve(t, sandbox.Config{})
	for _, tc := range []struct {
		name string
		args []string
		set  func(*terminal.Streams)
	}{
		{"in the progress bar", nil,
			func(s *terminal.Streams) { s.ErrTerminal, s.Width = true, breakingWidth(s.Err.(*watched)) }},
		{"in the results on standard output", []string{"--stream"},
			func(s *terminal.Streams) { s.Out = &breakingWriter{1} }},
		{"in the summary on standard output", []string{"--json"},
			func(s *terminal.Streams) { s.Out = &breakingWriter{1} }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			errw, out := &watched{}, filepath.Join(t.TempDir(), "run")
			s := terminal.Streams{In: strings.NewReader(""), Out: io.Discard, Err: errw, Getenv: lookingUp(t, env),
				Width: func() int { return 80 }}
			tc.set(&s)
			// One request every 200 ms: time for the progress bar.
			code := Main(append([]string{"sync", "--yes", "--rate", "5", "--out", out, manifest(t, threeRows)},
				tc.args...), s, nil)
			if code != exitStopped || !strings.Contains(errw.String(), "please report it") ||
				strings.Contains(errw.String(), "goroutine ") {
				t.Fatalf("exit %d\n%s", code, errw)
			}
			var sum struct {
				ExitCode int `json:"exit_code"`
				Rows     int
				Totals   report.Totals
				Message  string
			}
			b, err := os.ReadFile(filepath.Join(out, run.SummaryFile))
			if err != nil || json.Unmarshal(b, &sum) != nil || sum.ExitCode != code || sum.Rows != 3 ||
				!strings.Contains(sum.Message, "broke") {
				t.Fatalf("%v: %s", err, b)
			}
			stack, err := os.ReadFile(filepath.Join(out, run.DefectFile))
			if err != nil || !strings.Contains(string(stack), "defect_test.go") {
				t.Errorf("%v: %s", err, stack)
			}
			was := box.Stats().Applied
			again := call{args: []string{"sync", "--yes", "--resume", out}, env: env}.run(t)
			if again.code != exitOK || box.Stats().Applied-was > 3 {
				t.Errorf("resumed: exit %d, %d applied\n%s", again.code, box.Stats().Applied-was, again.err)
			}
		})
	}
}

// A panic anywhere else is reported too.
func TestAPanicOutsideARun(t *testing.T) {
	for _, tc := range []struct {
		name string
		args []string
		set  func(*terminal.Streams)
	}{
		{"in what is read", []string{"validate", "-"}, func(s *terminal.Streams) { s.In = breakingReader{} }},
		{"in what is written", []string{"pull", "--sandbox"}, func(s *terminal.Streams) { s.Out = &breakingWriter{1} }},
		{"in the command", []string{"plan", "x.csv"},
			func(s *terminal.Streams) { s.Getenv = func(string) string { panic("the environment broke") } }},
		{"at the question", []string{"sync", manifest(t, threeRows)}, func(s *terminal.Streams) {
			s.In, s.InTerminal, s.ErrTerminal = breakingReader{}, true, true
			s.Getenv = func(name string) string {
				return map[string]string{keyVariable: testKey, "NO_COLOR": "1", run.LockVariable: t.TempDir()}[name]
			}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			errw := &watched{}
			s := terminal.Streams{In: strings.NewReader(""), Out: io.Discard, Err: errw,
				Getenv: func(string) string { return "" }, Width: func() int { return 80 }}
			tc.set(&s)
			code := Main(tc.args, s, nil)
			if code != exitStopped || !strings.Contains(errw.String(), "broke") ||
				!strings.Contains(errw.String(), "please report it") {
				t.Errorf("exit %d\n%s", code, errw)
			}
		})
	}
}
