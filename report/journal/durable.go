package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"tracksync/internal/defect"
)

// durable is what is known of how much of a file would survive a power cut.
type durable struct {
	upTo    int64        // everything before this offset
	err     error        // the first failure to sync
	syncing chan error   // of the sync under way; nil: none
	next    int64        // everything before this offset, once it has succeeded
	inPlace func() error // ErrGone when the file is no longer where it was; nil: not looked
}

// Sync flushes and makes what the file has durable, also when the flush failed
// halfway, and waits for that. Once the file failed to sync, Sync never succeeds
// again: see the package comment.
func (j *Journal) Sync() error {
	err := j.Flush()
	for range 2 { // one that is under way may have begun before the flush
		if j.durable.syncing != nil {
			err = errors.Join(err, j.syncEnded(<-j.durable.syncing))
		}
		j.startSync()
	}
	return errors.Join(err, j.durable.err)
}

// StartSync is Sync without waiting for the disk, which may take long: results
// that come meanwhile must not wait in memory, where a kill would lose them. It
// does nothing while a sync is under way, and returns how the one before ended.
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

// syncEnded records how the sync ended that was under way. It returns ErrGone when
// the file is gone: what went into it is durable for nobody.
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

// Close syncs and closes the file, which it does also when the sync fails.
// Unwritten, Status, Counts and Missing stay good; Lookup does not. A second
// Close does nothing.
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

// ErrGone says that a file was removed or replaced while a Journal wrote to it:
// a system that lets an open file be removed accepts further lines without an error,
// and stores none of them.
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
