package safe

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// inUse are the errors about a file that another program has open. Access is also denied where
// the user may not write, and a directory is not empty while a removed file in it is open.
var inUse = []syscall.Errno{
	windows.ERROR_SHARING_VIOLATION, windows.ERROR_LOCK_VIOLATION, windows.ERROR_ACCESS_DENIED, windows.ERROR_DIR_NOT_EMPTY,
}
