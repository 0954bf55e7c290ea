//go:build unix

package safe

import "syscall"

// dontWait keeps a named pipe in the place of a file from blocking, and a terminal
// from becoming the process's controlling terminal.
const dontWait = syscall.O_NONBLOCK | syscall.O_NOCTTY
