package run

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"tracksync/internal/safe"
	"tracksync/report"
)

// MetricsSuffix is what the name of a file of metrics must end in: the node exporter reads no
// other file.
const MetricsSuffix = ".prom"

// maxMetrics is the most bytes that are read of an earlier file of metrics.
const maxMetrics = 1 << 20

// metricsFile is the file of metrics. nil: there is none.
type metricsFile struct {
	path   string
	name   string             // what the metrics are called, after the file
	before report.MetricsKept // from the file that was there
	err    error              // the first error of save
	warned bool               // the error has been taken
}

// openMetrics reads what an earlier run has left in the file of metrics. An error is about
// that run; the file can be written nevertheless.
func openMetrics(path string, hidden *safe.Secrets) (*metricsFile, error) {
	if path == "" {
		return nil, nil
	}
	m := &metricsFile{path: path, name: hidden.Text(strings.TrimSuffix(filepath.Base(path), MetricsSuffix))}
	text, err := safe.ReadFile(path, maxMetrics)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("read %s: %w", path, err)
	}
	m.before = report.KeepMetrics(text)
	return m, nil
}

// encode makes the text of the file.
func (m *metricsFile) encode(s report.Summary, now time.Time, running bool) []byte {
	var text bytes.Buffer
	_ = report.WriteMetrics(&text, report.Metrics{
		Name: m.name, Summary: s, Now: now, Running: running, Before: m.before,
	}) // a buffer has no errors
	return text.Bytes()
}

// save replaces the file. The node exporter is another user, and may read it.
func (m *metricsFile) save(text []byte) {
	err := safe.WriteForAll(m.path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
	if m.err == nil {
		m.err = err
	}
}

// takeError returns the first error of save, once.
func (m *metricsFile) takeError() error {
	if m == nil || m.err == nil || m.warned {
		return nil
	}
	m.warned = true
	return m.err
}

// writeMetrics writes the metrics of a run that has ended, with its exit code. A failure
// changes no exit code.
func (f *finishing) writeMetrics() error {
	m := f.recorder.metrics
	if m == nil {
		return nil
	}
	s := f.Summary
	if s.EndedAt.IsZero() { // the summary could not be made
		s.StartedAt, s.EndedAt = f.Started, time.Now()
	}
	m.save(m.encode(s, time.Now(), false))
	f.recorder.warnOfMetrics()
	return nil
}

// startMetrics writes the metrics of a run that begins.
func (rec *recorder) startMetrics(now time.Time) {
	rec.encodeMetrics(now)()
	rec.warnOfMetrics()
}

// encodeMetrics encodes the metrics as they are now. save writes them and may be called from
// any goroutine.
func (rec *recorder) encodeMetrics(now time.Time) (save func()) {
	m := rec.metrics
	if m == nil {
		return func() {}
	}
	s := rec.stats.Summary(now)
	s.Rows, s.Totals = rec.rows, report.Totals(rec.ledger.Counts())
	text := m.encode(s, now, true)
	return func() { m.save(text) }
}

// warnOfMetrics warns once that metrics could not be written. No save may be in progress.
func (rec *recorder) warnOfMetrics() {
	if err := rec.metrics.takeError(); err != nil {
		rec.warn(MetricsUnsaved, err)
	}
}
