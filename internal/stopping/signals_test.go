package stopping

import (
	"context"
	"os"
	"testing"
	"testing/synctest"
)

// A signal that comes just when one listener stops and the next one starts is received by
// one of them.
func TestNoSignalIsLost(t *testing.T) {
	for range 200 {
		synctest.Test(t, func(t *testing.T) {
			sent := make(chan os.Signal, 1)
			ctx, release := Signals(sent).Context(context.Background())
			sent <- os.Interrupt
			release()
			heard := Of(ctx) != nil // the caller of release checks at this point
			synctest.Wait()
			if !heard && len(sent) == 0 {
				t.Fatal("it is lost")
			}
		})
	}
}
