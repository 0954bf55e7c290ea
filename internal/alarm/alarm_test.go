package alarm

import (
	"testing"
	"time"
)

// The alarm of this system fires, also when it is set again, for nothing, or for a time
// that has passed, and ends.
func TestAlarm(t *testing.T) {
	a := New()
	defer a.Close()
	for _, d := range []time.Duration{time.Millisecond, 1, 0, -time.Hour} {
		a.Set(time.Hour)
		begun := time.Now()
		a.Set(d)
		if <-a.C; time.Since(begun) < d {
			t.Errorf("set for %v, it fired after %v", d, time.Since(begun))
		}
	}
}
