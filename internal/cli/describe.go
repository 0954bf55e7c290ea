package cli

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"time"

	"tracksync/input"
	"tracksync/report"
)

// description is run.json: what was run.
type description struct {
	Version   string              `json:"version"`
	StartedAt time.Time           `json:"started_at"` // UTC
	Host      string              `json:"host"`       // the machine's name
	PID       int                 `json:"pid"`
	BaseURL   string              `json:"base_url"`
	Rows      int                 `json:"rows"`
	Manifests []describedManifest `json:"manifests"`
	Options   map[string]any      `json:"options"`
}

type describedManifest struct {
	Name   string `json:"name"`   // as named by the user; "-" is standard input
	Path   string `json:"path"`   // absolute; the name in the run directory of what could be read only once
	SHA256 string `json:"sha256"` // of the bytes as they are, in hex
	Bytes  int64  `json:"bytes"`
	Format string `json:"format"`
}

func (r *run) describe() description {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	d := description{
		Version: version(), StartedAt: r.started.UTC(), Host: host, PID: os.Getpid(),
		BaseURL: r.target(), Rows: r.summary.Rows, Options: r.options(),
	}
	for _, s := range r.summary.Sources {
		d.Manifests = append(d.Manifests, describedManifest{
			Name: s.Name, Path: r.pathOf(s), SHA256: s.SHA256, Bytes: s.Size, Format: string(s.Format),
		})
	}
	return d
}

func (d description) write(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(d)
}

// target is the base URL as reports name it.
func (s settings) target() string {
	if s.sandbox {
		return "sandbox"
	}
	return s.client.BaseURL.String()
}

// options are the options that decide what a run does, by their flags' names.
func (s settings) options() map[string]any {
	m := s.manifests
	return map[string]any{
		"rate": s.syncOptions.rate, "max_rate": s.maxRate, "concurrency": s.concurrency, "max_attempts": s.attempts,
		"max_failures": s.syncOptions.maxFailures, "max_outage": s.maxOutage.String(), "grace": s.grace.String(), "deadline": s.deadline.String(),
		"timeout": s.connection.timeout.String(), "ca_file": s.connection.caFile, "sandbox": s.sandbox,
		"input_format": m.format, "delimiter": m.delimiter, "map": m.columns, "ignore_unknown": m.ignoreUnknown,
		"max_volume": m.maxVolume, "on_invalid": m.onInvalid, "on_duplicate": m.onDuplicate,
		"allow_empty": m.allowEmpty, "only": m.only, "limit": m.limit,
	}
}

// pathOf is where a manifest can be found again.
func (r *run) pathOf(s input.Source) string {
	if _, ok := r.kept.files[s.Name]; ok {
		return r.inputCopy(s)
	}
	path, err := filepath.Abs(s.Name)
	if err != nil {
		return s.Name
	}
	return path
}

// inputCopy is the name in the run directory of a manifest that could be read
// only once.
func (r *run) inputCopy(s input.Source) string {
	name := "input." + string(s.Format)
	if s.Gzip {
		name += ".gz"
	}
	if s.Name != "-" {
		return filepath.Base(s.Name) + "-" + name
	}
	return "stdin-" + name
}

// keepInputs copies what could be read only once into the run directory, so
// that the run can be understood and repeated later.
func (r *run) keepInputs() error {
	for _, s := range r.summary.Sources {
		if _, ok := r.kept.files[s.Name]; !ok {
			continue
		}
		err := report.WriteFile(r.dir.file(r.inputCopy(s)), func(w io.Writer) error { return r.kept.copyTo(w, s.Name) })
		if err != nil {
			return err
		}
	}
	return nil
}
