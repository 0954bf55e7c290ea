package cli

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"tracksync/internal/terminal"
	"tracksync/internal/testkit"
)

// A pull that is stopped writes nothing to standard output, and does not replace the
// file.
func TestPullThatFails(t *testing.T) {
	status := func(code int, body string) func(http.ResponseWriter, int, int) {
		return func(w http.ResponseWriter, _, _ int) { w.WriteHeader(code); _, _ = io.WriteString(w, body) }
	}
	same := func(w http.ResponseWriter, _, _ int) { _, _ = io.WriteString(w, `[{"id":1},{"id":2}]`) }
	holed := func(w http.ResponseWriter, offset, limit int) {
		if offset > 0 {
			w.WriteHeader(422)
			return
		}
		same(w, 0, limit)
	}
	crowded := func(w http.ResponseWriter, offset, limit int) {
		_, _ = io.WriteString(w, "["+strings.Repeat("{},", 1000*limit)+"{}]")
	}
	for _, tc := range []struct {
		name string
		page func(w http.ResponseWriter, offset, limit int)
		code int
		says string
		rows string // with --incomplete
	}{
		{"401", status(401, `{"message":"Authentication token was not recognized."}`), exitKey, "not recognized", ""},
		{"403", status(403, `{"message":"no"}`), exitKey, "forbids", ""},
		{"404", status(404, `{"message":"Not Found"}`), exitStopped,
			"offset 0 could not be read, so some are missing: Not Found", ""},
		{"HTML", status(200, `<html>`), exitStopped, "a proxy may have answered", ""},
		{"503", status(503, ``), exitStopped, "could not be read, so some are missing: 503", ""},
		{"a page is refused", holed, exitStopped, "could not be read, so some are missing: 422", "1,,,,\n2,,,,\n"},
		{"a page without end", crowded, exitStopped, "the page has 10001 tracks", ""},
		{"always the same", same, exitStopped, "the same tracks whatever the offset, so some may be missing\"",
			"1,,,,\n2,,,,\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			env := listing(t, tc.page)
			dir := t.TempDir()
			file := filepath.Join(dir, "tracks.csv")
			if err := os.WriteFile(file, []byte("before"), 0o600); err != nil {
				t.Fatal(err)
			}
			args := []string{"pull", "--rate", "unlimited", "--max-attempts", "1"}
			for _, args := range [][]string{args, append(args, "--output", file)} {
				got := call{args: args, env: env}.run(t)
				if got.code != tc.code || got.out != "" || !strings.Contains(got.err, tc.says) ||
					!strings.Contains(got.err, "nothing was written") {
					t.Errorf("%v: exit %d, output %q, want %q in\n%s", args, got.code, got.out, tc.says, got.err)
				}
			}
			onlyFile(t, file, "before")
			got := call{args: append(args, "--incomplete", "--output", file), env: env}.run(t)
			want, code := "before", tc.code
			if tc.rows != "" {
				want, code = "\ufeffid,name,volume,project_id,#media_url\n"+tc.rows, exitRows
			}
			if got.code != code || !strings.Contains(got.err, tc.says) {
				t.Errorf("--incomplete: exit %d\n%s", got.code, got.err)
			}
			onlyFile(t, file, want)
		})
	}
}

// onlyFile checks that a file is alone in its directory, and checks its content.
func onlyFile(t *testing.T, file, want string) {
	t.Helper()
	names, err := os.ReadDir(filepath.Dir(file))
	b, err2 := os.ReadFile(file)
	if err := errors.Join(err, err2); err != nil || len(names) != 1 || string(b) != want {
		t.Errorf("%v, %v: %q, want %q", err, names, b, want)
	}
}

