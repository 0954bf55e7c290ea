package cli

import (
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/terminal"
)

// The deadline is one of the process: readers that take nothing are waited for until
// then and no longer, also when the work has ended before.
func TestDeadlineHoldsForReaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &app{patience: terminal.NewPatience(), begun: time.Now()}
		_, workIsDone := a.timed(t.Context(), speed{deadline: time.Minute})
		workIsDone()
		time.Sleep(59 * time.Second)
		if a.patience.Over() {
			t.Error("readers are not waited for before the deadline")
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if !a.patience.Over() {
			t.Error("readers are waited for after the deadline")
		}
	})
}
