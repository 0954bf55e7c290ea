package runs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tracksync/internal/run"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
	"tracksync/report/journal"
)

// List lists runs, newest first. Each place is the directory of a run, or a directory of such
// directories. A run that cannot be read is listed as damaged.
//
// Of a run that has ended only the summary is read. The results of others are counted.
func List(places []string, now time.Time) ([]report.Listed, error) {
	var list []report.Listed
	for _, place := range places {
		dirs, err := runsIn(place)
		if err != nil {
			return nil, err
		}
		for _, dir := range dirs {
			list = append(list, listed(dir, now))
		}
	}
	slices.SortStableFunc(list, func(a, b report.Listed) int {
		if c := b.StartedAt.Compare(a.StartedAt); c != 0 {
			return c
		}
		return strings.Compare(b.Run, a.Run)
	})
	return list, nil
}

// runsIn returns the directories of the runs in a place.
func runsIn(place string) ([]string, error) {
	if isRun(place) {
		return []string{filepath.Clean(place)}, nil
	}
	entries, err := os.ReadDir(place)
	if err != nil {
		return nil, err
	}
	var dirs []string
	for _, e := range entries {
		dir := filepath.Join(place, e.Name())
		if e.IsDir() && (run.IsRunName(e.Name()) || isRun(dir)) {
			dirs = append(dirs, dir)
		}
	}
	return dirs, nil
}

// isRun reports whether a directory has what a run writes first.
func isRun(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, run.DescriptionFile))
	return err == nil
}

// listed is a run in a few words.
func listed(path string, now time.Time) report.Listed {
	l, err := readListed(path, now)
	if err != nil {
		l = report.Listed{End: report.Damaged, Error: err.Error()}
		if at, err := time.Parse("20060102T150405Z", filepath.Base(path)[:min(16, len(filepath.Base(path)))]); err == nil {
			l.StartedAt = at
		}
	}
	l.Run = path
	if !l.StartedAt.IsZero() {
		l.AgeS = max(0, now.Sub(l.StartedAt).Round(time.Second).Seconds())
	}
	return l
}

func readListed(path string, now time.Time) (report.Listed, error) {
	dir := run.Dir{Path: path}
	l, ended, err := readEnded(dir)
	if ended || err != nil {
		return l, err
	}
	d, err := run.ReadDescription(dir)
	if err != nil {
		return l, err
	}
	going, err := isGoing(dir, now)
	if err != nil {
		return l, err
	}
	l = report.Listed{StartedAt: d.StartedAt, End: report.Killed, BaseURL: d.BaseURL, Manifests: d.Names(), Rows: d.Rows}
	if going {
		l.End = report.Running
	}
	record, err := journal.Open(path)
	if err != nil {
		return l, err
	}
	l.Totals = record.Counts()
	for range record.Missing(d.Rows) {
		l.Totals[track.NotAttempted]++
	}
	return l, record.Close()
}

// readEnded reads the summary of a run that has ended.
func readEnded(dir run.Dir) (l report.Listed, ended bool, err error) {
	b, err := safe.ReadFile(dir.File(run.SummaryFile), maxSummary)
	if errors.Is(err, fs.ErrNotExist) {
		return l, false, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &l)
	}
	if err == nil && (l.End == "" || l.ExitCode == nil || l.StartedAt.IsZero()) {
		err = errors.New("it does not say how the run ended")
	}
	if err != nil {
		return l, false, fmt.Errorf("%s: %w", run.SummaryFile, err)
	}
	return l, true, nil
}
