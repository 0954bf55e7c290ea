package run

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
	engine "tracksync/sync"
)

// metricsOf are the metrics in a file, by name and the labels after the first.
func metricsOf(t *testing.T, path string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^tracksync_(\w+)\{name="nightly"(.*)\} (\S+)$`).FindAllStringSubmatch(
		string(text), -1) {
		all[m[1]+m[2]] = m[3]
	}
	return all
}

func withMetrics(t *testing.T, a *account) Config {
	t.Helper()
	c := configure(t, a, fourRows)
	c.MetricsFile = filepath.Join(t.TempDir(), "nightly.prom")
	return c
}

func seconds(at time.Time) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", float64(at.UnixMilli())/1000), "0"), ".")
}

// Metrics are written when a run begins, every 15 seconds, and at its end.
func TestMetricsWhileARunGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := withMetrics(t, &account{takes: 11 * time.Second})
		begun := time.Now()
		got := map[int]map[string]string{}
		_, w := makeRun(t, c, nil, func(_ *Run, r track.Result) {
			synctest.Wait()
			got[r.Row] = metricsOf(t, c.MetricsFile)
		})
		for row, want := range map[int]struct {
			updated  string
			at, most time.Duration
		}{1: {"0", 0, 0}, 2: {"1", 15 * time.Second, 17 * time.Second}, 3: {"2", 30 * time.Second, 32 * time.Second},
			4: {"2", 30 * time.Second, 32 * time.Second}} {
			m := got[row]
			if m["run_in_progress"] != "1" || m["manifest_rows"] != "4" || m[`rows,status="updated"`] != want.updated ||
				m["run_start_timestamp_seconds"] != seconds(begun) {
				t.Errorf("at row %d: %v", row, m)
			}
			at := m["heartbeat_timestamp_seconds"]
			if at < seconds(begun.Add(want.at)) || at > seconds(begun.Add(want.most)) {
				t.Errorf("at row %d the file is of %s", row, at)
			}
			if _, ended := m["last_exit_code"]; ended {
				t.Errorf("an exit code before any run has ended: %v", m)
			}
		}
		m := metricsOf(t, c.MetricsFile)
		for name, want := range map[string]string{
			"run_in_progress": "0", `rows,status="updated"`: "4", `requests,code="200"`: "4", "last_exit_code": "0",
			"run_duration_seconds":           "44",
			"last_end_timestamp_seconds":     seconds(begun.Add(44 * time.Second)),
			"last_success_timestamp_seconds": seconds(begun.Add(44 * time.Second)),
		} {
			if m[name] != want {
				t.Errorf("%s is %s, want %s", name, m[name], want)
			}
		}
		if len(w.warnings) > 0 {
			t.Error(w.warnings)
		}
	})
}

// A run that fails or is stopped leaves the time of the last success as it was, and so does
// one that goes on.
func TestMetricsKeepTheLastSuccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &account{takes: time.Second} // so that there are rows left when it is stopped
		c := withMetrics(t, a)
		makeRun(t, c, nil, nil)
		success := metricsOf(t, c.MetricsFile)["last_success_timestamp_seconds"]
		if success != seconds(time.Now()) {
			t.Fatalf("%q", success)
		}
		for _, tc := range []struct {
			code string
			stop bool
		}{{"1", false}, {"3", true}, {"1", false}} {
			before := metricsOf(t, c.MetricsFile)
			time.Sleep(time.Hour)
			a.refuse = func(track.ID) *api.Error {
				return &api.Error{Class: api.Permanent, Code: "no", Message: "no", Status: 422, Decides: true}
			}
			again := configure(t, a, fourRows)
			again.MetricsFile = c.MetricsFile
			makeRun(t, again, nil, func(r *Run, _ track.Result) {
				m := metricsOf(t, c.MetricsFile)
				if m["last_exit_code"] != before["last_exit_code"] || m["last_success_timestamp_seconds"] != success {
					t.Errorf("while it runs: %v", m)
				}
				if tc.stop {
					r.Stop(engine.Interrupted, "stopped")
				}
			})
			m := metricsOf(t, c.MetricsFile)
			if m["last_exit_code"] != tc.code || m["last_success_timestamp_seconds"] != success || m["run_in_progress"] != "0" {
				t.Errorf("after exit code %s: %v", tc.code, m)
			}
		}
	})
}

// Metrics that cannot be written are a warning, once, and the run is what it would have been.
func TestMetricsThatCannotBeWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := withMetrics(t, &account{takes: 20 * time.Second})
		if err := os.Remove(filepath.Dir(c.MetricsFile)); err != nil {
			t.Fatal(err)
		}
		o, w := makeRun(t, c, nil, nil)
		if o.Summary.ExitCode != 0 || len(o.Faults) > 0 {
			t.Errorf("exit code %d, %v", o.Summary.ExitCode, o.Faults)
		}
		if len(w.warnings) != 1 || w.warnings[0].Kind != MetricsUnsaved ||
			!strings.Contains(w.warnings[0].Err.Error(), "nightly.prom") {
			t.Errorf("%v", w.warnings)
		}
	})
}

// What cannot be read is replaced, and said.
func TestMetricsThatCannotBeRead(t *testing.T) {
	c := withMetrics(t, &account{})
	if err := os.WriteFile(c.MetricsFile, make([]byte, maxMetrics+1), 0o600); err != nil {
		t.Fatal(err)
	}
	_, w := makeRun(t, c, nil, nil)
	if len(w.warnings) != 1 || w.warnings[0].Kind != MetricsLost {
		t.Errorf("%v", w.warnings)
	}
	if m := metricsOf(t, c.MetricsFile); m["last_exit_code"] != "0" {
		t.Error(m)
	}
}

// The node exporter, another user, can read the file.
func TestMetricsAreForAll(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such permissions")
	}
	c := withMetrics(t, &account{})
	makeRun(t, c, nil, nil)
	info, err := os.Stat(c.MetricsFile)
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if left := contents(t, filepath.Dir(c.MetricsFile)); len(left) != 1 {
		t.Errorf("%v", left)
	}
}

// A name of the file that holds a secret does not spread it.
func TestMetricsHideSecrets(t *testing.T) {
	c := withMetrics(t, &account{})
	c.MetricsFile = filepath.Join(t.TempDir(), "write_secret1234.prom")
	c.Hidden.Add("write_secret1234")
	makeRun(t, c, nil, nil)
	if text, err := os.ReadFile(c.MetricsFile); err != nil || strings.Contains(string(text), "write_secret") {
		t.Errorf("%v: %s", err, text)
	}
}
