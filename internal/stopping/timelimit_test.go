package stopping

import (
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/terminal"
)

// The deadline is that of the process: it waits for readers that read nothing until then
// and no longer, even if the work has ended before.
func TestDeadlineHoldsForReaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		patience, limit := terminal.NewPatience(), Limit{}.OrAt(time.Now().Add(time.Minute), "--deadline")
		_, workIsDone := limit.Context(t.Context(), patience.End)
		workIsDone()
		time.Sleep(59 * time.Second)
		if patience.Over() {
			t.Error("readers are not waited for before the deadline")
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if !patience.Over() {
			t.Error("readers are waited for after the deadline")
		}
	})
}
