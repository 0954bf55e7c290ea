package api

import (
	"errors"
	"net"
	"strings"
)

// isShortage reports whether a connection could not be made because this machine
// had not the means.
func isShortage(err error) bool { return shortageText(err) != "" }

// shortageText says which means, and what to do; "" when err is something else.
func shortageText(err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Op != "dial" && op.Op != "proxyconnect" {
		return "" // of a request that is under way
	}
	switch {
	case isErrno(err, filesErrnos) || lookedUpWithout(err, filesErrnos[0].Error()):
		return "this machine has no file descriptor left for a connection: lower --concurrency, or raise the limit (ulimit -n)"
	case isErrno(err, memoryErrnos):
		return "this machine has no memory left for a connection: lower --concurrency"
	case isErrno(err, portErrnos) && toIPv4(err):
		return "this machine has no port left for a connection: lower --concurrency, or wait until others have ended theirs"
	}
	return ""
}

// lookedUpWithout reports whether a name could not be looked up for that reason,
// which the resolver gives as a text.
func lookedUpWithout(err error, reason string) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && strings.Contains(dns.Err, reason)
}

// toIPv4 tells that there is no port left from that this machine has no IPv6: the
// error is the same.
func toIPv4(err error) bool {
	var op *net.OpError
	if !errors.As(err, &op) {
		return false
	}
	to, ok := op.Addr.(*net.TCPAddr)
	return ok && to.IP.To4() != nil
}
