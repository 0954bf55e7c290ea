//go:build !windows

package api

import "syscall"

var (
	refusedErrnos = []syscall.Errno{syscall.ECONNREFUSED}
	lostErrnos    = []syscall.Errno{syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED}

	filesErrnos  = []syscall.Errno{syscall.EMFILE, syscall.ENFILE}
	memoryErrnos = []syscall.Errno{syscall.ENOMEM, syscall.ENOBUFS}
	portErrnos   = []syscall.Errno{syscall.EADDRNOTAVAIL}
)
