package runs

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"tracksync/internal/run"
	"tracksync/internal/safe"
)

// OutcomesDir is in the default place of runs. It has a file for each Job, which says how the
// job's latest run ended. The names of the files are hashes.
const OutcomesDir = "outcomes"

const (
	// kept is how long an outcome is kept: manifests that have a date in their name would fill the
	// directory. Those whose names are made up each time could fill it sooner.
	kept        = 90 * 24 * time.Hour
	maxOutcomes = 1000
	maxOutcome  = 1 << 10 // bytes of a file
)

// Job is what the runs of one cron job have in common. It includes runs that could not start, so it
// has nothing that only a run knows.
type Job struct {
	Manifests []string `json:"manifests"` // paths, or "-"
	Base      string   `json:"base"`      // base URL, or "sandbox"
	Shard     string   `json:"shard,omitzero"`
}

// outcome is how the latest run of a job ended.
type outcome struct {
	ExitCode *int      `json:"exit_code"`
	EndedAt  time.Time `json:"ended_at"`
}

// LastCode returns the exit code of the job's latest run; 0 if none is known.
func (j Job) LastCode() (int, error) {
	path, err := j.file()
	if err != nil {
		return 0, err
	}
	text, err := safe.ReadFile(path, maxOutcome)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	var o outcome
	if err := json.Unmarshal(text, &o); err != nil || o.ExitCode == nil {
		return 0, fmt.Errorf("%s does not say how a run ended", path)
	}
	return *o.ExitCode, nil
}

// Ended stores the exit code of a run of the job.
func (j Job) Ended(code int, now time.Time) error {
	path, err := j.file()
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	err = safe.WriteFile(path, func(w io.Writer) error {
		return json.NewEncoder(w).Encode(outcome{&code, now.UTC().Truncate(time.Second)})
	})
	return errors.Join(err, removeOutcomes(dir, now.Add(-kept)))
}

// removeOutcomes removes the outcomes of runs that ended before a time, and all but the newest
// maxOutcomes.
func removeOutcomes(dir string, before time.Time) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var files []fs.FileInfo
	for _, e := range entries {
		switch info, err := e.Info(); {
		case err == nil && info.Mode().IsRegular():
			files = append(files, info)
		case err != nil && !errors.Is(err, fs.ErrNotExist): // another process may have removed it
			return err
		}
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	for i, f := range files {
		if i < maxOutcomes && !f.ModTime().Before(before) {
			continue
		}
		if err := safe.Remove(filepath.Join(dir, f.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// file is the path of the job's file.
func (j Job) file() (string, error) {
	manifests := make([]string, len(j.Manifests))
	for i, name := range j.Manifests {
		manifests[i] = name
		if name == "-" {
			continue
		}
		path, err := filepath.Abs(name)
		if err != nil {
			return "", err
		}
		manifests[i] = path
	}
	j.Manifests = manifests
	text, err := json.Marshal(j)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return filepath.Join(run.DefaultPlace, OutcomesDir, hex.EncodeToString(sum[:8])+".json"), nil
}
