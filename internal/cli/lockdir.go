package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"

	"tracksync/internal/safe"
)

const (
	// lockVariable names the directory of the locks that runs of one account
	// share.
	lockVariable = "TRACKSYNC_LOCK_DIR"
	// stateVariable names the directory of what programs remember of a user.
	stateVariable = "XDG_STATE_HOME"
)

// lockDir opens the directory of the locks: the one that is named, else one of the
// user's own, where no other user can hold up a run.
func (a *app) lockDir() (*safe.Dir, error) {
	if named := a.Getenv(lockVariable); named != "" {
		dir, err := safe.OwnDir(named)
		return dir, lockDirFailure(err, "name another with "+lockVariable+", or pass --no-lock")
	}
	own, err := a.stateDir()
	return a.ownLocks(own, err, lastResort())
}

// ownLocks opens own or, if there is none or it cannot be made, last.
func (a *app) ownLocks(own string, err error, last string) (*safe.Dir, error) {
	const hint = "set " + stateVariable + " or " + lockVariable + " to a directory of your own, or pass --no-lock"
	var dir *safe.Dir
	if err == nil {
		dir, err = safe.OwnDir(own)
	}
	var refused *safe.DirError
	if err == nil || errors.As(err, &refused) {
		return dir, lockDirFailure(err, hint)
	}
	// A service or a container may have no home. The place of temporary files is
	// everybody's, so what stands there is looked at as strictly.
	dir, lastErr := safe.OwnDir(last)
	if lastErr != nil {
		return nil, lockDirFailure(fmt.Errorf("%w; and %w", err, lastErr), hint)
	}
	a.saidLocks.Do(func() {
		a.log.Warn().Msg(safe.Line(fmt.Sprintf("locks stand in %s, because there is no better place (%v): set %s or %s to a directory of your own",
			last, err, stateVariable, lockVariable)))
	})
	return dir, nil
}

func lockDirFailure(err error, hint string) error {
	if err == nil {
		return nil
	}
	var refused *safe.DirError
	if errors.As(err, &refused) && refused.Hint != "" {
		hint = refused.Hint + "; or " + hint
	}
	return usage(fmt.Errorf("the directory of locks: %w", err), hint)
}

// lastResort is the directory of locks of a user without a home. It is not in
// TMPDIR, which is often another for a job, a service and a shell.
func lastResort() string {
	if runtime.GOOS == "windows" {
		return filepath.Join(os.TempDir(), "tracksync")
	}
	return filepath.Join("/tmp", "tracksync-"+strconv.Itoa(os.Geteuid()))
}

var errNoHome = errors.New("this user has no home directory")

// stateDir is where this user's runs keep what they share.
func (a *app) stateDir() (string, error) {
	if runtime.GOOS == "windows" {
		if local := a.Getenv("LocalAppData"); local != "" {
			return filepath.Join(local, "tracksync"), nil
		}
		return "", errors.New("LocalAppData is not set")
	}
	if state := a.Getenv(stateVariable); filepath.IsAbs(state) { // a relative one is to be ignored
		return filepath.Join(state, "tracksync"), nil
	}
	home := a.home()
	if home == "" {
		return "", errNoHome
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return filepath.Join(home, "Library", "Application Support", "tracksync"), nil
	}
	return filepath.Join(home, ".local", "state", "tracksync"), nil
}

// home is the user's home directory; empty if there is none. HOME counts, unless
// root has that of another user, as sudo may leave it.
func (a *app) home() string {
	home := a.Getenv("HOME")
	if filepath.IsAbs(home) && !(os.Geteuid() == 0 && belongsToAnother(home)) {
		return home
	}
	// By the id: what says the name stands in the environment too.
	if u, err := user.LookupId(strconv.Itoa(os.Geteuid())); err == nil && filepath.IsAbs(u.HomeDir) {
		return u.HomeDir
	}
	return ""
}

func belongsToAnother(path string) bool {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	if err != nil {
		return true
	}
	uid, known := safe.Owner(info)
	return known && uid != os.Geteuid()
}
