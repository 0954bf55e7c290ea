package main

import (
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// A signal that comes twice at once, as from timeout(1), is one. Another signal, or
// the same one later, is a second.
func TestAnotherSignal(t *testing.T) {
	type sent struct {
		after time.Duration
		sig   os.Signal
	}
	for _, tc := range []struct {
		name   string
		sent   []sent
		want   time.Duration
		system string
	}{
		{"another at once", []sent{{0, os.Interrupt}}, 0, "linux"},
		{"the same at once, and later", []sent{{0, syscall.SIGTERM}, {time.Millisecond, syscall.SIGTERM},
			{time.Second, syscall.SIGTERM}}, 1001 * time.Millisecond, "linux"},
		{"the same at once, then another", []sent{{0, syscall.SIGTERM}, {time.Millisecond, os.Interrupt}},
			time.Millisecond, "linux"},
		{"the same as fast as a person is", []sent{{150 * time.Millisecond, syscall.SIGTERM}}, 150 * time.Millisecond, "linux"},
		{"the same much later", []sent{{time.Minute, syscall.SIGTERM}}, time.Minute, "linux"},
		{"none until the system kills", nil, 3 * time.Second, "windows"},
		{"the same as fast as a person is, on Windows", []sent{{150 * time.Millisecond, syscall.SIGTERM}}, 150 * time.Millisecond, "windows"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun, caught := time.Now(), make(chan os.Signal)
				go func() {
					for _, s := range tc.sent {
						time.Sleep(s.after)
						caught <- s.sig
					}
				}()
				another(caught, syscall.SIGTERM, closing(tc.system, syscall.SIGTERM))
				if got := time.Since(begun); got != tc.want {
					t.Errorf("after %s, want %s", got, tc.want)
				}
			})
		})
	}
}
