package api

import (
	"net/http"
	"time"
)

// Class is what a failure means for the caller. The zero Class means no failure.
type Class string

// The classes.
const (
	// Retryable are transport errors, also those of a gateway (502, 504, 520-527, 530), 408,
	// 425, 500, 503, and unusable 2xx answers.
	Retryable    Class = "retryable"
	Throttled    Class = "throttled"    // 429
	Permanent    Class = "permanent"    // any other answer: asking again gives it again
	Unauthorized Class = "unauthorized" // 401
	Forbidden    Class = "forbidden"    // 403
	Local        Class = "local"        // this machine lacked the means to send: nothing has left
	Canceled     Class = "canceled"     // the caller's context ended
)

// Error tells why a call failed.
type Error struct {
	Class   Class
	Code    string // a word for programs, such as invalid_request or timeout
	Message string // for people: one line, escaped, bounded, the key redacted
	Field   string // the field concerned, in a manifest's words, if one is named
	Status  int    // of the answer; 0: none came

	// Transport is set when nothing usable came back from the API itself:
	// connection errors, time-outs, answers that are not the API's.
	Transport bool
	// Setup is set when only a change of the setup helps, and waiting does not: for
	// example a certificate that does not match, or a proxy that wants a password.
	Setup bool
	// Foreign is set for a refusal that probably came from another server: a
	// redirect, a web page, or a status that the API never uses.
	Foreign bool
	// Misplaced is set for a 404 when the base URL does not end with a version such
	// as /v1: then the base URL is probably wrong, not the track's id.
	Misplaced bool
	// Decides is set when the answer concerns the track itself: it does not exist
	// (404), or the request is invalid (422). Then earlier attempts were not applied
	// either. A 403, a redirect, a 5xx or a proxy's page doesn't tell anything about
	// the track.
	Decides bool
	// MayBeApplied is set when a PUT may have been applied although it failed.
	MayBeApplied bool

	Err error // the cause, for errors.Is; nil for an answer of the API
}

func (e *Error) Error() string { return e.Message }
func (e *Error) Unwrap() error { return e.Err }

// Answer is what is known about a call, whether it succeeded or not.
type Answer struct {
	Status     int           // 0: no answer
	RetryAfter time.Duration // what the server asked for, from now; 0: nothing. Not capped
	Limits     http.Header   // the headers about rate limits, as they came; nil: none
	Date       time.Time     // by the server's clock; zero: not told
	Started    time.Time
	Duration   time.Duration
}
