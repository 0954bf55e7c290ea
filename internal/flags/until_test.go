package flags

import (
	"testing"
	"time"
)

// A time of day is its next occurrence on the local clock, even if a day has 23 or 25
// hours. An instant stays as it is.
func TestUntil(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip(err)
	}
	for _, tc := range []struct{ begun, text, want string }{
		{"2026-11-24T02:15:00+01:00", "06:00", "2026-11-24T06:00:00+01:00"},
		{"2026-11-24T02:15:00+01:00", "6:00", "2026-11-24T06:00:00+01:00"},
		{"2026-11-24T02:15:00+01:00", "02:15:01", "2026-11-24T02:15:01+01:00"},
		{"2026-11-24T06:00:00+01:00", "06:00", "2026-11-25T06:00:00+01:00"},
		{"2026-12-31T22:00:00+01:00", "06:00", "2027-01-01T06:00:00+01:00"},
		{"2026-03-28T22:00:00+01:00", "06:00", "2026-03-29T06:00:00+02:00"},
		{"2026-10-24T22:00:00+02:00", "06:00", "2026-10-25T06:00:00+01:00"},
		{"2026-11-24T02:15:00+01:00", "2026-11-24T06:00:00Z", "2026-11-24T06:00:00Z"},
		{"2026-11-24T02:15:00+01:00", "2026-11-20T06:00:00+09:00", "2026-11-20T06:00:00+09:00"},
	} {
		u, err := ParseUntil(tc.text)
		if err != nil {
			t.Errorf("%s: %v", tc.text, err)
			continue
		}
		begun, _ := time.Parse(time.RFC3339, tc.begun)
		want, _ := time.Parse(time.RFC3339, tc.want)
		if got := u.After(begun.In(berlin)); !got.Equal(want) {
			t.Errorf("%s from %s on is %s, want %s", tc.text, tc.begun, got, tc.want)
		}
	}
	for _, text := range []string{"", "0", "6", "24:00", "06:60", "6 am", "4h", "-06:00", "2026-11-24",
		"2026-11-24T06:00:00", "tomorrow"} {
		if u, err := ParseUntil(text); err == nil {
			t.Errorf("%q is %v", text, u)
		}
	}
}
