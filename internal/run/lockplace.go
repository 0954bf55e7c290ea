package run

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
	// LockVariable names the directory of the locks that runs of one account
	// share.
	LockVariable = "TRACKSYNC_LOCK_DIR"
	// StateVariable names the directory of what programs remember of a user.
	StateVariable = "XDG_STATE_HOME"
)

// LockPlace is the directory of the locks that runs of one account share.
type LockPlace struct {
	dir *safe.Dir
	// Instead is why the locks are among everybody's temporary files and not in a
	// directory of the user's own; nil if they are in the latter.
	Instead error
}

// OpenLockPlace opens the directory of the locks: the one that the environment names, or
// otherwise one of the user's own, where no other user can block a run.
func OpenLockPlace(getenv func(string) string) (*LockPlace, error) {
	if named := getenv(LockVariable); named != "" {
		dir, err := safe.OwnDir(named)
		return &LockPlace{dir: dir}, err
	}
	own, err := stateDir(getenv)
	return openLockPlace(own, err, lastResort())
}

// openLockPlace opens own or, if there is none or it cannot be made, last.
func openLockPlace(own string, err error, last string) (*LockPlace, error) {
	var dir *safe.Dir
	if err == nil {
		dir, err = safe.OwnDir(own)
	}
	var refused *safe.DirError
	if err == nil || errors.As(err, &refused) {
		return &LockPlace{dir: dir}, err
	}
	// A service or a container may have no home directory. Everybody can write to the
	// place of temporary files, so OwnDir checks it just as strictly.
	dir, lastErr := safe.OwnDir(last)
	if lastErr != nil {
		return nil, fmt.Errorf("%w; and %w", err, lastErr)
	}
	return &LockPlace{dir, err}, nil
}

// Name is the directory's path.
func (p *LockPlace) Name() string { return p.dir.Name() }

// lastResort is the directory of the locks of a user without a home directory. It is not
// in TMPDIR, because a job, a service and a shell often have different ones.
func lastResort() string {
	if runtime.GOOS == "windows" {
		return filepath.Join(os.TempDir(), "tracksync")
	}
	return filepath.Join("/tmp", "tracksync-"+strconv.Itoa(os.Geteuid()))
}

var errNoHome = errors.New("this user has no home directory")

// stateDir is the directory for what this user's runs share.
func stateDir(getenv func(string) string) (string, error) {
	if runtime.GOOS == "windows" {
		if local := getenv("LocalAppData"); local != "" {
			return filepath.Join(local, "tracksync"), nil
		}
		return "", errors.New("LocalAppData is not set")
	}
	if state := getenv(StateVariable); filepath.IsAbs(state) { // its specification ignores relative paths
		return filepath.Join(state, "tracksync"), nil
	}
	home := homeDir(getenv)
	if home == "" {
		return "", errNoHome
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return filepath.Join(home, "Library", "Application Support", "tracksync"), nil
	}
	return filepath.Join(home, ".local", "state", "tracksync"), nil
}

// homeDir is the user's home directory; "" if there is none. HOME counts, except for root
// if it belongs to another user, as after sudo.
func homeDir(getenv func(string) string) string {
	home := getenv("HOME")
	if filepath.IsAbs(home) && !(os.Geteuid() == 0 && belongsToAnother(home)) {
		return home
	}
	// By the id, because the user's name comes from the environment too.
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
