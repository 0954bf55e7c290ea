package run

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"

	"tracksync/internal/safe"
)

// lockInfo is the suffix of the file beside a lock that says who holds the lock.
const lockInfo = ".json"

// Lock is a file that one process at a time can hold. The operating system releases it
// when the process ends in any way. A second file beside it says who holds it, for the
// messages of other processes.
type Lock struct {
	file *os.File
	dir  *safe.Dir // no link leads out of it
	name string
}

// lockFunc is safe.Lock or safe.LockShared.
type lockFunc func(*os.File) (taken bool, err error)

// Holder is who holds a lock.
type Holder struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
	Run   string    `json:"run,omitempty"`   // the run directory
	Shard string    `json:"shard,omitempty"` // of the manifest; empty: the whole
}

// HeldError means that another process holds the lock.
type HeldError struct {
	Holder Holder // zero if it is not known
}

func (e *HeldError) Error() string {
	h := e.Holder
	if h.PID == 0 {
		return "held by another process"
	}
	text := fmt.Sprintf("held by process %d on %s since %s", h.PID, h.Host,
		h.Since.Local().Format("2006-01-02 15:04:05 -07:00"))
	switch {
	case h.Shard != "" && h.Run != "":
		text += ", which works on shard " + h.Shard + " and writes to " + h.Run
	case h.Run != "":
		text += ", which writes to " + h.Run
	}
	return safe.Line(text)
}

// acquireLock acquires the lock with this name in dir. Release closes dir. A *HeldError
// means that another process holds the lock. With a zero Holder, nobody is named as the
// holder.
func acquireLock(dir *safe.Dir, name string, h Holder, lock lockFunc) (*Lock, error) {
	l := &Lock{dir: dir, name: name}
	if err := l.acquire(lock); err != nil {
		return nil, errors.Join(err, dir.Close())
	}
	// Without this file other processes only have a less clear message.
	_ = l.writeHolder(h)
	return l, nil
}

// maxRaces is how often the lock file may be removed between two steps of acquire.
const maxRaces = 10

var errLockRemoved = errors.New("another process keeps removing the lock")

// acquire opens the file and locks it. If the previous holder has removed the file
// meanwhile, the locked file is no longer the lock, and acquire tries again.
func (l *Lock) acquire(lock lockFunc) error {
	for range maxRaces {
		f, err := l.open()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		locked, err := lock(f)
		if err == nil && !locked {
			err = &HeldError{l.readHolder()}
		}
		if err != nil {
			return errors.Join(err, f.Close())
		}
		if l.names(f) {
			l.file = f
			return nil
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return errLockRemoved
}

// open opens the file, and creates it if it does not exist. These are two steps, because
// in a shared directory a system may refuse O_CREATE for another user's file.
func (l *Lock) open() (*os.File, error) {
	f, err := l.dir.OpenFile(l.name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return safe.OpenIn(l.dir.Root, l.name, os.O_RDWR)
	}
	if err == nil && l.dir.Shared != 0 {
		// Everybody who may create locks here may acquire this one too.
		if err := f.Chmod(0o600 | l.dir.Shared); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	return f, err
}

// names reports whether the lock's name still leads to f.
func (l *Lock) names(f *os.File) bool {
	is, err := f.Stat()
	if err != nil {
		return false
	}
	named, err := l.dir.Lstat(l.name)
	return err == nil && os.SameFile(is, named)
}

// writeHolder writes who holds the lock. It always creates a new file, because an existing
// one may belong to another user or be a link.
func (l *Lock) writeHolder(h Holder) error {
	b, err := json.Marshal(h)
	if err != nil {
		return err
	}
	_ = l.dir.Remove(l.name + lockInfo) // if this fails, the next step fails too
	if h == (Holder{}) {
		return nil
	}
	f, err := l.dir.OpenFile(l.name+lockInfo, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if l.dir.Shared != 0 {
		err = f.Chmod(0o600 | l.dir.Shared&0o044)
	}
	if err == nil {
		_, err = f.Write(append(b, '\n'))
	}
	return errors.Join(err, f.Close())
}

// maxLockInfo is the most bytes that are read of the file that says who holds a lock.
const maxLockInfo = 64 << 10

// readHolder reads who holds the lock.
func (l *Lock) readHolder() (h Holder) {
	f, err := safe.OpenIn(l.dir.Root, l.name+lockInfo, os.O_RDONLY)
	if err != nil {
		return Holder{}
	}
	b, err := io.ReadAll(io.LimitReader(f, maxLockInfo))
	if err != nil || f.Close() != nil || json.Unmarshal(b, &h) != nil {
		return Holder{}
	}
	return h
}

// Release releases the lock. The file stays, because another process may just have opened
// it. Release does nothing on a nil Lock.
func (l *Lock) Release() error {
	if l == nil {
		return nil
	}
	err := l.dir.Remove(l.name + lockInfo)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, l.file.Close(), l.dir.Close())
}

// self describes this process as the holder of a lock.
func self(run string) Holder {
	return Holder{PID: os.Getpid(), Host: Hostname(), Since: time.Now().UTC(), Run: run}
}

// Hostname is the name of this machine in files and messages.
func Hostname() string {
	host, err := os.Hostname()
	if err != nil {
		host = "an unknown host"
	}
	return host
}

// LockDir acquires the lock of the directory at path. Unlike OpenLockPlace it does not
// check who may write there.
func LockDir(path string) (*Lock, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	return acquireLock(&safe.Dir{Root: root}, lockFile, self(""), safe.Lock)
}

// IsUnlockable reports whether an error means that the file system has no locks.
func IsUnlockable(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.ENOSYS)
}
