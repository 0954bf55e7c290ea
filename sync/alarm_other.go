//go:build !linux

package sync

// kernelAlarm is nil: this system's alarms are the timers of the Go runtime.
func kernelAlarm() *Alarm { return nil }
