package testkit

import (
	"os"
	"runtime"
	"syscall"
	"testing"
)

// Symlink makes a link, or skips the test where none can be made: on Windows that needs a
// privilege, and Wine only says that it has made one.
func Symlink(t *testing.T, target, name string) {
	t.Helper()
	err := os.Symlink(target, name)
	if err == nil {
		_, err = os.Lstat(name)
	}
	if err != nil {
		t.Skipf("no links here: %v", err)
	}
}

// TooManyFiles is this system's error for too many open files, and for too many sockets.
func TooManyFiles() (files, sockets syscall.Errno) {
	if runtime.GOOS == "windows" {
		return 4, 10024
	}
	return syscall.EMFILE, syscall.EMFILE
}
