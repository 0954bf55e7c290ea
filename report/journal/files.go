package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// The files of a ledger, in the directory of its run. Their names are part of the
// interface.
const (
	ResultsFile = "results.jsonl"
	EarlierFile = "earlier.jsonl" // results of rows that are gone from the manifest
	BeforeFile  = "before.jsonl"
	SentFile    = "sent.log"
)

func pathIn(dir, name string) string { return filepath.Join(dir, name) }

// openError quotes the path, which the system's error would show as it is.
func openError(path string, err error) error { return pathError("open", path, err) }

func createError(path string, err error) error { return pathError("create", path, err) }

func pathError(verb, path string, err error) error {
	var pe *os.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Errorf("journal: %s %q: %w", verb, path, err)
}
