package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"tracksync/internal/defect"
)

// durable records how much of a file would survive a power cut.
type durable struct {
	upTo    int64        // everything before this offset is durable
	err     error        // the first failure to sync
	syncing chan error   // gets the error of the sync in progress; nil: none
	next    int64        // upTo after that sync has succeeded
	inPlace func() error // returns ErrGone if the file is no longer at its path; nil: not checked
}

// Sync flushes, makes the content of the file durable even if the flush failed halfway, and
// waits for that. After a failure to sync, Sync never succeeds again: see the package
// comment.
func (j *Journal) Sync() error {
	err := j.Flush()
	for range 2 { // a sync in progress may have started before the flush
		if j.durable.syncing != nil {
			err = errors.Join(err, j.syncEnded(<-j.durable.syncing))
		}
		j.startSync()
	}
	return errors.Join(err, j.durable.err)
}

// StartSync is like Sync but does not wait for the disk: meanwhile more results can be
// flushed, so that a kill does not lose them. It does nothing while a sync is in progress.
// It returns the error of the previous sync.
func (j *Journal) StartSync() error {
	err := j.Flush()
	select {
	case serr := <-j.durable.syncing:
		err = errors.Join(err, j.syncEnded(serr))
	default:
	}
	j.startSync()
	return errors.Join(err, j.durable.err)
}

func (j *Journal) startSync() {
	end := j.start + int64(j.sent)
	if j.durable.err != nil || j.durable.syncing != nil || j.closed || end <= j.durable.upTo {
		return
	}
	done := make(chan error, 1)
	j.durable.syncing, j.durable.next = done, end
	go func() { done <- defect.Do(j.file.Sync) }()
}

// syncEnded records the end of the sync in progress. It returns ErrGone if the file is gone,
// because then nobody can read what was written.
func (j *Journal) syncEnded(err error) error {
	j.durable.syncing = nil
	if err != nil {
		j.durable.err = fmt.Errorf("journal: sync: %w", err)
		return nil
	}
	j.durable.upTo = j.durable.next
	if j.durable.inPlace != nil {
		return j.durable.inPlace()
	}
	return nil
}

// Close syncs and closes the file. It closes the file even if the sync fails. Unwritten,
// Status, Counts and Missing can still be used afterwards; Lookup cannot. A second Close does
// nothing.
func (j *Journal) Close() error {
	if j.closed {
		return nil
	}
	err := j.Sync()
	j.closed = true
	if cerr := j.file.Close(); cerr != nil {
		err = errors.Join(err, fmt.Errorf("journal: close: %w", cerr))
	}
	return err
}

// ErrGone means that a file was removed or replaced while a Journal wrote to it. Where an
// open file can be removed, the system accepts further lines without an error, but they are
// lost.
var ErrGone = errors.New("it was removed or replaced while the run wrote to it")

// inPlace returns a function that returns ErrGone if path no longer leads to f. If the path
// cannot be checked, it returns nil.
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
