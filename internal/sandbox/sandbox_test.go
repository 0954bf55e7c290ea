package sandbox

import (
	"encoding/json"
	"io"
	"log"
	"net/http"
	"strings"
	"testing"
)

// start serves a sandbox on a pipe, for use in a synctest bubble too.
func start(t *testing.T, c Config) (*Sandbox, *http.Client) {
	t.Helper()
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	listener, dial := Pipe()
	server := &http.Server{Handler: s, ErrorLog: log.New(failing{t}, "", 0)}
	done := make(chan error)
	go func() { done <- server.Serve(listener) }()
	transport := &http.Transport{DialContext: dial, MaxIdleConnsPerHost: 100}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; err != http.ErrServerClosed {
			t.Error(err)
		}
	})
	return s, &http.Client{Transport: transport}
}

// failing is where a server complains: of a handler that panicked, say.
type failing struct{ t *testing.T }

func (f failing) Write(b []byte) (int, error) {
	f.t.Errorf("the server says %s", b)
	return len(b), nil
}

// request makes a request with a key; a body makes it JSON.
func request(t *testing.T, method, path, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, "http://sandbox"+path, strings.NewReader(body))
	if err != nil {
		panic(err) // a test that is wrong
	}
	r.Header.Set("X-Api-Key", "write_key")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

// do sends a request and returns the answer, whole. It may be called in any
// goroutine, as it goes on after an error.
func do(t *testing.T, c *http.Client, r *http.Request) (status int, header http.Header, body string) {
	t.Helper()
	res, err := c.Do(r)
	if err != nil {
		t.Error(err)
		return 0, nil, ""
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Error(err)
	}
	return res.StatusCode, res.Header, string(b)
}

// must sends a request that must be answered with a status, and returns the
// body.
func must(t *testing.T, c *http.Client, want int, method, path, body string) string {
	t.Helper()
	status, _, answer := do(t, c, request(t, method, path, body))
	if status != want {
		t.Errorf("%s %s %s: %d %s, want %d", method, path, body, status, answer, want)
	}
	return answer
}

func parse[T any](t *testing.T, body string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return v
}

func all(id int64) bool { return true }
