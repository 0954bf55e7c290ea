package api

import (
	"compress/flate"
	"compress/gzip"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// lost tells why there is no answer, or only part of one.
type lost struct {
	code    string // a word for programs
	message string // for people: what happened, and what to do where that is known
	setup   bool   // see Error.Setup
}

// connectionError explains why there is no answer. clean makes foreign text safe
// for a message.
func connectionError(err error, answered bool, clean func(string) string) lost {
	var (
		dns   *net.DNSError
		proxy *proxyError
		op    *net.OpError
	)
	switch {
	case errors.Is(err, errNotLocal):
		return lost{"not_local", errNotLocal.Error(), true}
	case errors.As(err, &proxy):
		return lost{"proxy", proxy.text, proxy.setup}
	case errors.As(err, &op) && op.Op == "proxyconnect":
		// This comes before the error that it wraps: the API was not reached.
		return proxyUnreached(op.Err, clean)
	case errors.As(err, &dns):
		return hostUnknown(dns, clean)
	}
	if l, is := tlsError(err, clean); is {
		return l
	}
	switch {
	case isErrno(err, refusedErrnos):
		return lost{code: "connection_refused", message: "the connection was refused: nothing listens there"}
	case errors.As(err, &op) && op.Op == "dial":
		return lost{code: "connection_failed", message: "no connection: " + clean(op.Err.Error())}
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, new(flate.CorruptInputError)):
		return lost{code: "bad_answer", message: "the answer is damaged: it cannot be unpacked"}
	case answered:
		return lost{code: "bad_answer", message: "the answer was cut off before its end"}
	case errors.Is(err, errReplay), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		isErrno(err, lostErrnos), errors.Is(err, net.ErrClosed),
		strings.Contains(err.Error(), "server closed"):
		return lost{code: "connection_lost", message: errReplay.Error()}
	}
	return unreadable(err.Error(), clean)
}

// unreadable explains errors for which net/http has no types.
func unreadable(text string, clean func(string) string) lost {
	switch {
	case strings.Contains(text, "response headers exceeded"), strings.Contains(text, "response header list larger"):
		return lost{code: "bad_answer", message: "the answer's header is too long to be the API's"}
	case strings.Contains(text, `malformed HTTP response "\x15\x03`):
		// This is a TLS alert: the server expects TLS and got clear text.
		return lost{"tls", "the server speaks HTTPS on this port: the base URL must begin with https://", true}
	case strings.Contains(text, "malformed"), strings.Contains(text, "transport connection broken"):
		return lost{code: "bad_answer", message: "the answer is not HTTP: " + clean(text)}
	case strings.Contains(text, "GOAWAY"), strings.Contains(text, "stream error"):
		return lost{code: "connection_lost", message: "the server broke off the request: " + clean(text)}
	}
	return lost{code: "connection_error", message: "no usable answer: " + clean(text)}
}

// noConnectionInTime tells which step of connecting took too long.
func noConnectionInTime(err error, clean func(string) string) string {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return hostUnknown(dns, clean).message
	}
	if strings.Contains(err.Error(), "TLS handshake timeout") {
		return "no connection in time: the server is there, but does not answer in HTTPS on this port"
	}
	return "no connection in time: nothing answers there"
}

func proxyUnreached(err error, clean func(string) string) lost {
	message := "the proxy cannot be reached (see HTTPS_PROXY)"
	if l, is := tlsError(err, clean); is {
		return lost{"proxy", message + ": " + l.message, l.setup}
	}
	return lost{code: "proxy", message: message + ": " + clean(err.Error())}
}

// hostUnknown is for a host name that is not found. It is worth a retry whatever the
// resolver says: the network may still be coming up.
func hostUnknown(err *net.DNSError, clean func(string) string) lost {
	if err.IsNotFound {
		return lost{code: "dns", message: fmt.Sprintf("the host %q was not found: check the base URL and the network",
			clean(err.Name))}
	}
	return lost{code: "dns", message: fmt.Sprintf("the name service does not answer for the host %q: %s",
		clean(err.Name), clean(err.Err))}
}

// tlsError explains what is wrong with a TLS handshake.
func tlsError(err error, clean func(string) string) (lost, bool) {
	var (
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		noTLS     tls.RecordHeaderError
		alert     tls.AlertError
	)
	tlsSetup := func(format string, args ...any) (lost, bool) {
		return lost{"tls", fmt.Sprintf(format, args...), true}, true
	}
	switch {
	case errors.As(err, &authority):
		return tlsSetup("the server's certificate is from an authority that is not trusted here; " +
			"if it is your own, or that of a proxy of yours, name its certificate with --ca-file")
	case errors.As(err, &hostname):
		return tlsSetup("the server's certificate is for another host (%s), not for %q: check the base URL, and "+
			"whether a proxy answers",
			names(hostname.Certificate, clean), clean(hostname.Host))
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return tlsSetup("%s: whoever runs the server must renew it, unless the clock here is wrong",
			validity(invalid.Cert))
	case errors.As(err, &invalid):
		return tlsSetup("the server's certificate is not valid: %s", clean(invalid.Error()))
	case errors.As(err, &noTLS):
		return tlsSetup("the server does not speak HTTPS on this port: check the host and the port of the base URL")
	case errors.As(err, &alert):
		return lost{code: "tls", message: "the server broke off the TLS handshake: " + clean(alert.Error())}, true
	}
	return lost{}, false
}

// names are the first hosts that a certificate is for.
func names(c *x509.Certificate, clean func(string) string) string {
	const most = 3
	var all []string
	if c != nil {
		for _, name := range c.DNSNames {
			all = append(all, fmt.Sprintf("%.60q", clean(name)))
		}
		for _, ip := range c.IPAddresses {
			all = append(all, ip.String())
		}
	}
	if len(all) == 0 {
		return "it names none"
	}
	if more := len(all) - most; more > 0 {
		all = append(all[:most], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(all, ", ")
}

func validity(c *x509.Certificate) string {
	const day = time.DateOnly
	switch now := time.Now(); {
	case c == nil:
		return "the server's certificate has expired"
	case now.Before(c.NotBefore):
		return fmt.Sprintf("the server's certificate is valid only from %s on, and here it is %s",
			c.NotBefore.UTC().Format(day), now.UTC().Format(day))
	default:
		return fmt.Sprintf("the server's certificate has expired on %s, and here it is %s",
			c.NotAfter.UTC().Format(day), now.UTC().Format(day))
	}
}