func TestPullIsInterrupted(t *testing.T) {
	signals := make(chan os.Signal, 2)
	env := listing(t, func(http.ResponseWriter, int, int) {
		signals <- syscall.SIGTERM
		signals <- os.Interrupt // the second cuts off what is in flight
		<-t.Context().Done()
	})
	file := filepath.Join(t.TempDir(), "tracks.csv")
	if err := os.WriteFile(file, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := call{args: []string{"pull", "--output", file, "--rate", "unlimited"}, env: env, signals: signals}.run(t)
	if got.code != exitTerminated || got.out != "" || !strings.Contains(got.err, "interrupted; nothing was written") {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
	onlyFile(t, file, "before")
}

// stuckPipe is a standard output that nobody reads.
type stuckPipe struct {
	reached chan<- os.Signal
	until   <-chan struct{}
}

type brokenPipe struct{}

func TestPullToAPipe(t *testing.T) {
	signals := make(chan os.Signal, 2)
	for _, tc := range []struct {
		name string
		out  io.Writer
		code int
		says string
	}{
		{"that nobody reads", stuckPipe{signals, t.Context().Done()}, exitInterrupted,
			"interrupted; standard output has only a part of it"},
		{"that is closed", brokenPipe{}, exitStopped, "standard output: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			env, _ := serve(t, smallAccount)
			errw := &watched{}
			code := Main([]string{"pull", "--rate", "unlimited"}, terminal.Streams{
				In: strings.NewReader(""), Out: tc.out, Err: errw, Width: func() int { return 80 },
				Getenv: lookingUp(t, env),
			}, signals)
			if code != tc.code || !strings.Contains(errw.String(), tc.says) {
				t.Errorf("exit %d\n%s", code, errw)
			}
		})
	}
}

// If the output is a link, the file that it leads to is replaced.
func TestPullThroughALink(t *testing.T) {
	env, _ := serve(t, smallAccount)
	pull := func(file string) output {
		return call{args: []string{"pull", "--rate", "unlimited", "--output", file}, env: env}.run(t)
	}
	file, link := filepath.Join(t.TempDir(), "tracks.csv"), filepath.Join(t.TempDir(), "link.csv")
	testkit.Symlink(t, file, link)
	if got := pull(link); got.code != exitUsage || !strings.Contains(got.err, "a link to nothing") {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := pull(link); got.code != exitOK {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
	if b, err := os.ReadFile(file); err != nil || !bytes.HasPrefix(b, []byte("\ufeffid,")) {
		t.Errorf("%v: %q", err, b)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode().Type() != os.ModeSymlink {
		t.Errorf("the link was replaced: %v, %v", info, err)
	}
}

// A device or a pipe is not a file and must not be replaced. The test uses a socket,
// which it can lose.
func TestPullToWhatIsNoFile(t *testing.T) {
	env, box := serve(t, smallAccount)
	dir, err := os.MkdirTemp("", "") // a socket's name must be short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	socket := filepath.Join(dir, "s")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Skipf("no sockets here: %v", err)
	}
	defer l.Close()
	got := call{args: []string{"pull", "--rate", "unlimited", "--output", socket}, env: env}.run(t)
	if got.code != exitUsage || !strings.Contains(got.err, "not a regular file") || box.Stats().Requests > 0 {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
	if info, err := os.Lstat(socket); err != nil || info.Mode().IsRegular() {
		t.Errorf("it was replaced: %v, %v", info, err)
	}
}

func TestFormatOfOutput(t *testing.T) {
	for name, want := range map[string]string{
		"": "csv", "-": "csv", "a.csv": "csv", "a.b/c": "csv", "A.TSV": "tsv", "a.tab": "tsv", "a.yaml": "yaml",
		"a.yml":  "yaml",
		"a.json": "json", "a.jsonl": "jsonl", "a.ndjson": "jsonl", "a.txt": "csv",
	} {
		if got, err := (pullOptions{output: name}).outputFormat(); err != nil || string(got) != want {
			t.Errorf("%q: %s, %v", name, got, err)
		}
	}
}

// A workbook is not written to a terminal.
func TestPullWorkbookToTerminal(t *testing.T) {
	env, box := serve(t, smallAccount)
	var out, errw bytes.Buffer
	s := terminal.Streams{Out: &out, Err: &errw, OutTerminal: true, Program: []string{"tracksync"},
		Width: func() int { return 100 }, Getenv: lookingUp(t, env)}
	code := Main([]string{"pull", "--format", "xlsx"}, s, nil)
	if code != exitUsage || !strings.Contains(errw.String(), "--output tracks.xlsx") || box.Stats().Requests > 0 {
		t.Errorf("exit %d, %s", code, errw.String())
	}
}
