//go:build !linux

package alarm

// kernelAlarm is nil: this system's alarms are the timers of the Go runtime.
func kernelAlarm() *Alarm { return nil }
