package journal

import (
	"errors"
	"iter"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tracksync/internal/track"
)

// A record has the last line of each row, wherever it stands in the file.
func TestRecord(t *testing.T) {
	dir := t.TempDir()
	l, err := Create(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 5000 {
		row := 1 + random.IntN(n/2+1)
		err := l.Append(track.Result{Row: row, Source: "tracks.csv", Line: row + 1, ID: track.ID(row),
			Status: statuses[random.IntN(len(statuses))], Attempts: n, FinishedAt: when.Add(time.Duration(n) * time.Second),
			Error: &track.Error{Code: "long", Message: strings.Repeat("x", random.IntN(500))}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Flush(); err != nil {
		t.Fatal(err)
	}
	want := collect(t, l.Results)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(pathIn(dir, ResultsFile), os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString("damaged\n" + `{"row":1,"sou`)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got := collect(t, r.Results); !reflect.DeepEqual(got, want) {
		t.Errorf("%d results are read otherwise", len(got))
	}
	if r.DamagedSeen != 2 || r.Latest.UnixMilli() != when.Add(4999*time.Second).UnixMilli() || !reflect.DeepEqual(r.Counts(), l.Counts()) {
		t.Errorf("%d damaged, latest %v, %v", r.DamagedSeen, r.Latest, r.Counts())
	}
	briefs := map[int]int64{}
	for b, err := range r.Briefs() {
		if err != nil {
			t.Fatal(err)
		}
		briefs[b.Row] = b.At
	}
	for _, result := range want {
		if briefs[result.Row] != result.FinishedAt.UnixMilli() {
			t.Errorf("row %d has another brief", result.Row)
		}
	}
}

func collect(t *testing.T, results func(func(track.Status) bool) iter.Seq2[track.Result, error]) []track.Result {
	t.Helper()
	var list []track.Result
	for r, err := range results(func(track.Status) bool { return true }) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	return list
}

// What was in flight is unknown, unless its result came later. Nothing is written.
func TestRecordOfAKilledRun(t *testing.T) {
	dir := t.TempDir()
	l, err := Create(dir, Options{Undo: true})
	if err != nil {
		t.Fatal(err)
	}
	asked := track.Values{Volume: track.Value(5)}
	update := func(id track.ID) track.Update { return track.Update{ID: id, Values: asked} }
	for id := track.ID(1); id <= 3; id++ {
		err = errors.Join(err, l.Before.Append(update(id), track.Track{ID: id, Values: track.Values{Volume: track.Value(9)}}))
	}
	err = errors.Join(err, l.Before.Sync(), l.Sent.Sending([]track.Outgoing{
		{ID: 1, Row: 1, Asked: asked.Fingerprint()}, {ID: 2, Row: 2, Asked: asked.Fingerprint()},
		{ID: 3, Row: 3, Asked: asked.Fingerprint()},
	}))
	now := time.Now()
	err = errors.Join(err,
		l.Append(track.Result{Row: 1, ID: 1, Status: track.Updated, FinishedAt: now, Changes: track.ChangesOf(asked)}),
		l.Append(track.Result{Row: 2, ID: 2, Status: track.Failed, FinishedAt: now.Add(-time.Hour)}), // an earlier one
		l.Flush(), l.Close())
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var got []track.Status
	for _, result := range collect(t, r.Results) {
		got = append(got, result.Status)
	}
	if want := []track.Status{track.Updated, track.Unknown, track.Unknown}; !slices.Equal(got, want) || r.InFlight != 2 {
		t.Errorf("%v, %d in flight", got, r.InFlight)
	}
	var touched []track.Status
	for image, err := range r.Touched() {
		if err != nil {
			t.Fatal(err)
		}
		touched = append(touched, image.Last.Status)
	}
	if !slices.Equal(touched, got) {
		t.Errorf("undo sees %v", touched)
	}
	if n := len(r.ledger.waiting); n == 0 || r.ledger.Flush() == nil {
		t.Error("the record was written")
	}
}

// A directory without a ledger has no results.
func TestRecordOfNothing(t *testing.T) {
	r, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(collect(t, r.Results)); n != 0 || r.HasImages() {
		t.Errorf("%d results", n)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
