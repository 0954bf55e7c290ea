package cli

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tracksync/internal/run"
	"tracksync/internal/sandbox"
)

const testKey = "write_test_Key~1"

// call is one call of the command line.
type call struct {
	args     []string
	in       string
	env      map[string]string
	terminal bool   // standard input and error are terminals
	width    int    // of the terminal; 0: 100
	answer   string // on the controlling terminal
	signals  chan os.Signal
	onErr    func(text string) // called with everything on standard error so far
	onEnv    func(name string) // called before a variable is looked up
}

type output struct {
	code     int
	out, err string
}

// says reports whether messages have a text: a path, for example, in words or in JSON.
func (o output) says(text string) bool {
	return strings.Contains(o.err, text) || strings.Contains(o.err, strings.ReplaceAll(text, `\`, `\\`))
}

// lookingUp reads env, with a place for the locks of this test.
func lookingUp(t testing.TB, env map[string]string) func(string) string {
	locks := t.TempDir()
	return func(name string) string {
		if name == run.LockVariable && env[name] == "" {
			return locks
		}
		return env[name]
	}
}

// watched is a standard error that somebody watches.
type watched struct {
	mu sync.Mutex
	b  bytes.Buffer
	on func(string)
}

// serve starts a sandbox on loopback and returns the environment for it.
func serve(t *testing.T, c sandbox.Config) (map[string]string, *sandbox.Sandbox) {
	t.Helper()
	env, box, _ := serveWatched(t, c)
	return env, box
}

// serveWatched is serve with a channel that tells of each request that came, up to
// a thousand of them.
func serveWatched(t *testing.T, c sandbox.Config) (map[string]string, *sandbox.Sandbox, <-chan struct{}) {
	t.Helper()
	if c.Exists == nil {
		c.Exists = func(int64) bool { return true }
	}
	box, err := sandbox.New(c)
	if err != nil {
		t.Fatal(err)
	}
	came := make(chan struct{}, 1000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case came <- struct{}{}:
		default:
		}
		box.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return environment(server.URL), box, came
}

func environment(url string) map[string]string {
	return map[string]string{keyVariable: testKey, baseVariable: url + "/v1"}
}

func manifest(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tracks.csv")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const threeRows = "id,volume\n1,10\n2,20\n3,30\n"
