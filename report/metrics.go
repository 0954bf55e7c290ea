package report

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"tracksync/internal/track"
)

// Metrics are what monitoring gets to know of a run, while it goes on and when it has ended.
type Metrics struct {
	Name    string // of the file, which tells the metrics of several files apart
	Summary Summary
	Now     time.Time   // when this is written
	Running bool        // Summary counts what has happened so far
	Before  MetricsKept // from the file that was there
}

// MetricsKept are lines of an earlier file that stay true until a run has ended: how the last
// run ended, and when one last succeeded. The zero value has none.
type MetricsKept map[string]string

// metric is one name and its samples.
type metric struct {
	name, help string
	samples    []sample // none: the metric is left out
}

type sample struct {
	label, labelled string // a label and its value; "": none
	value           float64
}

// ofLastRun names the metrics about the last run that has ended. A run that goes on keeps them.
var ofLastRun = []string{metricEnd, metricExitCode, metricRateLimit, metricConcurrency}

const (
	metricEnd         = "tracksync_last_end_timestamp_seconds"
	metricSuccess     = "tracksync_last_success_timestamp_seconds"
	metricExitCode    = "tracksync_last_exit_code"
	metricRateLimit   = "tracksync_limit_requests_per_second"
	metricConcurrency = "tracksync_limit_concurrent_requests"
)

// WriteMetrics writes metrics in the text format of Prometheus, as the textfile collector of
// the node exporter reads it.
func WriteMetrics(w io.Writer, m Metrics) error {
	out := bufio.NewWriter(w)
	for _, metric := range m.list() {
		kept := m.kept(metric.name)
		if len(metric.samples) == 0 && kept == "" {
			continue
		}
		fmt.Fprintf(out, "# HELP %s %s\n# TYPE %[1]s gauge\n", metric.name, metric.help)
		if len(metric.samples) == 0 {
			fmt.Fprintf(out, "%s{name=\"%s\"} %s\n", metric.name, labelText(m.Name), kept)
		}
		for _, s := range metric.samples {
			fmt.Fprintf(out, "%s{name=\"%s\"", metric.name, labelText(m.Name))
			if s.label != "" {
				fmt.Fprintf(out, ",%s=\"%s\"", s.label, labelText(s.labelled))
			}
			fmt.Fprintf(out, "} %s\n", number(s.value))
		}
	}
	return out.Flush()
}

// kept is the value of a metric in the earlier file, if it is still true; "": there is none.
func (m Metrics) kept(name string) string {
	if name == metricSuccess || m.Running && slices.Contains(ofLastRun, name) {
		return m.Before[name]
	}
	return ""
}

// list is every metric, in the order of the file.
func (m Metrics) list() []metric {
	s := m.Summary
	return append([]metric{
		{"tracksync_run_in_progress", "1 while a run goes on, otherwise 0.", one(truth(m.Running))},
		{"tracksync_heartbeat_timestamp_seconds", "When this was written; a run does so every 15 seconds.",
			one(unix(m.Now))},
		{"tracksync_run_start_timestamp_seconds", "When the run started.", one(unix(s.StartedAt))},
		{"tracksync_run_duration_seconds", "How long the run has taken, without the time between its sessions.",
			one(s.DurationS)},
		{"tracksync_manifest_rows", "Rows of the manifests.", one(float64(s.Rows))},
		{"tracksync_rows", "Rows of the run by status, as far as they have ended.", rowSamples(s.Totals)},
		{"tracksync_requests", "Requests of the run by HTTP status; none: there was no answer.", requestSamples(s.Traffic)},
	}, m.last()...)
}

// last is the metrics about the last run that has ended.
func (m Metrics) last() []metric {
	end := metric{metricEnd, "When the last run that has ended did so.", nil}
	success := metric{metricSuccess, "When a run last ended with exit code 0.", nil}
	code := metric{metricExitCode, "Exit code of the last run that has ended.", nil}
	rate := metric{metricRateLimit, "The limit of the API that the last run learned.", nil}
	concurrency := metric{metricConcurrency, "The limit of concurrent requests that the last run learned.", nil}
	if s := m.Summary; !m.Running {
		end.samples, code.samples = one(unix(s.EndedAt)), one(float64(s.ExitCode))
		if s.ExitCode == 0 {
			success.samples = one(unix(s.EndedAt))
		}
		if l := s.Pace.Learned; l != nil && l.Kind == "concurrency" {
			concurrency.samples = one(float64(l.Count))
		} else if l != nil && l.RatePerS > 0 {
			rate.samples = one(l.RatePerS)
		}
	}
	return []metric{end, success, code, rate, concurrency}
}

func rowSamples(totals Totals) (list []sample) {
	for _, status := range track.Statuses() {
		list = append(list, sample{"status", string(status), float64(totals[status])})
	}
	return list
}

func requestSamples(t Traffic) (list []sample) {
	lost := t.Requests
	for _, code := range slices.Sorted(maps.Keys(t.ByHTTPStatus)) {
		list = append(list, sample{"code", strconv.Itoa(code), float64(t.ByHTTPStatus[code])})
		lost -= t.ByHTTPStatus[code]
	}
	return append(list, sample{"code", "none", float64(lost)})
}

func one(value float64) []sample { return []sample{{value: value}} }

func unix(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// number never has an exponent: people read the file too.
func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// labelText is the value of a label, escaped.
func labelText(s string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`).Replace(strings.ToValidUTF8(s, "\ufffd"))
}

// KeepMetrics finds in an earlier file what stays true. Lines that are none of WriteMetrics
// are ignored.
func KeepMetrics(file []byte) MetricsKept {
	kept := MetricsKept{}
	for line := range bytes.Lines(file) {
		name, _, labelled := strings.Cut(string(line), "{")
		if !labelled || name != metricSuccess && !slices.Contains(ofLastRun, name) {
			continue
		}
		text := strings.TrimSpace(string(line[bytes.LastIndexByte(line, '}')+1:]))
		if value, err := strconv.ParseFloat(text, 64); err == nil && value >= 0 && value < 1e12 {
			kept[name] = number(value)
		}
	}
	return kept
}
