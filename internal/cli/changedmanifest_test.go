package cli

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"tracksync/internal/run"
	"tracksync/internal/safe"
	"tracksync/internal/terminal"
)

// If a manifest is edited in place during the run, there is no failed.csv. The run
// reports that and does not count as complete.
func TestManifestEditedMeanwhile(t *testing.T) {
	for _, failing := range []bool{true, false} {
		path := manifest(t, "id,volume\n17,40\n18,41\n")
		edit := sync.OnceValue(func() error { return os.WriteFile(path, []byte("id,volume\n17,50\n18,51\n"), 0o600) })
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if err := edit(); err != nil {
				t.Error(err)
			}
			if failing {
				w.WriteHeader(http.StatusUnprocessableEntity)
				_, _ = w.Write([]byte(`{"message":"no"}`))
				return
			}
			_, _ = w.Write([]byte(`{"id":` + filepath.Base(r.URL.Path) + `}`))
		}))
		defer server.Close()
		out := filepath.Join(t.TempDir(), "run")
		env := map[string]string{keyVariable: "key-of-a-test", baseVariable: server.URL + "/v1"}
		got := call{args: []string{"sync", "--yes", "--concurrency", "1", "--out", out, path}, env: env}.run(t)
		summary, err := os.ReadFile(filepath.Join(out, run.SummaryFile))
		if err != nil {
			t.Fatalf("%v\n%s", err, got.err)
		}
		end, code, says := `"end": "completed"`, exitOK, ""
		if failing {
			end, code, says = `"end": "manifest_error"`, exitStopped, "the manifest was changed while the run went on"
		}
		if got.code != code || !strings.Contains(string(summary), end) || !strings.Contains(got.err, says) ||
			failing && !got.says("--resume "+out) {
			t.Errorf("failing %t: exit %d\n%s\n%s", failing, got.code, summary, got.err)
		}
	}
}

// Several joined errors are one line, without \n between them.
func TestJoinedErrorsAreReadable(t *testing.T) {
	var b strings.Builder
	a := &app{log: &terminal.Messages{Logger: zerolog.New(&b), Format: "json"}, flagsRead: true}
	a.sayError(usage(errors.Join(errors.New("one \x1b[m"), errors.New("another")), ""))
	if got := b.String(); !strings.Contains(got, `one \\x1b[m; another`) || strings.Contains(got, `\\n`) {
		t.Errorf("%q", got)
	}
	if got := safe.ErrorLine(errors.Join(errors.New("a"), errors.New("b"))); got != "a; b" {
		t.Error(got)
	}
}
