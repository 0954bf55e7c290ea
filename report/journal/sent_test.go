package journal

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tracksync/internal/track"
)

func asking(row int, volume int) track.Row {
	return track.Row{Number: row,
		Update: track.Update{ID: track.ID(100 + row), Values: track.Values{Volume: track.Value(volume)}}}
}

func outgoing(row track.Row) track.Outgoing {
	return track.Outgoing{ID: row.Update.ID, Row: row.Number, Asked: row.Update.Fingerprint()}
}

// Rows are in flight that were sent once more than they were surely not applied.
func TestReadInFlight(t *testing.T) {
	dir := t.TempDir()
	path := pathIn(dir, SentFile)
	if got, err := ReadInFlight(dir); err != nil || got != nil {
		t.Errorf("no file: %v, %v", got, err)
	}
	s, err := createSent(path, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		row     int
		refused bool
	}{
		{1, false},
		{2, false}, {2, true},
		{3, false}, {3, false}, {3, true}, // the first may have been applied
		{5, false}, {5, true}, {5, false},
		{4, false},
	} {
		row := asking(step.row, 7)
		do := func() error { return s.Sending([]track.Outgoing{outgoing(row)}) }
		if step.refused {
			do = func() error { return s.NotApplied(row) }
		}
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	// A disk that was full, another line behind it, and one that a kill cut off.
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString("\n+ 1\n- 101 .\n\n+ 101 00112233aabbccdd 1 1000 .\n\n+ 108 00112233aabbccdd 8 10")
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadInFlight(dir)
	var rows []int
	for _, l := range got {
		rows = append(rows, l.Row)
	}
	if err != nil || !slices.Equal(rows, []int{1, 3, 4, 5}) || got[0].Sent.UnixMilli() != 1000 {
		t.Errorf("%v, %v", got, err)
	}
}

// A result that came after the request tells what became of it; one from before
// does not, and what it counted is kept.
func TestRowsInFlightAtAKill(t *testing.T) {
	dir := t.TempDir()
	path, sentPath := pathIn(dir, ResultsFile), pathIn(dir, SentFile)
	j, err := createJournal(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	result := func(row int, s track.Status, at time.Time) {
		t.Helper()
		r := track.Result{Row: row, Source: "t.csv", ID: track.ID(100 + row), Status: s, Attempts: 3, FinishedAt: at,
			Asked: asking(row, 7).Update.Fingerprint()}
		if err := j.Append(r); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	result(1, track.Failed, now.Add(-time.Hour)) // of an earlier session
	result(2, track.Updated, now.Add(time.Hour)) // of this one
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := createSent(sentPath, 1)
	if err != nil {
		t.Fatal(err)
	}
	for row := 1; row <= 3; row++ {
		row := asking(row, 7)
		if err := s.Sending([]track.Outgoing{outgoing(row)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	rec := readPast(t, dir)
	if rec.Lost() != 2 {
		t.Errorf("%d are unknown", rec.Lost())
	}
	for row, want := range map[int]struct {
		status   track.Status
		attempts int
	}{1: {track.Unknown, 3}, 2: {track.Updated, 3}, 3: {track.Unknown, 0}} {
		asks := asking(row, 7)
		known, ok := rec.Find(asks.Update.ID, asks.Update.Values)
		if !ok || !known.Same || known.Status != want.status {
			t.Errorf("row %d: %+v, %v", row, known, ok)
			continue
		}
		r, err := rec.Result(known)
		if err != nil || r.Status != want.status || r.Attempts != want.attempts || r.Row != row ||
			r.Asked != asks.Update.Fingerprint() {
			t.Errorf("row %d: %+v, %v", row, r, err)
		}
		if _, err := Encode(r); err != nil {
			t.Errorf("row %d: %v", row, err)
		}
		// What it asks now is another matter.
		other := asking(row, 8)
		if known, ok := rec.Find(other.Update.ID, other.Update.Values); !ok || known.Same {
			t.Errorf("row %d: %+v, %v", row, known, ok)
		}
	}
}

// Every row that was lost has what it had before, wherever its track stands among
// those of the other lines.
func TestLostRowsWithEarlierResults(t *testing.T) {
	for count := 1; count <= 9; count++ {
		var results, sent strings.Builder
		for row := 1; row <= count; row++ {
			results.WriteString(strings.Replace(told(row, track.ID(10*row), track.Updated, 5), `"attempts":0`,
				`"attempts":3`, 1))
			fmt.Fprintf(&sent, "\n+ %d %s %d 9999999999999 .\n", 10*row, louder(7).Fingerprint(), row)
			fmt.Fprintf(&sent, "\n+ %d %s %d 9999999999999 .\n", 10*row+5, louder(7).Fingerprint(), count+row)
		}
		rec := readPast(t, runWith(t, map[string]string{ResultsFile: results.String(), SentFile: sent.String()}))
		for id, attempts := track.ID(10), 3; id < track.ID(10*count+10); id, attempts = id+5, 3-attempts {
			known, ok := rec.Find(id, louder(7))
			if !ok || known.Status != track.Unknown || !known.Same {
				t.Fatalf("%d of %d: %+v, %v", id, count, known, ok)
			}
			if r, err := rec.Result(known); err != nil || r.Attempts != attempts {
				t.Errorf("%d of %d: %+v, %v", id, count, r, err)
			}
		}
	}
}
