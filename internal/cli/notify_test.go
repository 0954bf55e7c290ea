package cli

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tracksync/internal/run"
	"tracksync/internal/runs"
	"tracksync/internal/sandbox"
)

const hookPath = "/services/T0000/B1111/sEcReT-of-the-chat"

// chat is a webhook that answers with a status, and the texts that it got.
func chat(t *testing.T, status int) (hook string, texts *[]string) {
	t.Helper()
	texts = new([]string)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var message map[string]string
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = json.Unmarshal(body, &message)
		}
		if err != nil || r.Method != http.MethodPost || r.URL.Path != hookPath || len(message) != 1 ||
			r.Header.Get("Content-Type") != "application/json" || r.Header.Get("X-Api-Key") != "" {
			t.Errorf("%s %s: %s (%v)", r.Method, r.URL, body, err)
		}
		*texts = append(*texts, message["text"])
		w.Header().Set("Location", hookPath)
		w.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	return server.URL + hookPath, texts
}

// notices runs sync in a run directory, and checks that nothing there or said names the webhook.
func notices(t *testing.T, name string, c call) output {
	t.Helper()
	c.args = append([]string{"sync", "--yes", "--log-level", "debug", "--out", name}, c.args...)
	got := c.run(t)
	texts := map[string]string{"standard output": got.out, "standard error": got.err}
	for _, dir := range []string{name, run.DefaultPlace, filepath.Join(run.DefaultPlace, runs.OutcomesDir)} {
		entries, _ := os.ReadDir(dir) // a run that could not start has none
		for _, e := range entries {
			if text, err := os.ReadFile(filepath.Join(dir, e.Name())); err == nil {
				texts[e.Name()] = string(text)
			}
		}
	}
	for what, text := range texts {
		if strings.Contains(text, "sEcReT") || strings.Contains(text, "--notify") {
			t.Errorf("%s of %s: %.2000s", what, name, text)
		}
	}
	return got
}

// A failure is told, also that of a run that could not start, and that it is over. Success after
// success is not, unless it is asked for.
func TestNotify(t *testing.T) {
	t.Chdir(t.TempDir())
	file := manifest(t, threeRows)
	hook, texts := chat(t, http.StatusOK)
	fail := map[int64]int{}
	box, _ := serve(t, sandbox.Config{Fail: fail}) // the same job with and without failures
	for i, tc := range []struct {
		name  string
		fails bool
		rows  string
		args  []string
		code  int
		says  string // "": nothing
	}{
		{"first", false, threeRows, nil, exitOK, ""},
		{"fails", true, threeRows, nil, exitRows, "✗ tracksync: completed (exit code 1): 1 of 3 rows is not as the manifest says\n"},
		{"fails-again", true, threeRows, nil, exitRows, "• 1 row: not_found: "},
		{"fails-as-before", true, threeRows, []string{"--notify-on", "change"}, exitRows, ""},
		{"is-well-again", false, threeRows, nil, exitOK, "✓ tracksync: completed (the run before: exit code 1): all 3 rows are"},
		{"is-well", false, threeRows, nil, exitOK, ""},
		{"every-run", false, threeRows, []string{"--notify-on", "always"}, exitOK, "✓ tracksync: completed: all 3 rows are"},
		{"changes", true, threeRows, []string{"--notify-on", "change"}, exitRows, "✗ tracksync"},
		{"broken", false, "id,volume\n1,140\n2,x\n", nil, exitUsage,
			"✗ tracksync: not started (exit code 2), nothing was sent\n" + file + ":2:3 (B2, volume): volume 140"},
		{"whole-again", false, threeRows, nil, exitOK, "✓ tracksync: completed (the run before: exit code 2)"},
		{"flag", false, threeRows, []string{"--rate", "x"}, exitUsage, "✗ tracksync: not started (exit code 2)"},
		{"no-flag", false, threeRows, []string{"--rat"}, exitUsage, "not started (exit code 2), nothing was sent\nunknown flag: --rat\n"},
		{"first", false, threeRows, nil, exitUsage, "not empty"},
		{"time", false, threeRows, []string{"--deadline", "1ns"}, exitTimeUp, "not started (exit code 7)"},
	} {
		*texts = nil
		if clear(fail); tc.fails {
			fail[2] = 404
		}
		if err := os.WriteFile(file, []byte(tc.rows), 0o600); err != nil {
			t.Fatal(err)
		}
		c := call{env: maps.Clone(box), args: append([]string{file}, tc.args...)}
		if c.env[notifyVariable] = hook; i%2 == 1 {
			c.env[notifyVariable] = ""
			c.args = append([]string{"--notify", hook}, c.args...)
		}
		if got := notices(t, tc.name, c); got.code != tc.code {
			t.Errorf("%s: exit %d\n%s", tc.name, got.code, got.err)
		}
		if said := strings.Join(*texts, "|"); (said == "") != (tc.says == "") || !strings.Contains(said, tc.says) ||
			len(*texts) > 1 {
			t.Errorf("%s: said %q, want %q", tc.name, *texts, tc.says)
		}
	}
}

