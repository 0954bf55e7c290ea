package cli

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"tracksync/internal/run"
	"tracksync/internal/sandbox"
	"tracksync/internal/terminal"
)

func (c call) run(t testing.TB) output {
	t.Helper()
	var out bytes.Buffer
	errw := &watched{on: c.onErr}
	s := terminal.Streams{
		In: strings.NewReader(c.in), Out: &out, Err: errw,
		InTerminal: c.terminal, ErrTerminal: c.terminal, Program: []string{"tracksync"},
		Shell:  terminal.System().Shell,
		Width:  func() int { return cmp.Or(c.width, 100) },
		Getenv: c.watching(lookingUp(t, c.env)),
		OpenTerminal: func() (io.ReadCloser, error) {
			if c.answer == "" {
				return nil, errors.New("no terminal")
			}
			return io.NopCloser(strings.NewReader(c.answer)), nil
		},
	}
	code := Main(c.args, s, c.signals)
	return output{code, out.String(), errw.String()}
}

func (c call) watching(getenv func(string) string) func(string) string {
	return func(name string) string {
		if c.onEnv != nil {
			c.onEnv(name)
		}
		return getenv(name)
	}
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n, err := w.b.Write(p)
	if w.on != nil {
		w.on(w.b.String())
	}
	return n, err
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

func TestAsksOnATerminal(t *testing.T) {
	for _, tc := range []struct {
		name     string
		terminal bool
		in       string
		answer   string
		args     []string
		sent     bool
		asked    bool
	}{
		{name: "yes", terminal: true, in: "y\n", sent: true, asked: true},
		{name: "YES", terminal: true, in: " YES \n", sent: true, asked: true},
		{name: "no", terminal: true, in: "n\n", asked: true},
		{name: "just return", terminal: true, in: "\n", asked: true},
		{name: "end of input", terminal: true, in: "", asked: true},
		{name: "something else", terminal: true, in: "yes please\n", asked: true},
		{name: "--yes", terminal: true, args: []string{"--yes"}, sent: true},
		{name: "no terminal", sent: true},
		{name: "sandbox", terminal: true, args: []string{"--sandbox"}, sent: true},
		{name: "the manifest is standard input", terminal: true, in: threeRows, answer: "y\n", args: []string{"-"},
			sent: true, asked: true},
		{name: "and there is no terminal to answer on", terminal: true, in: threeRows, args: []string{"-"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			env, box := serve(t, sandbox.Config{})
			out := filepath.Join(t.TempDir(), "run")
			args := append([]string{"sync", "--out", out}, tc.args...)
			if !strings.Contains(strings.Join(args, " "), " -") || args[len(args)-1] != "-" {
				args = append(args, manifest(t, threeRows))
			}
			if strings.Contains(strings.Join(args, " "), "--sandbox") {
				delete(env, keyVariable)
				delete(env, baseVariable)
			}
			got := call{args: args, in: tc.in, env: env, terminal: tc.terminal, answer: tc.answer}.run(t)
			if asked := strings.Contains(got.err, "Start? [y/N]"); asked != tc.asked {
				t.Errorf("asked: %v\n%s", asked, got.err)
			}
			_, err := os.Stat(filepath.Join(out, run.SummaryFile))
			if sent := err == nil; sent != tc.sent {
				t.Errorf("ran: %v, exit %d\n%s", sent, got.code, got.err)
			}
			if s := box.Stats(); !tc.sent && (got.code != exitUsage || s.Requests != s.ByMethod["GET"] || s.Requests > 1) {
				t.Errorf("exit %d, %v", got.code, s.ByMethod)
			}
			if tc.terminal && !strings.Contains(got.err, "Will update 3 tracks at ") {
				t.Errorf("did not say what it is about to do:\n%s", got.err)
			}
		})
	}
}

// The first signal lets requests in flight finish, the second cancels them.
func TestSecondSignal(t *testing.T) {
	env, _, came := serveWatched(t, sandbox.Config{Faults: sandbox.Faults{HangBefore: 1}})
	out := filepath.Join(t.TempDir(), "run")
	signals := make(chan os.Signal, 2)
	var first, second sync.Once
	c := call{args: []string{"sync", "--out", out, "--concurrency", "2", "--rate", "unlimited", manifest(t, threeRows)},
		env: env, signals: signals}
	c.onErr = func(text string) {
		if strings.Contains(text, `"started"`) {
			first.Do(func() {
				go func() {
					<-came
					<-came
					signals <- os.Interrupt
				}()
			})
		}
		if strings.Contains(text, "stopping") {
			second.Do(func() { signals <- syscall.SIGTERM })
		}
	}
	got := c.run(t)
	if got.code != exitInterrupted { // the first signal decides
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
	results, err := os.ReadFile(filepath.Join(out, run.ResultsFile))
	if err != nil || strings.Count(string(results), `"status":"unknown"`) != 2 ||
		strings.Count(string(results), `"status":"not_attempted"`) != 1 {
		t.Errorf("%v\n%s", err, results)
	}
	if _, err := os.Stat(filepath.Join(out, run.FailedFile)); err != nil {
		t.Error(err)
	}
}

// Interrupted before anything was sent: at the question.
func TestSignalAtTheQuestion(t *testing.T) {
	env, box := serve(t, sandbox.Config{})
	signals := make(chan os.Signal, 2)
	var once sync.Once
	reader, writer := io.Pipe() // a terminal on which nobody types
	defer writer.Close()
	errw := &watched{on: func(text string) {
		if strings.Contains(text, "[y/N]") {
			once.Do(func() { signals <- os.Interrupt })
		}
	}}
	code := Main([]string{"sync", manifest(t, threeRows)}, terminal.Streams{
		In: reader, Out: io.Discard, Err: errw, InTerminal: true, ErrTerminal: true,
		Width: func() int { return 80 }, Getenv: lookingUp(t, env),
	}, signals)
	if s := box.Stats(); code != exitInterrupted || s.Requests != s.ByMethod["GET"] {
		t.Errorf("exit %d, %v\n%s", code, s.ByMethod, errw)
	}
}

// Reading a standard input that does not end can be interrupted too.
func TestSignalWhileReadingStandardInput(t *testing.T) {
	env, _ := serve(t, sandbox.Config{})
	reader, writer := io.Pipe()
	defer writer.Close()
	signals := make(chan os.Signal, 1)
	go func() {
		_, _ = io.WriteString(writer, "id,volume\n") // read: the command waits for more
		signals <- syscall.SIGTERM
	}()
	errw := &watched{}
	code := Main([]string{"sync", "-"}, terminal.Streams{
		In: reader, Out: io.Discard, Err: errw, Width: func() int { return 80 }, Getenv: lookingUp(t, env),
	}, signals)
	if code != exitTerminated {
		t.Errorf("exit %d\n%s", code, errw)
	}
}

// If a server sends the key back in any place, the key is in no output.
func TestKeyIsInNoOutput(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("X-Api-Key")
		w.Header().Set("X-Echo", key)
		switch r.URL.Path {
		case "/v1/background_tracks/1":
			_, _ = io.WriteString(w, `{"id":1,"name":"`+key+`","volume":99}`)
		case "/v1/background_tracks/2":
			w.WriteHeader(422)
			_, _ = io.WriteString(w, `{"message":"bad `+key+`","errors":[{"location":"`+key+`","message":"`+key+`"}]}`)
		default:
			w.WriteHeader(503)
			_, _ = io.WriteString(w, key)
		}
	}))
	defer server.Close()
	for _, args := range [][]string{nil, {"--json"}, {"--stream"}, {"--log-format", "human", "--log-level", "debug"}} {
		out := filepath.Join(t.TempDir(), "run")
		args = append([]string{"sync", "--out", out, "--max-attempts", "2",
			manifest(t, "id,name,volume\n1,a,10\n2,b,20\n3,c,30\n")}, args...)
		got := call{args: args, env: environment(server.URL)}.run(t)
		if got.code != exitRows {
			t.Errorf("%v: exit %d\n%s", args, got.code, got.err)
		}
		texts := map[string]string{"standard output": got.out, "standard error": got.err}
		err := filepath.WalkDir(out, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			texts[path] = string(b)
			return err
		})
		if err != nil || len(texts) != 10 {
			t.Fatalf("%v, %d texts", err, len(texts))
		}
		for where, text := range texts {
			if strings.Contains(text, testKey) {
				t.Errorf("%v: the key is in %s:\n%s", args, where, text)
			}
		}
	}
}

