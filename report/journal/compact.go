package journal

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"tracksync/internal/safe"
)

// Compact leaves one line a row in results.jsonl, in the order in which these
// stand there; their bytes are copied. The ledger must be closed: what is open
// cannot be replaced everywhere.
func (l *Ledger) Compact() error {
	if !l.Repeats() {
		return nil
	}
	path := pathIn(l.dir, ResultsFile)
	f, err := safe.Open(path)
	if err != nil {
		return openError(path, err)
	}
	return safe.WriteFile(path, func(w io.Writer) error {
		return errors.Join(copyLast(w, f, l.start, l.rows.replaced), f.Close())
	})
}

// Repeats reports whether the file has lines that later ones replace.
func (l *Ledger) Repeats() bool { return len(l.rows.replaced) > 0 && len(l.waiting) == 0 }

// copyLast copies the first size bytes of a file but for the lines at the offsets
// that are replaced.
func copyLast(w io.Writer, f io.ReaderAt, size int64, replaced []int64) error {
	slices.Sort(replaced)
	var from int64
	for _, at := range append(replaced, size) {
		if _, err := io.CopyN(w, io.NewSectionReader(f, from, at-from), at-from); err != nil {
			return fmt.Errorf("journal: %w", err)
		}
		if at == size {
			return nil
		}
		line, err := lineIn(f, at)
		if err != nil {
			return fmt.Errorf("journal: %w", err)
		}
		from = at + int64(len(line)) + 1
	}
	return nil
}
