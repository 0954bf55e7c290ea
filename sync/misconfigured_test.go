package sync

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
)

func setupFault() (api.Answer, error) {
	return api.Answer{}, &api.Error{Class: api.Retryable, Code: "tls", Message: "the certificate is for another host",
		Transport: true, Setup: true}
}

func foreignAnswer() (api.Answer, error) {
	return api.Answer{Status: 302},
		&api.Error{Class: api.Permanent, Code: "redirect", Message: "302 Found", Status: 302, Foreign: true}
}

// Until something has succeeded, the run does not wait for the end of an error that
// waiting cannot fix.
func TestMisconfigured(t *testing.T) {
	success := func() (api.Answer, error) { return api.Answer{Status: 200}, nil }
	notFound := func() (api.Answer, error) { return fail(api.Permanent, 404, "not_found") }
	tests := []struct {
		name    string
		answer  func(nth int) (api.Answer, error) // by the number of the request, from 1
		reason  Reason
		want    map[track.Status]int
		message string
		most    time.Duration
	}{
		{"a certificate that does not fit", func(int) (api.Answer, error) { return setupFault() },
			WrongServer, map[track.Status]int{track.NotAttempted: 50}, "for another host", time.Second},
		{"a certificate changed for an hour", func(nth int) (api.Answer, error) {
			if nth > 5 && nth < 20 {
				return setupFault()
			}
			return success()
		}, Completed, map[track.Status]int{track.Updated: 50}, "", 5 * time.Minute},
		{"all are redirected", func(int) (api.Answer, error) { return foreignAnswer() },
			WrongServer, map[track.Status]int{track.Failed: 10, track.NotAttempted: 40},
			"302 Found; check the base URL", 10 * time.Second},
		{"one of the first is not", func(nth int) (api.Answer, error) {
			if nth == 7 {
				return success()
			}
			return foreignAnswer()
		}, Completed, map[track.Status]int{track.Failed: 49, track.Updated: 1}, "", time.Minute},
		{"some are redirected, some do not exist", func(nth int) (api.Answer, error) {
			if nth%2 == 0 {
				return notFound()
			}
			return foreignAnswer()
		}, Completed, map[track.Status]int{track.Failed: 50}, "", time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(nil)
				n := 0
				f.answer = func(int, track.Update) (api.Answer, error) {
					f.mu.Lock()
					defer f.mu.Unlock()
					n++
					return tt.answer(n)
				}
				r, end := run(t, f, 50, Options{Rate: 50, Concurrency: 1}, nil)
				want(t, r, tt.want)
				if end.Reason != tt.reason || !strings.Contains(end.Message, tt.message) {
					t.Errorf("ended %q %q, want %q with %q", end.Reason, end.Message, tt.reason, tt.message)
				}
				if took := time.Since(f.begun); took > tt.most {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}

// Impossible times are still readable in messages.
func TestAbsurdRetryAfter(t *testing.T) {
	for after, said := range map[time.Duration]string{
		1<<63 - 1: "only in more than a year,", 100 * time.Hour: "only in 4 days,",
		90 * time.Minute: "only in 1h30m0s,",
	} {
		t.Run(fmt.Sprint(after), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(func(int, track.Update) (api.Answer, error) {
					a, err := fail(api.Throttled, 429, "rate_limited")
					a.RetryAfter = after
					return a, err
				})
				_, end := run(t, f, 3, Options{Rate: 50}, nil)
				if end.Reason != Outage || !strings.Contains(end.Message, said) {
					t.Errorf("ended %q %q, want %q", end.Reason, end.Message, said)
				}
			})
		})
	}
}
