package journal

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"tracksync/internal/safe"
)

// Compact leaves the last line of each row in results.jsonl, byte for byte and in the
// order in which these lines stand there. The ledger must be closed, because not every
// system can replace an open file.
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

// copyLast copies the first size bytes of a file, except the lines that begin at the
// offsets in replaced.
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
