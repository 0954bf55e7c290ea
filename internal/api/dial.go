package api

import (
	"net"
	"syscall"
)

// onlyLoopback lets a connection through only to this machine: localhost is a
// name, and a name can be made to lead elsewhere.
func onlyLoopback(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return errNotLocal
	}
	return nil
}
