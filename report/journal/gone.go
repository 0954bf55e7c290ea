package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ErrGone says that a file was removed or replaced while a Journal wrote to it:
// a system that lets an open file be removed takes further lines without a word,
// and keeps none of them.
var ErrGone = errors.New("it was removed or replaced while the run wrote to it")

// inPlace returns a function that reports ErrGone when path no longer leads to
// f. That it cannot be looked at says nothing.
func inPlace(path string, f *os.File) func() error {
	return func() error {
		own, err := f.Stat()
		if err != nil {
			return nil
		}
		now, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(own, now) {
			return fmt.Errorf("journal: %q: %w", path, ErrGone)
		}
		return nil
	}
}
