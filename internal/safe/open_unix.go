//go:build unix

package safe

import "syscall"

// dontWait keeps a named pipe that has taken a file's place from holding up
// whoever opens it, and a terminal from becoming that of the process.
const dontWait = syscall.O_NONBLOCK | syscall.O_NOCTTY
