package api

import "syscall"

// What Windows itself says: the numbers that package syscall gives the names of
// other systems never come from a socket here.
var (
	refusedErrnos = []syscall.Errno{10061} // WSAECONNREFUSED
	lostErrnos    = []syscall.Errno{syscall.WSAECONNRESET, syscall.WSAECONNABORTED}

	filesErrnos  = []syscall.Errno{10024} // WSAEMFILE
	memoryErrnos = []syscall.Errno{10055} // WSAENOBUFS
	portErrnos   = []syscall.Errno{10048} // WSAEADDRINUSE: of an address of its own choice
)
