package api

import (
	"net/http"
	"time"
)

// Class says what a failure means for whoever asked. The zero Class is none.
type Class string

// The classes.
const (
	Retryable    Class = "retryable"    // transport errors, also those that a gateway tells of (502, 504, 520-527, 530), 408, 425, 500, 503, unusable 2xx answers
	Throttled    Class = "throttled"    // 429
	Permanent    Class = "permanent"    // any other answer: asking again gives it again
	Unauthorized Class = "unauthorized" // 401
	Forbidden    Class = "forbidden"    // 403
	Local        Class = "local"        // this machine lacked the means to send: nothing has left
	Canceled     Class = "canceled"     // the caller's context ended
)

// Error is why a call did not succeed.
type Error struct {
	Class   Class
	Code    string // a word for programs, such as invalid_request or timeout
	Message string // for people: one line, escaped, bounded, the key redacted
	Field   string // the field concerned, in a manifest's words, if one is named
	Status  int    // of the answer; 0: none came

	// Transport is set when nothing usable came back from the API itself:
	// connection errors, time-outs, answers that are not the API's.
	Transport bool
	// Setup is set when nothing but a change of how things are set up mends it:
	// a certificate that does not fit, a proxy that wants a password. To wait
	// for it is idle.
	Setup bool
	// Foreign is set for a refusal that is hardly the API's own: a redirect, a
	// web page, a status for which the API has no use. The request has gone to
	// another place.
	Foreign bool
	// Misplaced is set for a 404 when the base URL has no version at its end, such
	// as /v1: likely it is the place that does not exist, and not the track.
	Misplaced bool
	// Decides is set for an answer in which the API speaks about the track itself:
	// it does not exist (404), or what was sent does not fit it (422). It settles
	// what became of earlier attempts too. A 403, a redirect, a 5xx or a page of a
	// proxy says nothing about the track.
	Decides bool
	// MayBeApplied is set when a PUT may have been applied although it failed.
	MayBeApplied bool

	Err error // the cause, for errors.Is; nil for an answer of the API
}

func (e *Error) Error() string { return e.Message }
func (e *Error) Unwrap() error { return e.Err }

// Answer says how a call went, whatever came of it.
type Answer struct {
	Status     int           // 0: no answer
	RetryAfter time.Duration // what the server asked for, from now; 0: nothing. Not capped
	Limits     http.Header   // the headers about rate limits, as they came; nil: none
	Date       time.Time     // by the server's clock; zero: not told
	Started    time.Time
	Duration   time.Duration
}
