package safe

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
)

// leftover matches the names of WriteFile's temporary files.
var leftover = regexp.MustCompile(`^\..+\.tmp-[0-9]+$`)

// IsLeftover reports whether name is that of a temporary file of WriteFile. If no
// process is writing, then one was killed while it did.
func IsLeftover(name string) bool { return leftover.MatchString(name) }

// RemoveLeftovers removes the temporary files of killed processes from dir. No other
// process may be writing there.
func RemoveLeftovers(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		if e.Type().IsRegular() && IsLeftover(e.Name()) {
			errs = append(errs, Remove(filepath.Join(dir, e.Name())))
		}
	}
	return errors.Join(errs...)
}
