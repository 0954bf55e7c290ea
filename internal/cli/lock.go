package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"tracksync/report"
)

// lockVariable names the directory of the locks that runs of one account share.
const lockVariable = "TRACKSYNC_LOCK_DIR"

// lockInfo ends the name of the file beside a lock that says who holds it.
const lockInfo = ".json"

// lock is a file that one process at a time can hold. The operating system lets
// it go when the process ends, however it ends. Beside it stands, for whoever
// finds it taken, who holds it.
type lock struct {
	file *flock.Flock
	root *os.Root // of the directory: nobody's link leads out of it
	info string
}

// holder is who has a lock.
type holder struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
	Run   string    `json:"run,omitempty"` // the run directory
}

// heldError is that another process has the lock.
type heldError struct {
	holder holder // zero when it has not said yet
}

func (e *heldError) Error() string {
	h := e.holder
	if h.PID == 0 {
		return "held by another process"
	}
	text := fmt.Sprintf("held by process %d on %s since %s", h.PID, h.Host, h.Since.Local().Format("2006-01-02 15:04:05"))
	if h.Run != "" {
		text += ", which writes to " + h.Run
	}
	return report.Plain(text, 0)
}

// takeLock takes the lock called name in dir, which must exist; other users of
// the machine can take it too if it is shared. A *heldError says that another
// process has it.
func takeLock(dir, name string, shared bool, h holder) (*lock, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	l := &lock{root: root, info: name + lockInfo}
	if err := l.take(filepath.Join(dir, name), name, shared); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	// What cannot be told costs no more than a clear message.
	_ = l.tell(h)
	return l, nil
}

func (l *lock) take(path, name string, shared bool) error {
	// Made in a step of its own: where anyone may write, a system may refuse
	// to open another user's file for creation.
	f, err := l.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err == nil {
		if shared {
			err = widen(f)
		}
		err = errors.Join(err, f.Close())
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	l.file = flock.New(path, flock.SetFlag(os.O_RDWR))
	taken, err := l.file.TryLock()
	if err == nil && !taken {
		err = &heldError{l.holder()}
	}
	if err != nil {
		return errors.Join(err, l.file.Close())
	}
	return nil
}

// widen lets other users of the machine lock the file as well.
func widen(f *os.File) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	return f.Chmod(0o666)
}

func (l *lock) tell(h holder) error {
	b, err := json.Marshal(h)
	if err != nil {
		return err
	}
	_ = l.root.Remove(l.info) // another user's, perhaps
	f, err := l.root.OpenFile(l.info, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(append(b, '\n'))
	return errors.Join(err, f.Close())
}

// holder reads who has the lock.
func (l *lock) holder() (h holder) {
	f, err := l.root.Open(l.info)
	if err != nil {
		return holder{}
	}
	b, err := io.ReadAll(io.LimitReader(f, 64<<10))
	if err != nil || f.Close() != nil || json.Unmarshal(b, &h) != nil {
		return holder{}
	}
	return h
}

// release lets the lock go. The file stays: to remove it could take it from
// under another process that has just opened it. A nil lock is none.
func (l *lock) release() error {
	if l == nil {
		return nil
	}
	err := l.root.Remove(l.info)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, l.file.Close(), l.root.Close())
}

// self is this process as the holder of a lock.
func self(run string) holder {
	host, err := os.Hostname()
	if err != nil {
		host = "an unknown host"
	}
	return holder{PID: os.Getpid(), Host: host, Since: time.Now().UTC(), Run: run}
}

// lockRun takes the lock of a run directory.
func (a *app) lockRun(dir runDir, no bool) (*lock, error) {
	if no {
		return nil, nil
	}
	l, err := takeLock(dir.path, lockFile, false, self(""))
	return l, lockFailure(err, "the run directory "+dir.path, "wait for its end")
}

// lockAccount takes the lock that the runs of one account on this machine share.
// The name of its file tells nothing of the key.
func (a *app) lockAccount(s settings, run string) (*lock, error) {
	if s.noLock || s.sandbox {
		return nil, nil
	}
	dir, err := a.lockDir()
	if err != nil {
		return nil, usage(fmt.Errorf("the directory of locks: %w", err), "name another with "+lockVariable+", or say --no-lock")
	}
	l, err := takeLock(dir, "account-"+s.account.fingerprint([]byte("lock")), true, self(run))
	return l, lockFailure(err, "this account on this machine", "wait for its end, so that two runs do not undo each other's work")
}

func lockFailure(err error, what, hint string) error {
	var held *heldError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &held):
		return usage(fmt.Errorf("%s is %w", what, held), hint+"; nothing was sent")
	case errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.ENOSYS):
		return usage(fmt.Errorf("%s cannot be locked: the file system knows no locks", what), "make sure that it is used once at a time, and say --no-lock")
	}
	return usage(fmt.Errorf("%s cannot be locked: %w", what, err), "mend that, or make sure that it is used once at a time and say --no-lock")
}

// lockDir makes the directory of the locks that all users of the machine share.
func (a *app) lockDir() (string, error) {
	if dir := a.Getenv(lockVariable); dir != "" {
		return dir, os.MkdirAll(dir, 0o700)
	}
	dir := filepath.Join(os.TempDir(), "tracksync-locks")
	switch runtime.GOOS {
	case "windows":
		if shared := a.Getenv("ProgramData"); shared != "" {
			dir = filepath.Join(shared, "tracksync-locks")
		}
	default:
		// Not TMPDIR: it is often another for a job, a service and a shell.
		dir = "/tmp/tracksync-locks"
	}
	err := os.Mkdir(dir, 0o777)
	if err == nil {
		err = os.Chmod(dir, 0o777|os.ModeSticky)
	}
	if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	return dir, err
}
