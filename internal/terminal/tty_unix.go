//go:build !windows

package terminal

// Name is the controlling terminal, as a file.
const Name = "/dev/tty"
