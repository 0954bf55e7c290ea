package report

import (
	"testing"
	"time"

	"tracksync/internal/track"
)

// Messages of one cause differ only in numbers and names.
func TestWithoutNames(t *testing.T) {
	for message, want := range map[string]string{
		"volume 101 is more than 100":              "volume … is more than …",
		`the name "Größe \"2\"" is taken`:          "the name … is taken",
		"“Rain” and «Wind» are `one`":              "… and … are …",
		"no file at https://cdn.example/a.mp3?x=1": "no file at …",
		"-3, +4, 5.5, 1,000 and 12:30":             "…, …, …, … and …",
		"mp3 and h264 are words":                   "mp3 and h264 are words",
		"it's the user's \"":                       "it's the user's \"",
		"1.7E+05 was rounded, and 3e8":             "… was rounded, and …",
		"404 Not Found":                            "404 Not Found",
		"503 Service Unavailable after 3 tries":    "503 Service Unavailable after … tries",
		"404 rows":                                 "… rows",
		"":                                         "",
	} {
		if got := withoutNames(message); got != want {
			t.Errorf("%q: got %q, want %q", message, got, want)
		}
	}
}

func TestCauses(t *testing.T) {
	at := func(s int) time.Time { return time.Date(2026, 11, 23, 15, 0, s, 0, time.UTC) }
	failed := func(line, second int, code, field, message string) track.Result {
		return track.Result{Status: track.Failed, Source: "a.csv", Line: line, FinishedAt: at(second),
			Error: &track.Error{Code: code, Field: field, Message: message}}
	}
	var c Causes
	for _, r := range []track.Result{
		failed(2, 9, "invalid_request", "volume", "volume 101 is too high"),
		{Status: track.Updated, FinishedAt: at(1)},
		{Status: track.NotAttempted, FinishedAt: at(1)},
		failed(3, 5, "invalid_request", "volume", "volume 140 is too high"),
		failed(4, 6, "invalid_request", "name", "volume 140 is too high"),
		{Status: track.Unknown, Source: "a.csv", Line: 5, FinishedAt: at(7)},
		failed(6, 12, "invalid_request", "volume", "volume 9 is too high"),
	} {
		c.Add(r)
	}
	want := []Failure{
		{Code: "invalid_request", Rows: 3, Cause: "volume … is too high", Message: "volume 101 is too high",
			Field: "volume", Example: "a.csv:2", FirstAt: at(5), LastAt: at(12)},
		{Code: "invalid_request", Rows: 1, Cause: "volume … is too high", Message: "volume 140 is too high",
			Field: "name", Example: "a.csv:4", FirstAt: at(6), LastAt: at(6)},
		{Code: "unknown", Rows: 1, Example: "a.csv:5", FirstAt: at(7), LastAt: at(7)},
	}
	got := c.List()
	if len(got) != len(want) {
		t.Fatalf("got %+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %+v, want %+v", got[i], want[i])
		}
	}
}
