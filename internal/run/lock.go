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

// lockInfo ends the name of the file beside a lock that says who holds it.
const lockInfo = ".json"

// lock is a file that one process at a time can hold. The operating system lets
// it go when the process ends, however it ends. Beside it stands, for whoever
// finds it taken, who holds it.
type Lock struct {
	file *os.File
	dir  *safe.Dir // nobody's link leads out of it
	name string
}

// holder is who has a lock.
type Holder struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
	Run   string    `json:"run,omitempty"` // the run directory
}

// HeldError is that another process has the lock.
type HeldError struct {
	Holder Holder // zero when it has not said yet
}

func (e *HeldError) Error() string {
	h := e.Holder
	if h.PID == 0 {
		return "held by another process"
	}
	text := fmt.Sprintf("held by process %d on %s since %s", h.PID, h.Host,
		h.Since.Local().Format("2006-01-02 15:04:05 -07:00"))
	if h.Run != "" {
		text += ", which writes to " + h.Run
	}
	return safe.Line(text)
}

// takeLock takes the lock called name in dir, and closes dir with it. A *HeldError
// says that another process has it.
func takeLock(dir *safe.Dir, name string, h Holder) (*Lock, error) {
	l := &Lock{dir: dir, name: name}
	if err := l.take(); err != nil {
		return nil, errors.Join(err, dir.Close())
	}
	// What cannot be told costs no more than a clear message.
	_ = l.tell(h)
	return l, nil
}

// maxRaces is how often a lock may be taken away between two steps.
const maxRaces = 10

var errLockRemoved = errors.New("another process keeps removing the lock")

// take opens the file and locks what was opened. Whoever has let the lock go may
// have removed it meanwhile: then it is another file by now.
func (l *Lock) take() error {
	for range maxRaces {
		f, err := l.open()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		taken, err := safe.Lock(f)
		if err == nil && !taken {
			err = &HeldError{l.holder()}
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

// open opens the file, and makes it if it is not there. These are two steps: in
// a shared directory a system may refuse to open another user's file for
// creation.
func (l *Lock) open() (*os.File, error) {
	f, err := l.dir.OpenFile(l.name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return safe.OpenIn(l.dir.Root, l.name, os.O_RDWR)
	}
	if err == nil && l.dir.Shared != 0 {
		// Those who may make locks here may take this one too.
		if err := f.Chmod(0o600 | l.dir.Shared); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	return f, err
}

// names reports whether f still is the lock's file.
func (l *Lock) names(f *os.File) bool {
	is, err := f.Stat()
	if err != nil {
		return false
	}
	named, err := l.dir.Lstat(l.name)
	return err == nil && os.SameFile(is, named)
}

// tell says who holds the lock, in a file that is made anew: the one that is
// there may be another user's, or a link.
func (l *Lock) tell(h Holder) error {
	b, err := json.Marshal(h)
	if err != nil {
		return err
	}
	_ = l.dir.Remove(l.name + lockInfo) // if it cannot be, the next step fails
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

// maxLockInfo bounds what is read of who holds a lock.
const maxLockInfo = 64 << 10

// holder reads who has the lock.
func (l *Lock) holder() (h Holder) {
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

// release lets the lock go. The file stays: to remove it could take it from
// under another process that has just opened it. A nil lock is none.
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

// self is this process as the holder of a lock.
func self(run string) Holder {
	return Holder{PID: os.Getpid(), Host: Hostname(), Since: time.Now().UTC(), Run: run}
}

// Hostname is how this machine is called in files and messages.
func Hostname() string {
	host, err := os.Hostname()
	if err != nil {
		host = "an unknown host"
	}
	return host
}

// LockDir takes the lock of the directory at path, whoever may write there.
func LockDir(path string) (*Lock, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	return takeLock(&safe.Dir{Root: root}, lockFile, self(""))
}

// IsUnlockable reports whether an error is that the file system has no locks.
func IsUnlockable(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.ENOSYS)
}