// What was stopped and then resumed with success is over.
func TestNotifyResumed(t *testing.T) {
	t.Chdir(t.TempDir())
	hook, texts := chat(t, http.StatusOK)
	fail := map[int64]int{1: 401}
	env, _ := serve(t, sandbox.Config{Fail: fail})
	env[notifyVariable] = hook
	if got := notices(t, "run", call{env: env, args: []string{manifest(t, threeRows)}}); got.code != exitKey {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	clear(fail)
	if got := (call{env: env, args: []string{"sync", "--yes", "--resume", "run"}}).run(t); got.code != exitOK {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	if len(*texts) != 2 || !strings.Contains((*texts)[0], "exit code 4") ||
		!strings.Contains((*texts)[1], "✓ tracksync: completed (the run before: exit code 4)") {
		t.Errorf("%q", *texts)
	}
}

// Somebody at the terminal sees that a run could not start, and the outcome before the chat has it.
func TestNotifyAtTheTerminal(t *testing.T) {
	t.Chdir(t.TempDir())
	hook, texts := chat(t, http.StatusInternalServerError)
	env := map[string]string{notifyVariable: hook}
	got := call{env: env, terminal: true, args: []string{"sync", "--sandbox", "missing.csv"}}.run(t)
	if got.code != exitUsage || len(*texts) != 0 {
		t.Errorf("exit %d, said %q", got.code, *texts)
	}
	got = notices(t, "run", call{env: env, terminal: true, args: []string{"--sandbox", "--notify-on", "always", manifest(t, threeRows)}})
	outcome, warning := strings.Index(got.err, "all 3 rows are"), strings.Index(got.err, "could not be sent")
	if got.code != exitOK || len(*texts) != 1 || outcome < 0 || warning < outcome {
		t.Errorf("exit %d, said %q\n%s", got.code, *texts, got.err)
	}
}

// A webhook that does not take the notice changes no exit code, and the last line of a log is still
// the outcome.
func TestNotifyFails(t *testing.T) {
	t.Chdir(t.TempDir())
	file := manifest(t, threeRows)
	check := func(name, hook string, env map[string]string, code int, says string) {
		t.Helper()
		got := notices(t, name, call{env: env, args: []string{file, "--notify=" + hook, "--notify-on", "always"}})
		lines := strings.Split(strings.TrimSpace(got.err), "\n")
		if got.code != code || !strings.Contains(got.err, "could not be sent to 127.0.0.1:") || !strings.Contains(got.err, says) ||
			strings.Contains(lines[len(lines)-1], "could not be sent") {
			t.Errorf("%s: exit %d\n%s", name, got.code, got.err)
		}
	}
	good, _ := serve(t, sandbox.Config{})
	bad, _ := serve(t, sandbox.Config{Fail: map[int64]int{2: 404}})
	hook, texts := chat(t, http.StatusNotFound)
	check("refused", hook, good, exitOK, "404 Not Found")
	check("refused-failure", hook, bad, exitRows, "404 Not Found")
	if len(*texts) != 2 {
		t.Errorf("%d requests", len(*texts))
	}
	gone := httptest.NewServer(nil)
	hook = gone.URL + hookPath
	gone.Close()
	check("gone", hook, good, exitOK, "")
}

// A signal ends the wait for a chat that does not answer.
func TestSignalEndsNotice(t *testing.T) {
	t.Chdir(t.TempDir())
	signals := make(chan os.Signal, 1)
	deaf := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then the server notices that the client is gone
		signals <- os.Interrupt
		<-r.Context().Done()
	}))
	defer deaf.Close()
	env, _ := serve(t, sandbox.Config{})
	got := notices(t, "run", call{env: env, signals: signals,
		args: []string{manifest(t, threeRows), "--notify", deaf.URL + hookPath, "--notify-on", "always"}})
	if got.code != exitOK || !strings.Contains(got.err, "could not be sent to 127.0.0.1:") ||
		!strings.Contains(got.err, "interrupted") {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
}

