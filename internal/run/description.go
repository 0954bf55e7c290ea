package run

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tracksync/internal/safe"
)

// Description is run.json: what was run.
type Description struct {
	Version   string      `json:"version"`
	StartedAt time.Time   `json:"started_at"` // UTC
	Host      string      `json:"host"`       // the machine's name
	PID       int         `json:"pid"`        // of the latest session
	BaseURL   string      `json:"base_url"`
	Account   AccountMark `json:"account"`
	Rows      int         `json:"rows"` // of the run
	// Shard is the part of the manifests that the rows are, as track.ParseShard reads it;
	// empty: all. OtherShards is how many rows are left to other shards.
	Shard       string `json:"shard,omitzero"`
	OtherShards int    `json:"other_shards,omitzero"`

	Manifests []ManifestRecord `json:"manifests"`
	Options   map[string]any   `json:"options"`  // by flag, with underscores
	Sessions  []SessionRecord  `json:"sessions"` // the first, and one for each time the run was resumed
}

// AccountMark tells whether a base URL and a key are those of the run.
type AccountMark struct {
	Salt        string `json:"salt"`
	Fingerprint string `json:"fingerprint"`
}

// ManifestRecord is one manifest of the run.
type ManifestRecord struct {
	Name   string `json:"name"`   // as named by the user; "-" is standard input
	Path   string `json:"path"`   // absolute; for a copy, its name in the run directory
	SHA256 string `json:"sha256"` // of the bytes as stored, hexadecimal
	Bytes  int64  `json:"bytes"`
	Format string `json:"format"`
	// Sheet of a workbook. A resumed run reads the same one, unless --sheet names another.
	Sheet     string `json:"sheet,omitzero"`
	HeaderRow int    `json:"header_row,omitzero"` // of a table: the line, or the row of the sheet
}

// SessionRecord is one process that worked on the run.
type SessionRecord struct {
	StartedAt time.Time `json:"started_at"` // UTC
	Version   string    `json:"version"`
	Host      string    `json:"host"`
	PID       int       `json:"pid"`
}

// Write writes d in the format of run.json.
func (d Description) Write(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(d)
}

// Is reports whether the account is the one that was described.
func (m AccountMark) Is(a Account) bool {
	salt := SaltOf(m.Salt)
	return len(salt) > 0 && a.Fingerprint(salt) == m.Fingerprint
}

// SaltOf decodes a salt of run.json. It returns nil for a text that is not one.
func SaltOf(text string) []byte {
	salt, err := hex.DecodeString(text)
	if err != nil {
		return nil
	}
	return salt
}

// maxDescription is the most bytes that are read of run.json.
const maxDescription = 64 << 20

// ReadDescription reads the run.json of a run directory.
func ReadDescription(dir Dir) (d Description, err error) {
	f, err := safe.Open(dir.File(DescriptionFile))
	if errors.Is(err, fs.ErrNotExist) {
		return d, fmt.Errorf("%s is not a run directory: there is no %s in it", dir.Path, DescriptionFile)
	}
	if err != nil {
		return d, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := json.NewDecoder(io.LimitReader(f, maxDescription)).Decode(&d); err != nil {
		return d, fmt.Errorf("%s: %w", dir.File(DescriptionFile), err)
	}
	if len(d.Manifests) == 0 || d.Account.Fingerprint == "" || len(d.Sessions) == 0 {
		return d, fmt.Errorf("%s does not say what was run", dir.File(DescriptionFile))
	}
	return d, nil
}

// Names are the manifests as the user named them.
func (d Description) Names() []string {
	names := make([]string, len(d.Manifests))
	for i, m := range d.Manifests {
		names[i] = m.Name
	}
	return names
}

// Arguments names the manifests so that they can be opened now: by their original names
// if these still lead to the same path, otherwise by their paths.
func (d Description) Arguments(dir Dir) []string {
	args := make([]string, len(d.Manifests))
	for i, m := range d.Manifests {
		args[i] = m.Path
		if !filepath.IsAbs(m.Path) {
			args[i] = dir.File(m.Path) // a copy in the run directory
			continue
		}
		if abs, err := filepath.Abs(m.Name); err == nil && abs == m.Path {
			args[i] = m.Name
		}
	}
	return args
}

// Sheets are the sheets of the manifests that are workbooks, for input.Options, if there are
// as many manifests now.
func (d Description) Sheets(manifests int) []string {
	if manifests != len(d.Manifests) {
		return nil
	}
	sheets := make([]string, len(d.Manifests))
	for i, m := range d.Manifests {
		sheets[i] = m.Sheet
	}
	return sheets
}

// PastLatest replaces tracksync-runs/latest in a path by the run that it points to,
// because the link will soon point to another run. Other paths stay as they are.
func PastLatest(path string) string {
	link, err := filepath.Abs(filepath.Join(DefaultPlace, Latest))
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
