package api

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
)

// classify says what the failure of a request means. parent is the caller's
// context, attempt the one that has the time-out as well.
func (c *Client) classify(parent, attempt context.Context, a Answer, err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e // an answer of the API, see refusal
	}
	e = &Error{Class: Retryable, Status: a.Status, Transport: true, Err: err}
	// The key goes before anything is cut, so that no part of it is left.
	clean := func(s string) string { return plain(c.redact.text(s)) }
	var answer *badAnswer
	switch {
	case parent.Err() != nil:
		e.Class, e.Code, e.Message = Canceled, "canceled", "the request was cut off"
	case errors.As(err, &answer):
		e.Code, e.Message = "bad_answer", answer.text
	case errors.Is(err, errTooLong):
		e.Code, e.Message = "bad_answer", "the answer is too long to be the API's"
	case attempt.Err() != nil || isTimeout(err):
		e.Code, e.Message = "timeout", fmt.Sprintf("no answer within %v", c.timeout)
		if attempt.Err() == nil {
			e.Message = "no connection in time"
		}
	default:
		e.Code, e.Message = connectionError(err, a.Status != 0, clean)
	}
	return e
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout() || errors.Is(err, os.ErrDeadlineExceeded)
}

// connectionError says in a word and in a sentence why there is no answer, or
// only a part of one.
func connectionError(err error, answered bool, clean func(string) string) (code, message string) {
	var (
		dns       *net.DNSError
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		noTLS     tls.RecordHeaderError
		alert     tls.AlertError
		proxy     *proxyError
		op        *net.OpError
	)
	switch {
	case errors.Is(err, errNotLocal):
		return "not_local", errNotLocal.Error()
	case errors.As(err, &proxy):
		return "proxy", proxy.text
	case errors.As(err, &op) && op.Op == "proxyconnect":
		// Before what lies within it: the API itself was not reached.
		return "proxy", "the proxy cannot be reached"
	case errors.As(err, &dns):
		return "dns", fmt.Sprintf("the host %q was not found", clean(dns.Name))
	case errors.As(err, &authority):
		return "tls", "the server's certificate is from an authority that is not trusted here (see --ca-file)"
	case errors.As(err, &hostname):
		return "tls", "the server's certificate is for another host"
	case errors.As(err, &invalid):
		return "tls", "the server's certificate is not valid: " + clean(invalid.Error())
	case errors.As(err, &noTLS):
		return "tls", "the server does not speak HTTPS on this port"
	case errors.As(err, &alert):
		return "tls", "the server broke off the TLS handshake: " + clean(alert.Error())
	case isErrno(err, refusedErrnos):
		return "connection_refused", "the connection was refused: nothing listens there"
	case errors.As(err, &op) && op.Op == "dial":
		return "connection_failed", "no connection: " + clean(op.Err.Error())
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, new(flate.CorruptInputError)):
		return "bad_answer", "the answer is damaged: it cannot be unpacked"
	case answered:
		return "bad_answer", "the answer was cut off before its end"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		isErrno(err, lostErrnos), errors.Is(err, net.ErrClosed),
		strings.Contains(err.Error(), "server closed"):
		return "connection_lost", "the connection was lost before the answer came"
	}
	// net/http has no types for these.
	switch text := err.Error(); {
	case strings.Contains(text, "response headers exceeded"):
		return "bad_answer", "the answer's header is too long to be the API's"
	case strings.Contains(text, "malformed"), strings.Contains(text, "transport connection broken"):
		return "bad_answer", "the answer is not HTTP: " + clean(text)
	default:
		return "connection_error", "no usable answer: " + clean(text)
	}
}

func isErrno(err error, list []syscall.Errno) bool {
	var n syscall.Errno
	return errors.As(err, &n) && slices.Contains(list, n)
}

// cause is an error without the key: the text of what went wrong may quote the
// server. It unwraps to nothing, and still answers errors.Is.
type cause struct {
	err  error
	text string
}

func (c cause) Error() string        { return c.text }
func (c cause) Is(target error) bool { return errors.Is(c.err, target) }

// mayBeApplied reports whether a PUT that failed may have been applied: it was
// sent, and no refusal came that can be trusted.
func mayBeApplied(e *Error, sent bool) bool {
	if !sent {
		return false
	}
	_, lost := gatewayError(e.Status)
	return e.Transport || lost
}

// gatewayError reports whether a status is a gateway's word for a transport error
// between it and the service, and whether the service may have got the request.
//
// 502 and 504 are HTTP's. Those from 520 on are a content delivery network's
// (Cloudflare's): its servers stand before many an API, and answer so when the one
// behind them is down, out of reach or too slow.
func gatewayError(status int) (is, lost bool) {
	switch status {
	case http.StatusBadGateway, http.StatusGatewayTimeout,
		520, // the service's answer was empty or no HTTP
		522, // it took the connection and was silent, or did not take it
		524, // it did not answer in time
		527: // the connection was lost on the way
		return true, true
	case 521, // it refused the connection
		523,      // it cannot be reached
		525, 526, // TLS with it failed
		530: // its address was not found
		return true, false
	}
	return false, false
}

// classOf says what an answer that is not a 2xx means.
func classOf(status int) (Class, string) {
	if is, _ := gatewayError(status); is {
		return Retryable, "gateway_error"
	}
	switch status {
	case http.StatusUnauthorized:
		return Unauthorized, "unauthorized"
	case http.StatusForbidden:
		return Forbidden, "forbidden"
	case http.StatusNotFound:
		return Permanent, "not_found"
	case http.StatusTooManyRequests:
		return Throttled, "rate_limited"
	case http.StatusRequestTimeout, http.StatusTooEarly:
		return Retryable, "server_busy"
	case http.StatusInternalServerError, http.StatusServiceUnavailable:
		return Retryable, "server_error"
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return Permanent, "invalid_request"
	}
	switch status / 100 {
	case 3:
		return Permanent, "redirect"
	case 5:
		return Permanent, "server_error"
	}
	return Permanent, "http_" + fmt.Sprint(status)
}
