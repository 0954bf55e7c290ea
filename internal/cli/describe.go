package cli

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"tracksync/input"
	"tracksync/internal/safe"
)

// description is run.json: what was run.
type description struct {
	Version   string              `json:"version"`
	StartedAt time.Time           `json:"started_at"` // UTC
	Host      string              `json:"host"`       // the machine's name
	PID       int                 `json:"pid"`        // of the latest session
	BaseURL   string              `json:"base_url"`
	Account   describedAccount    `json:"account"`
	Rows      int                 `json:"rows"`
	Manifests []describedManifest `json:"manifests"`
	Options   map[string]any      `json:"options"`  // by flag, with underscores
	Sessions  []describedSession  `json:"sessions"` // the first, and one for each time the run was resumed
}

// describedAccount tells whether a base URL and a key are those of the run.
type describedAccount struct {
	Salt        string `json:"salt"`
	Fingerprint string `json:"fingerprint"`
}

type describedManifest struct {
	Name   string `json:"name"`   // as named by the user; "-" is standard input
	Path   string `json:"path"`   // absolute; the name in the run directory of what could be read only once
	SHA256 string `json:"sha256"` // of the bytes as they are, in hex
	Bytes  int64  `json:"bytes"`
	Format string `json:"format"`
}

// describedSession is one process that worked on the run.
type describedSession struct {
	StartedAt time.Time `json:"started_at"` // UTC
	Version   string    `json:"version"`
	Host      string    `json:"host"`
	PID       int       `json:"pid"`
}

func (r *run) describe() description {
	host := self("").Host
	d := description{
		Version: version(), StartedAt: r.started.UTC(), Host: host, PID: os.Getpid(),
		BaseURL: r.target(), Rows: r.summary.Rows, Options: r.options(),
	}
	if r.resumed != nil {
		d.StartedAt, d.Account, d.Sessions = r.resumed.was.StartedAt, r.resumed.was.Account, r.resumed.was.Sessions
		for _, name := range narrowing {
			d.Options[name] = r.resumed.was.Options[name]
		}
	} else {
		d.Account = describedAccount{r.salt, r.account.fingerprint(saltOf(r.salt))}
	}
	d.Sessions = append(slices.Clone(d.Sessions), describedSession{r.started.UTC(), d.Version, host, d.PID})
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

// is reports whether the account is the one that was described.
func (d describedAccount) is(a account) bool {
	salt := saltOf(d.Salt)
	return len(salt) > 0 && a.fingerprint(salt) == d.Fingerprint
}

// saltOf reads a salt as run.json has it; nil for what is none.
func saltOf(text string) []byte {
	salt, err := hex.DecodeString(text)
	if err != nil {
		return nil
	}
	return salt
}

// target is the base URL as reports name it.
func (s settings) target() string {
	if s.sandbox {
		return "sandbox"
	}
	return s.client.BaseURL.String()
}

// notRecorded are the flags that are about one process, and not about what the
// run does. The base URL is recorded beside them.
var notRecorded = []string{"resume", "out", "keep", "json", "stream", "yes", "no-lock", "help", "log-format", "log-level", "base-url"}

// narrowing are options that, named when a run is resumed, are about that session:
// the next one has all rows of the run again.
var narrowing = []string{"only", "limit"}

// fileFlags name files, which are recorded so that they are found from anywhere.
var fileFlags = []string{"api-key-file", "ca-file", "state"}

// options are the options that decide what a run does, by their flags' names.
func (s settings) options() map[string]any {
	all := map[string]any{}
	s.flags.VisitAll(func(f *pflag.Flag) {
		if slices.Contains(notRecorded, f.Name) {
			return
		}
		var v any = f.Value.String()
		switch list, isList := f.Value.(pflag.SliceValue); {
		case isList:
			v = append([]string{}, list.GetSlice()...)
		case f.Value.Type() == "bool":
			v = f.Value.String() == "true"
		case f.Value.Type() == "int":
			v, _ = strconv.Atoi(f.Value.String())
		case slices.Contains(fileFlags, f.Name) && f.Value.String() != "":
			if path, err := filepath.Abs(f.Value.String()); err == nil {
				v = pastLatest(path)
			}
		}
		all[strings.ReplaceAll(f.Name, "-", "_")] = v
	})
	return all
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
	return pastLatest(path)
}

// pastLatest names a file in the run that tracksync-runs/latest points to by that
// run: the link is about to point to another.
func pastLatest(path string) string {
	link, err := filepath.Abs(filepath.Join(runsDir, latestName))
	if err != nil {
		return path
	}
	rest, within := strings.CutPrefix(path, link+string(filepath.Separator))
	target, err := os.Readlink(link)
	if !within || err != nil || filepath.IsAbs(target) {
		return path
	}
	return filepath.Join(filepath.Dir(link), target, rest)
}

// inputCopy is the name in the run directory of a manifest that could be read
// only once.
func (r *run) inputCopy(s input.Source) string {
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
func (r *run) stageInputs() (staged []*safe.Staged, err error) {
	for _, s := range r.summary.Sources {
		if _, ok := r.kept.files[s.Name]; !ok {
			continue
		}
		one, err := safe.StageFile(r.dir.file(r.inputCopy(s)), func(w io.Writer) error { return r.kept.copyTo(w, s.Name) })
		if err != nil {
			return staged, err
		}
		staged = append(staged, one)
	}
	return staged, nil
}
