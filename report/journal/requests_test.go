package journal

import (
	"bytes"
	"os"
	"reflect"
	"testing"
	"time"

	"tracksync/internal/track"
)

// Requests that have ended are read as they were written, beyond those that are known already,
// and only of the session that is asked for. PUTs count from their start.
func TestReadRequests(t *testing.T) {
	dir := t.TempDir()
	redact := func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("secret"), []byte("***")) }
	l, err := Create(dir, Options{Session: 3, Redact: redact})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 15, 4, 5, 123456000, time.UTC)
	written := []Request{
		{Number: 1, Update: true, Started: at, Took: 1500 * time.Microsecond, Status: 200, Limit: 12.5},
		{Number: 2, Refused: true, Started: at.Add(time.Second), Status: 429, Code: "rate_limited"},
		{Number: 3, Update: true, Unsent: true, Started: at, Limit: 1e6},
		{Number: 4, Update: true, Started: at, Status: 500, Code: "a strange code.\n= 1 . 𝄞 %41 \x00"},
		{Number: 5, Started: at, Status: 500, Code: "it is secret"},
	}
	if err := l.Sent.Sending([]track.Outgoing{outgoing(asking(1, 5)), outgoing(asking(2, 5))}); err != nil {
		t.Fatal(err)
	}
	for _, r := range written {
		l.Ended(r)
	}
	if err := l.FlushEnded(); err != nil {
		t.Fatal(err)
	}
	if err := l.Sent.Sending([]track.Outgoing{outgoing(asking(3, 5))}); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(pathIn(dir, SentFile), os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString("\n= 6 x . 1\n+ 4\n\n= 7 u. 1 1 200 0 =") // a full disk, and a kill
	}
	if err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	written[4].Code = "it is ***"
	for beyond := range len(written) + 2 {
		got, err := ReadRequests(dir, 3, beyond)
		if err != nil || got.Updates != 3 || len(got.Ended) != max(0, len(written)-beyond) {
			t.Fatalf("beyond %d: %+v, %v", beyond, got, err)
		}
		for i, r := range got.Ended {
			r.Started = r.Started.UTC()
			if r != written[beyond+i] {
				t.Errorf("got\n%+v\nwant\n%+v", r, written[beyond+i])
			}
		}
	}
	for _, session := range []int{1, 2, 4, 33} {
		if got, err := ReadRequests(dir, session, 0); err != nil || !reflect.DeepEqual(got, Requests{}) {
			t.Errorf("session %d: %+v, %v", session, got, err)
		}
	}
	if got, err := ReadRequests(t.TempDir(), 1, 0); err != nil || !reflect.DeepEqual(got, Requests{}) {
		t.Errorf("no file: %+v, %v", got, err)
	}
	if in, err := ReadInFlight(dir); err != nil || len(in) != 3 {
		t.Errorf("in flight: %+v, %v", in, err)
	}
}

func FuzzEndedRequest(f *testing.F) {
	f.Add("= 1 u. 1764000000000000 1500 200 12.5 =timeout")
	f.Fuzz(func(t *testing.T, text string) {
		if r, ok := endedRequest(text); ok && (r.Number < 0 || r.Took < 0 || r.Status < 0) {
			t.Errorf("%q: %+v", text, r)
		}
	})
}
