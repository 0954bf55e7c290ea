package cli

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tracksync/internal/run"
	"tracksync/internal/sandbox"
	"tracksync/report"
)

// A run whose statistics cannot be saved still succeeds.
func TestStatisticsThatCannotBeSaved(t *testing.T) {
	box, err := sandbox.New(sandbox.Config{IDs: []int64{17, 18}})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "run")
	spoil := sync.OnceValue(func() error {
		file := filepath.Join(dir, run.StatsFile)
		if err := os.Remove(file); err != nil {
			return err
		}
		return os.MkdirAll(filepath.Join(file, "in the way"), 0o700)
	})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := spoil(); err != nil {
			t.Error(err)
		}
		box.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	got := call{args: []string{"sync", "--yes", "--out", dir, manifest(t, "id,volume\n17,5\n18,6\n")},
		env: environment(server.URL)}.run(t)
	if got.code != exitOK || strings.Count(got.err, "statistics could not be saved") != 1 ||
		strings.Contains(got.err, `"error"`) {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
	b, err := os.ReadFile(filepath.Join(dir, run.SummaryFile))
	var s report.Summary
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	if err != nil || s.ExitCode != exitOK || s.End != "completed" || s.Totals["updated"] != 2 {
		t.Errorf("%v\n%s", err, b)
	}
}
