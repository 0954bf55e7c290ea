package alarm

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// kernelAlarm is an alarm of the kernel's clock, read like a file: it fires within some
// 50 µs, and no thread waits for it. It is nil where the kernel has none to give.
func kernelAlarm() *Alarm {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil
	}
	return alarmOf(fd)
}

// alarmOf is the alarm of a clock, which it closes. It is nil if nobody can wait for the
// clock: such an alarm would never fire.
func alarmOf(fd int) *Alarm {
	f := os.NewFile(uintptr(fd), "alarm")
	if err := f.SetReadDeadline(time.Time{}); err != nil {
		_ = f.Close()
		return nil
	}
	fired := make(chan time.Time, 1)
	go func() {
		var count [8]byte
		for {
			if _, err := f.Read(count[:]); err != nil {
				return // it was closed
			}
			select {
			case fired <- time.Time{}:
			default:
			}
		}
	}()
	set := func(d time.Duration) {
		at := unix.ItimerSpec{Value: unix.NsecToTimespec(max(1, d.Nanoseconds()))} // 0 would never fire
		_ = unix.TimerfdSettime(fd, 0, &at, nil)                                   // fails for no such time
	}
	return &Alarm{Set: set, C: fired, Early: 100 * time.Microsecond, Close: func() { f.Close() }}
}
