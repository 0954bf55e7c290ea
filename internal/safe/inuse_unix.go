//go:build !windows

package safe

import "syscall"

// inUse are the errors about a file of a file server that another program has open.
var inUse = []syscall.Errno{syscall.EBUSY, syscall.ETXTBSY}
