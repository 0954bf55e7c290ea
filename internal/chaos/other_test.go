//go:build !unix

package chaos

import "testing"

// TestChaos runs where a process can be stopped, and ended by signals.
func TestChaos(t *testing.T) {
	t.Skip("there are no signals to end a process by")
}
