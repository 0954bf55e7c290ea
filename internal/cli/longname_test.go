package cli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tracksync/internal/run"
)

// A track with a name of any length stops neither a run nor its resumption. The name is
// cut where it is shown.
func TestNamesOfAnyLength(t *testing.T) {
	for _, tc := range []struct{ name, letter, json string }{
		{"letters", "x", "x"},
		{"what JSON escapes", "\x01", `\u0001`},
		{"what cannot be seen", "\u202e", "\u202e"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			long := strings.Repeat(tc.json, (1<<20-1000)/len(tc.json)) // an answer may have a megabyte
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				id := filepath.Base(r.URL.Path)
				name := "Rain"
				if id != "1" {
					name = long
				}
				_, _ = fmt.Fprintf(w, `{"id":%s,"name":"%s","volume":7}`, id, name)
			}))
			defer server.Close()
			out := filepath.Join(t.TempDir(), "run")
			var rows strings.Builder
			rows.WriteString("id,name,volume\n")
			for id := 1; id <= 3; id++ {
				fmt.Fprintf(&rows, "%d,Rain,7\n", id)
			}
			env := environment(server.URL)
			first := call{args: []string{"sync", "--yes", "--undo", "--rate", "unlimited", "--out", out,
				manifest(t, rows.String())}, env: env}.run(t)
			again := call{args: []string{"sync", "--yes", "--resume", out}, env: env}.run(t)
			for _, got := range []output{first, again} {
				if got.code != exitRows || !strings.Contains(got.err, `"updated":1,"not_applied":2`) ||
					len(got.err) > 60_000 {
					t.Errorf("exit %d\n%.3000s", got.code, got.err)
				}
			}
			failed, err := os.ReadFile(filepath.Join(out, run.FailedFile))
			if err != nil || strings.Count(string(failed), "\n") != 3 || len(failed) > 20_000 {
				t.Errorf("%d bytes, %v", len(failed), err)
			}
		})
	}
}
