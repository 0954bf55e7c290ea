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
		name string
		sent []sent
		want time.Duration
	}{
		{"another at once", []sent{{0, os.Interrupt}}, 0},
		{"the same at once, and later", []sent{{0, syscall.SIGTERM}, {time.Millisecond, syscall.SIGTERM},
			{time.Second, syscall.SIGTERM}}, 1001 * time.Millisecond},
		{"the same at once, then another", []sent{{0, syscall.SIGTERM}, {time.Millisecond, os.Interrupt}},
			time.Millisecond},
		{"the same as fast as a person is", []sent{{150 * time.Millisecond, syscall.SIGTERM}}, 150 * time.Millisecond},
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
				another(caught, syscall.SIGTERM)
				if got := time.Since(begun); got != tc.want {
					t.Errorf("after %s, want %s", got, tc.want)
				}
			})
		})
	}
}
