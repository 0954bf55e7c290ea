package alarm

import (
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// What cannot be waited for is no alarm, and is closed: a timer takes its place.
func TestClockThatCannotBeWaitedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	fd, err := unix.Open(path, unix.O_CREAT|unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if a := alarmOf(fd); a != nil {
		a.Close()
		t.Error("a file is taken for a clock")
	}
	if err := unix.Close(fd); err != unix.EBADF {
		t.Errorf("it is still open: %v", err)
	}
}
