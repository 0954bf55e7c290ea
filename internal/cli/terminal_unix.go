//go:build !windows

package cli

const terminalName = "/dev/tty"
