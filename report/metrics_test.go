package report

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"tracksync/internal/testkit"
	"tracksync/internal/track"
)

// metricsRun is a run that has ended with an exit code.
func metricsRun(code int) Metrics {
	s := runOf(ofEachStatus(), "tracks.csv").Summary
	s.ExitCode, s.Requests, s.ByHTTPStatus = code, 12, map[int]int{429: 2, 200: 5, 422: 4}
	s.Pace.Learned = &Learned{Kind: "rate", RatePerS: 9.875}
	return Metrics{Name: "nightly", Summary: s, Now: s.EndedAt.Add(time.Second)}
}

func metricsText(t *testing.T, m Metrics) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteMetrics(&b, m); err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`^(# HELP tracksync_[a-z_]+ [A-Z1].*\.|# TYPE tracksync_[a-z_]+ gauge|` +
		`tracksync_[a-z_]+\{name="(?:[^"\\\n]|\\[\\n"])*"(?:,(?:status|code)="[a-z_0-9]+")?\} [0-9]+(?:\.[0-9]+)?)\n$`)
	for got := range strings.Lines(b.String()) {
		if !line.MatchString(got) {
			t.Errorf("not a line of metrics: %q", got)
		}
	}
	return b.String()
}

// value is the line of a metric without labels; "" if there is none.
func metricLine(text, name string) string {
	return regexp.MustCompile(`(?m)^` + name + `\{.*$`).FindString(text)
}

func TestMetricsOfASuccess(t *testing.T) {
	text := metricsText(t, metricsRun(0))
	testkit.Golden(t, "testdata/404-metrics-ended.prom", []byte(text))
}

// A run that goes on keeps how the last one ended, and says nothing of its own end.
func TestMetricsWhileRunning(t *testing.T) {
	m := metricsRun(0)
	m.Running, m.Before = true, KeepMetrics([]byte(metricsText(t, metricsRun(0))))
	m.Summary.StartedAt, m.Summary.EndedAt = began.Add(time.Hour), began.Add(time.Hour+15*time.Second)
	m.Now, m.Summary.ExitCode, m.Summary.Pace.Learned = m.Summary.EndedAt, 3, nil
	testkit.Golden(t, "testdata/405-metrics-running.prom", []byte(metricsText(t, m)))
}

// A run that fails keeps when one last succeeded, over any number of failures. It replaces
// the rest, also the limit if it met none.
func TestMetricsOfFailures(t *testing.T) {
	first := metricsText(t, metricsRun(0))
	text := first
	for range 3 {
		m := metricsRun(4)
		m.Before = KeepMetrics([]byte(text))
		m.Summary.EndedAt, m.Summary.Pace.Learned = m.Summary.EndedAt.Add(24*time.Hour), nil
		text = metricsText(t, m)
	}
	if got, want := metricLine(text, metricSuccess), metricLine(first, metricSuccess); got != want || want == "" {
		t.Errorf("last success: %q, want %q", got, want)
	}
	for name, want := range map[string]string{
		metricExitCode:  metricExitCode + `{name="nightly"} 4`,
		metricEnd:       metricEnd + `{name="nightly"} 1795532657.345`,
		metricRateLimit: "",
	} {
		if got := metricLine(text, name); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if text := metricsText(t, metricsRun(1)); metricLine(text, metricSuccess) != "" {
		t.Error("a success that never was")
	}
}

func TestMetricsOfConcurrency(t *testing.T) {
	m := metricsRun(0)
	m.Summary.Pace.Learned = &Learned{Kind: "concurrency", Count: 8, RatePerS: 100}
	text := metricsText(t, m)
	if got := metricLine(text, metricConcurrency); !strings.HasSuffix(got, " 8") || metricLine(text, metricRateLimit) != "" {
		t.Errorf("%q", text)
	}
}

// Nothing in a foreign or damaged file is taken over.
func TestKeepMetricsOfOtherFiles(t *testing.T) {
	for _, file := range []string{
		"", "\x00\xff{}\n", "node_boot_time_seconds 5\n", metricSuccess + "\n", metricSuccess + "{\n", metricSuccess + "} 5\n",
		metricSuccess + "{} NaN\n", metricSuccess + "{} -1\n", metricSuccess + "{} +Inf\n", metricSuccess + "{} 1e400\n",
		metricSuccess + "{} 5 6\n", "tracksync_rows{} 5\n", strings.Repeat("{", 1000),
	} {
		if kept := KeepMetrics([]byte(file)); len(kept) > 0 {
			t.Errorf("%q: %v", file, kept)
		}
	}
	if kept := KeepMetrics([]byte(metricSuccess + `{name="a}b"} 1.7e9` + "\r\n")); kept[metricSuccess] != "1700000000" {
		t.Error(kept)
	}
}

func FuzzKeepMetrics(f *testing.F) {
	f.Add([]byte(metricSuccess + "{} 5\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		m := metricsRun(1)
		m.Before = KeepMetrics(file)
		text := metricsText(t, m) // checks every line
		for name, value := range KeepMetrics([]byte(text)) {
			if name == metricSuccess && value != m.Before[name] {
				t.Errorf("%s is %s, and was %s", name, value, m.Before[name])
			}
		}
	})
}

func TestHostileMetrics(t *testing.T) {
	m := metricsRun(0)
	m.Name = "a\"} 1\nb{c=\"\\\xff"
	metricsText(t, m)
}

func TestMetricsWriteErrors(t *testing.T) {
	if err := WriteMetrics(&full{10}, metricsRun(0)); !errors.Is(err, errFull) {
		t.Error(err)
	}
}

// Every status is there, also when no row has it: a series that comes and goes is hard to
// draw and to alert on.
func TestMetricsHaveEveryStatus(t *testing.T) {
	m := metricsRun(0)
	m.Summary.Totals = nil
	text := metricsText(t, m)
	for _, s := range track.Statuses() {
		if !strings.Contains(text, `status="`+string(s)+`"} 0`) {
			t.Errorf("no %s in %s", s, text)
		}
	}
}