func TestKeyInManifestIsRefused(t *testing.T) {
	env, box := serve(t, sandbox.Config{})
	got := call{args: []string{"sync", manifest(t, "id,name\n1,"+testKey+"\n")}, env: env}.run(t)
	if got.code != exitUsage || strings.Contains(got.err, testKey) || box.Stats().Requests != 0 {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
}

func TestKeyFile(t *testing.T) {
	env, box := serve(t, sandbox.Config{Key: testKey})
	env[keyVariable] = "write_another_one"
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(testKey+"\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "run")
	got := call{args: []string{"sync", "--out", out, "--api-key-file", file, manifest(t, threeRows)}, env: env}.run(t)
	if got.code != exitOK || box.Stats().Applied != 3 {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
}

// Calls that send nothing and exit with code 2.
func TestUsageErrors(t *testing.T) {
	good := manifest(t, threeRows)
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	noKey := map[string]string{}
	for _, tc := range []struct {
		name string
		args []string
		env  map[string]string // nil: one that works
		says string
	}{
		{"no such command", []string{"snyc"}, nil, "unknown command"},
		{"no manifest", []string{"sync"}, nil, "no manifest"},
		{"no such flag", []string{"sync", "--fast", good}, nil, "--fast"},
		{"rate", []string{"sync", "--rate", "0", good}, nil, "more than 0"},
		{"max-rate beside a fixed rate", []string{"sync", "--rate", "5", "--max-rate", "9", good}, nil, "--max-rate"},
		{"forget-limit beside a fixed rate", []string{"sync", "--rate", "5", "--forget-limit", good}, nil, "--forget-limit"},
		{"max-rate", []string{"sync", "--max-rate", "fast", good}, nil, "--max-rate"},
		{"concurrency", []string{"sync", "--concurrency", "0", good}, nil, "--concurrency"},
		{"attempts", []string{"sync", "--max-attempts", "0", good}, nil, "--max-attempts"},
		{"max-failures", []string{"sync", "--max-failures", "0", good}, nil, "--max-failures"},
		{"max-failures share", []string{"sync", "--max-failures", "101%", good}, nil, "--max-failures"},
		{"timeout", []string{"sync", "--timeout", "-1s", good}, nil, "--timeout"},
		{"grace", []string{"sync", "--grace", "0s", good}, nil, "--grace"},
		{"json with stream", []string{"sync", "--json", "--stream", good}, nil, "--stream"},
		{"metrics that nobody reads", []string{"sync", "--metrics-file", "x.txt", good}, nil, ".prom"},
		{"metrics nowhere", []string{"sync", "--metrics-file", "no/x.prom", good}, nil, "--metrics-file"},
		{"map", []string{"sync", "--map", "loudness=x", good}, nil, "--map"},
		{"delimiter", []string{"sync", "--delimiter", "ab", good}, nil, "--delimiter"},
		{"format", []string{"sync", "--input-format", "doc", good}, nil, "--input-format"},
		{"only", []string{"sync", "--only", "x", good}, nil, "--only"},
		{"only an id that no row has", []string{"sync", "--only", "99", good}, nil, "99"},
		{"on-invalid", []string{"sync", "--on-invalid", "ignore", good}, nil, "--on-invalid"},
		{"log level", []string{"sync", "--log-level", "loud", good}, nil, "--log-level"},
		{"log format", []string{"sync", "--log-format", "xml", good}, nil, "--log-format"},
		{"no key", []string{"sync", good}, noKey, "no API key"},
		{"short key", []string{"sync", good}, map[string]string{keyVariable: "abc"}, "too short"},
		{"key file is missing", []string{"sync", "--api-key-file", filepath.Join(full, "none"), good}, nil, "none"},
		{"plain HTTP", []string{"sync", "--base-url", "http://example.com/v1", good}, nil, "plain HTTP"},
		{"base URL", []string{"sync", "--base-url", "api.example.com", good}, nil, "https://"},
		{"password in the base URL", []string{"sync", "--base-url", "https://u:secret@example.com/v1", good}, nil,
			"password"},
		{"sandbox and base URL", []string{"sync", "--sandbox", "--base-url", "https://example.com/v1", good}, nil,
			"--sandbox"},
		{"ca file", []string{"sync", "--ca-file", good, good}, nil, "no certificate"},
		{"out is not empty", []string{"sync", "--out", full, good}, nil, "not empty"},
		{"out is a file", []string{"sync", "--out", filepath.Join(full, "file"), good}, nil, "--out"},
		{"manifest is missing", []string{"sync", filepath.Join(full, "none.csv")}, nil, "no such file"},
		{"manifest is empty", []string{"sync", manifest(t, "")}, nil, "empty"},
		{"validate nothing", []string{"validate"}, nil, "no manifest"},
		{"sandbox limit", []string{"sandbox", "--limit", "fast"}, nil, "--limit"},
		{"sandbox tracks", []string{"sandbox", "--tracks", "5-1"}, nil, "--tracks"},
		{"sandbox address", []string{"sandbox", "--listen", "nowhere:x"}, nil, "--listen"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			env, box := serve(t, sandbox.Config{})
			if tc.env != nil {
				env = tc.env
			}
			got := call{args: tc.args, env: env}.run(t)
			if got.code != exitUsage || !strings.Contains(got.err, tc.says) {
				t.Errorf("exit %d, want %q in\n%s", got.code, tc.says, got.err)
			}
			if strings.Contains(got.err, "secret") || got.out != "" || box.Stats().Requests != 0 {
				t.Errorf("output %q, %d requests\n%s", got.out, box.Stats().Requests, got.err)
			}
		})
	}
}

// Standard input is copied into the run directory.
func TestStandardInputIsKept(t *testing.T) {
	env, box := serve(t, sandbox.Config{})
	out := filepath.Join(t.TempDir(), "run")
	got := call{args: []string{"sync", "--out", out, "-"}, in: threeRows, env: env}.run(t)
	kept, err := os.ReadFile(filepath.Join(out, "stdin-input.csv"))
	if got.code != exitOK || box.Stats().Applied != 3 || err != nil || string(kept) != threeRows {
		t.Errorf("exit %d, %v\n%s", got.code, err, got.err)
	}
}

func TestHelpAndVersion(t *testing.T) {
	for _, args := range [][]string{{}, {"--help"}, {"sync", "--help"}, {"validate", "-h"}, {"pull", "--help"},
		{"schema"}, {"schema", "--help"},
		{"sandbox", "--help"}, {"completion", "bash"}, {"--version"}} {
		got := call{args: args}.run(t)
		if got.code != exitOK || len(got.out) < 20 || got.err != "" {
			t.Errorf("%v: exit %d\n%s\n%s", args, got.code, got.out, got.err)
		}
	}
}
