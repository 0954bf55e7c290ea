package runs

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"tracksync/internal/run"
)

// fresh is how old stats.json is at most while a process is at work, which saves it every
// fifteen seconds.
const fresh = time.Minute

// isGoing reports whether a process is at work on a run that has no summary. A run without a
// lock counts as going on while its statistics are fresh.
func isGoing(dir run.Dir, now time.Time) (bool, error) {
	held, lockable, err := run.IsHeld(dir)
	if held || lockable || err != nil {
		return held, err
	}
	info, err := os.Stat(dir.File(run.StatsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && now.Sub(info.ModTime()).Abs() < fresh, err
}
