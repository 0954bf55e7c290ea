package api

import (
	"errors"
	"net"
	"strings"
)

// isShortage reports whether a connection failed because this machine lacks
// something.
func isShortage(err error) bool { return shortageText(err) != "" }

// shortageText tells what is lacking and what to do; "" for any other error.
func shortageText(err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Op != "dial" && op.Op != "proxyconnect" {
		return "" // of a request that is under way
	}
	switch {
	case isErrno(err, filesErrnos) || lookedUpWithout(err, filesErrnos[0].Error()):
		return "this machine has no file descriptor left for a connection: lower --concurrency, or raise the limit " +
			"(ulimit -n)"
	case isErrno(err, memoryErrnos):
		return "this machine has no memory left for a connection: lower --concurrency"
	case isErrno(err, portErrnos) && toIPv4(err):
		return "this machine has no port left for a connection: lower --concurrency, or wait until others have ended " +
			"theirs"
	}
	return ""
}

// lookedUpWithout reports whether looking up a name failed for that reason. The
// resolver gives the reason as text only.
func lookedUpWithout(err error, reason string) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && strings.Contains(dns.Err, reason)
}

// toIPv4 reports whether a connection was to an IPv4 address. The same error means
// "no port left" there, and "no IPv6 on this machine" otherwise.
func toIPv4(err error) bool {
	var op *net.OpError
	if !errors.As(err, &op) {
		return false
	}
	to, ok := op.Addr.(*net.TCPAddr)
	return ok && to.IP.To4() != nil
}
