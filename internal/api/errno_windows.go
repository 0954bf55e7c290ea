package api

import "syscall"

// What Windows itself says: the numbers that package syscall gives the names of
// other systems never come from a socket here.
var (
	refusedErrnos = []syscall.Errno{10061} // WSAECONNREFUSED
	lostErrnos    = []syscall.Errno{syscall.WSAECONNRESET, syscall.WSAECONNABORTED}
)