// A run in a place where nothing can be kept says so, and goes on.
func TestOutcomeNotKept(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.MkdirAll(run.DefaultPlace, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(run.DefaultPlace, runs.OutcomesDir), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	hook, _ := chat(t, http.StatusOK)
	env, _ := serve(t, sandbox.Config{})
	env[notifyVariable] = hook
	got := notices(t, "run", call{env: env, args: []string{manifest(t, threeRows)}})
	if got.code != exitOK || !strings.Contains(got.err, "the next run will not know how this one ended") {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
}

// A URL that is none is not repeated, wherever it was given.
func TestNotifyURLs(t *testing.T) {
	t.Chdir(t.TempDir())
	file := manifest(t, threeRows)
	for _, hook := range []string{"sEcReT-of-the-chat", "http://hooks.example.com" + hookPath, "ftp://x" + hookPath,
		"https://me:sEcReT@hooks.example.com/", "https://" + hookPath, "https://a b/sEcReT", "https://h/%zzsEcReT",
		"http://hooks.example.com/sEcReT0"} {
		for _, args := range [][]string{{"--notify", hook}, {"--notify=" + hook}, nil} {
			env := map[string]string{}
			if args == nil {
				env[notifyVariable] = hook
			}
			got := call{args: append([]string{"sync", "--sandbox", file}, args...), env: env}.run(t)
			if got.code != exitUsage || strings.Contains(got.err+got.out, "sEcReT") || !strings.Contains(got.err, "--notify") {
				t.Errorf("%s: exit %d\n%s", hook, got.code, got.err)
			}
		}
	}
	for _, args := range [][]string{
		{"--notify-on", "https://hooks.example.com" + hookPath},
		{"--notify-on=https://hooks.example.com" + hookPath},
		{"--notfy=https://hooks.example.com" + hookPath},
		{"--notify-on", "hooks.example.com/sEcReT"},
	} {
		got := call{args: append([]string{"sync", "--sandbox", file}, args...)}.run(t)
		if got.code != exitUsage || strings.Contains(got.err+got.out, "sEcReT") {
			t.Errorf("%v: exit %d\n%s", args, got.code, got.err)
		}
	}
	got := call{args: []string{"sync", "--sandbox", file, "--notify-on", "never"}}.run(t)
	if got.code != exitUsage || !strings.Contains(got.err, "never") || !strings.Contains(got.err, "use fail, change or always") {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
}

// While a chat takes its time, the next run may start, and knows how this one ended.
func TestNextRunNeedsNoChat(t *testing.T) {
	t.Chdir(t.TempDir())
	file := manifest(t, threeRows)
	fail := map[int64]int{2: 404}
	env, _ := serve(t, sandbox.Config{Fail: fail})
	env[run.LockVariable] = t.TempDir()
	hook, texts := chat(t, http.StatusOK)
	next := maps.Clone(env)
	next[notifyVariable] = hook
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		clear(fail)
		if got := notices(t, "next", call{env: next, args: []string{file}}); got.code != exitOK {
			t.Errorf("the next run: exit %d\n%s", got.code, got.err)
		}
	}))
	defer slow.Close()
	env[notifyVariable] = slow.URL + hookPath
	if got := notices(t, "run", call{env: env, args: []string{file}}); got.code != exitRows {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
	if len(*texts) != 1 || !strings.Contains((*texts)[0], "✓ tracksync: completed (the run before: exit code 1)") {
		t.Errorf("said %q", *texts)
	}
	got := notices(t, "last", call{env: next, args: []string{file}})
	if got.code != exitOK || len(*texts) != 1 {
		t.Errorf("exit %d, said %q\n%s", got.code, *texts, got.err)
	}
}
