package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"tracksync/input"
	"tracksync/internal/run"
	"tracksync/internal/safe"
)

func (r *syncRun) describe() run.Description {
	host := run.Hostname()
	d := run.Description{
		Version: version(), StartedAt: r.started.UTC(), Host: host, PID: os.Getpid(),
		BaseURL: r.target(), Rows: r.summary.Rows, Options: r.options(),
	}
	if r.resumed != nil {
		d.StartedAt, d.Account, d.Sessions = r.resumed.was.StartedAt, r.resumed.was.Account, r.resumed.was.Sessions
		for _, name := range narrowing {
			d.Options[name] = r.resumed.was.Options[name]
		}
	} else {
		d.Account = run.AccountMark{Salt: r.salt, Fingerprint: r.account.Fingerprint(run.SaltOf(r.salt))}
	}
	d.Sessions = append(slices.Clone(d.Sessions), run.SessionRecord{StartedAt: r.started.UTC(), Version: d.Version, Host: host, PID: d.PID})
	for _, s := range r.summary.Sources {
		d.Manifests = append(d.Manifests, run.ManifestRecord{
			Name: s.Name, Path: r.pathOf(s), SHA256: s.SHA256, Bytes: s.Size, Format: string(s.Format),
		})
	}
	return d
}

// pathOf is where a manifest can be found again.
func (r *syncRun) pathOf(s input.Source) string {
	if _, ok := r.kept.files[s.Name]; ok {
		return r.inputCopy(s)
	}
	path, err := filepath.Abs(s.Name)
	if err != nil {
		return s.Name
	}
	return run.PastLatest(path)
}

// inputCopy is the name in the run directory of a manifest that could be read
// only once.
func (r *syncRun) inputCopy(s input.Source) string {
	name := "input." + string(s.Format)
	if s.Gzip {
		name += ".gz"
	}
	if s.Name == "-" {
		return "stdin-" + name
	}
	at := slices.IndexFunc(r.summary.Sources, func(other input.Source) bool { return other.Name == s.Name })
	return fmt.Sprintf("%d-%s-%s", at+1, filepath.Base(s.Name), name) // pipes of different directories may have one name
}

// stageInputs copies what could be read only once into the run directory, so that
// the run can be understood and repeated later.
func (r *syncRun) stageInputs() (staged []*safe.Staged, err error) {
	for _, s := range r.summary.Sources {
		if _, ok := r.kept.files[s.Name]; !ok {
			continue
		}
		one, err := safe.StageFile(r.dir.File(r.inputCopy(s)), func(w io.Writer) error { return r.kept.copyTo(w, s.Name) })
		if err != nil {
			return staged, err
		}
		staged = append(staged, one)
	}
	return staged, nil
}
