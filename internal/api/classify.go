package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"syscall"
)

// classify turns the failure of a request into an *Error. parent is the caller's
// context; timedOut tells that the request had no more time.
func (c *Client) classify(parent context.Context, timedOut bool, a Answer, err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e // an answer of the API, see refusal
	}
	e = &Error{Class: Retryable, Status: a.Status, Transport: true, Err: err}
	// Redact before cutting, so that no part of the key is left.
	clean := func(s string) string { return plain(c.redact.Text(s)) }
	var answer *badAnswer
	switch {
	case parent.Err() != nil:
		e.Class, e.Code, e.Message = Canceled, "canceled", "the request was cut off"
	case isShortage(err):
		e.Class, e.Code, e.Message, e.Transport = Local, "local_shortage", shortageText(err), false
		c.transport.CloseIdleConnections() // they hold what is lacking
	case errors.As(err, &answer):
		e.Code, e.Message = "bad_answer", answer.text
		if answer.final {
			e.Class, e.Transport = Permanent, false
		}
	case errors.Is(err, errTooLong):
		e.Code, e.Message = "bad_answer", "the answer is too long to be the API's"
	case timedOut || isTimeout(err):
		e.Code, e.Message = "timeout", fmt.Sprintf("no answer within %v", c.timeout)
		if !timedOut {
			e.Message = noConnectionInTime(err, clean)
		}
	default:
		c := connectionError(err, a.Status != 0, clean)
		e.Code, e.Message, e.Setup = c.code, c.message, c.setup
	}
	return e
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout() || errors.Is(err, os.ErrDeadlineExceeded)
}

func isErrno(err error, list []syscall.Errno) bool {
	var n syscall.Errno
	return errors.As(err, &n) && slices.Contains(list, n)
}

// cause is an error with a redacted text, because the original may quote the
// server. It cannot be unwrapped, but errors.Is works.
type cause struct {
	err  error
	text string
}

func (c cause) Error() string        { return c.text }
func (c cause) Is(target error) bool { return errors.Is(c.err, target) }

// mayBeApplied reports whether a failed PUT may have been applied: it was sent, and
// no trustworthy refusal came back.
func mayBeApplied(e *Error, sent bool) bool {
	if !sent {
		return false
	}
	_, lost := gatewayError(e.Status)
	return e.Transport || lost
}

// gatewayError reports whether a status means a transport error between a gateway
// and the service, and whether the service may have received the request.
//
// 502 and 504 are standard. Those from 520 on are Cloudflare's, for when the server
// behind it is down, unreachable or too slow.
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

// isRedirect reports whether a status sends the client to another address.
func isRedirect(status int) bool {
	switch status {
	case http.StatusMultipleChoices, http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusUseProxy, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// classOf is the class and the error code of a status that is not a 2xx.
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
	switch {
	case isRedirect(status):
		return Permanent, "redirect"
	case status/100 == 5:
		return Permanent, "server_error"
	}
	return Permanent, "http_" + fmt.Sprint(status)
}
