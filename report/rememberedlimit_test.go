package report

import (
	"testing"
	"time"
)

// What was remembered is said with its date and with what came of it.
func TestRememberedInWords(t *testing.T) {
	at := time.Date(2026, 11, 23, 3, 4, 5, 0, time.FixedZone("CET", 3600))
	bucket := Learned{Kind: "rate", RatePerS: 98.4, Burst: 20, SuggestedRate: "95/s"}
	for _, tc := range []struct {
		outcome LimitOutcome
		limit   Learned
		want    string
	}{
		{Held, bucket, "about 98.4 requests/s, learned 2026-11-23 02:04 UTC; it still holds"},
		{NotMet, Learned{Kind: "window", Count: 600, WindowS: 60},
			"about 600 requests every 1 m 0 s, learned 2026-11-23 02:04 UTC; the run did not come up against it"},
		{Fell, bucket, "about 98.4 requests/s, learned 2026-11-23 02:04 UTC; it is lower now"},
		{Rose, bucket, "about 98.4 requests/s, learned 2026-11-23 02:04 UTC; it is higher now"},
		{OtherKind, Learned{Kind: "concurrency", Count: 8},
			"about 8 requests at a time, learned 2026-11-23 02:04 UTC; it is of another kind now"},
	} {
		if got := (Remembered{tc.limit, at, 0.9, tc.outcome}).String(); got != tc.want {
			t.Errorf("got  %s\nwant %s", got, tc.want)
		}
	}
}
