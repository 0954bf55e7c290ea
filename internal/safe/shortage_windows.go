package safe

import "syscall"

// What Windows itself says: the numbers that package syscall gives the names of
// other systems never come from a file here.
var shortages = []syscall.Errno{
	4,    // ERROR_TOO_MANY_OPEN_FILES
	8,    // ERROR_NOT_ENOUGH_MEMORY
	39,   // ERROR_HANDLE_DISK_FULL
	112,  // ERROR_DISK_FULL
	1117, // ERROR_IO_DEVICE
	1295, // ERROR_DISK_QUOTA_EXCEEDED
}
