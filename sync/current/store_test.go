package current

import (
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tracksync/internal/track"
)

// spool is a file in memory that can fail.
type spool struct {
	data   []byte
	writes int
	fails  error // of the next write, after half of it
	closed bool
}

func (s *spool) Write(b []byte) (int, error) {
	s.writes++
	if s.fails != nil {
		s.data = append(s.data, b[:len(b)/2]...)
		return len(b) / 2, s.fails
	}
	s.data = append(s.data, b...)
	return len(b), nil
}

func (s *spool) ReadAt(b []byte, at int64) (int, error) {
	if at > int64(len(s.data)) {
		return 0, io.EOF
	}
	n := copy(b, s.data[at:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

func (s *spool) Close() error { s.closed = true; return nil }

func of(id track.ID, name string) track.Track {
	return track.Track{ID: id, Values: track.Values{Name: track.Value(name)}}
}

func TestStoreKeepsWhatIsWanted(t *testing.T) {
	s := NewStore([]track.ID{30, 10, 20, 10}, &spool{})
	if got := slices.Collect(s.Unseen()); !slices.Equal(got, []track.ID{10, 20, 30}) {
		t.Errorf("unseen: %v", got)
	}
	for _, tc := range []struct {
		tracks []track.Track
		fresh  int
	}{
		{[]track.Track{of(5, "x"), of(20, "a"), of(21, "x"), of(20, "b")}, 1},
		{nil, 0},
		{[]track.Track{of(20, "c"), of(10, "d")}, 1},
	} {
		if fresh, err := s.Add(tc.tracks...); fresh != tc.fresh || err != nil {
			t.Errorf("%v: %d fresh, %v", tc.tracks, fresh, err)
		}
	}
	for id, want := range map[track.ID]track.Track{10: of(10, "d"), 20: of(20, "c"), 30: {}, 5: {}} {
		if got, ok, err := s.Get(id); got != want || ok != (want.ID != 0) || err != nil {
			t.Errorf("%d: %+v, %t, %v", id, got, ok, err)
		}
	}
	if got := slices.Collect(s.Unseen()); !slices.Equal(got, []track.ID{30}) || s.Len() != 2 {
		t.Errorf("unseen: %v of %d", got, s.Len())
	}
	if got := allOf(t, s); !slices.Equal(got, []track.Track{of(10, "d"), of(20, "c")}) {
		t.Errorf("all: %+v", got)
	}
}

func allOf(t *testing.T, s *Store) []track.Track {
	t.Helper()
	var all []track.Track
	for tr, err := range s.All() {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, tr)
	}
	return all
}

// Every field comes back as it was: absent, null and value, and any text.
func TestStoreKeepsEveryField(t *testing.T) {
	odd := "a,\"b\"\r\nc\x00\u2028<&>👩\u200d🚀=1"
	tracks := []track.Track{
		{ID: 1},
		{ID: 2, Values: track.Values{Name: track.Null[string](), Volume: track.Null[int](),
			Project: track.Null[track.ID](), Media: track.Null[string]()}},
		{ID: track.MaxID, Values: track.Values{Name: track.Value(odd), Volume: track.Value(0),
			Project: track.Value(track.MaxID), Media: track.Value("")}},
		of(4, strings.Repeat("é", 300_000)),
	}
	s := NewFullStore(&spool{})
	if fresh, err := s.Add(tracks...); fresh != 4 || err != nil {
		t.Fatal(fresh, err)
	}
	for _, want := range tracks {
		if got, ok, err := s.Get(want.ID); got != want || !ok || err != nil {
			t.Errorf("track %d: %t, %v", want.ID, ok, err)
		}
	}
}

func TestFullStoreIsInOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	s, want := NewFullStore(&spool{}), map[track.ID]track.Track{}
	for range 300 {
		var page []track.Track
		for range 40 {
			page = append(page, of(track.ID(1+random.IntN(10_000)), string(rune('a'+random.IntN(26)))))
		}
		before := len(want)
		for _, tr := range page {
			want[tr.ID] = tr
		}
		if fresh, err := s.Add(page...); err != nil || fresh != len(want)-before {
			t.Fatalf("%d fresh, %v; want %d", fresh, err, len(want)-before)
		}
	}
	got := allOf(t, s)
	if len(got) != len(want) || s.Len() != len(want) {
		t.Fatalf("%d tracks (%d), want %d", len(got), s.Len(), len(want))
	}
	for i, id := range slices.Sorted(maps.Keys(want)) {
		if got[i] != want[id] {
			t.Fatalf("%d: %+v, want %+v", i, got[i], want[id])
		}
	}
	for range s.Unseen() {
		t.Fatal("a full store misses something")
	}
}

func TestStoreWritesOncePerPage(t *testing.T) {
	f := &spool{}
	s := NewStore([]track.ID{1, 2}, f)
	if _, err := s.Add(of(1, "a"), of(2, "b"), of(3, strings.Repeat("c", 1000))); err != nil || f.writes != 1 ||
		len(f.data) > 100 {
		t.Errorf("%d writes, %d bytes, %v", f.writes, len(f.data), err)
	}
	if _, err := s.Add(of(3, "c")); err != nil || f.writes != 1 {
		t.Errorf("%d writes, %v", f.writes, err)
	}
	if err := s.Close(); err != nil || !f.closed {
		t.Error("not closed", err)
	}
}

func TestStoreAfterAFailedWrite(t *testing.T) {
	for name, fails := range map[string]error{"full": errors.New("no space left"), "short": nil} {
		t.Run(name, func(t *testing.T) {
			f := &spool{}
			s := NewFullStore(f)
			if _, err := s.Add(of(1, "a")); err != nil {
				t.Fatal(err)
			}
			want := fails
			if f.fails = fails; fails == nil {
				s.spool, want = short{f}, io.ErrShortWrite
			}
			if fresh, err := s.Add(of(2, "b"), of(1, "z")); fresh != 0 || !errors.Is(err, want) {
				t.Errorf("%d, %v", fresh, err)
			}
			f.fails, s.spool = nil, f
			if _, err := s.Add(of(3, "c")); !errors.Is(err, want) {
				t.Errorf("after the failure: %v", err)
			}
			if got := allOf(t, s); !slices.Equal(got, []track.Track{of(1, "a")}) {
				t.Errorf("%+v", got)
			}
		})
	}
}

type short struct{ *spool }

func (s short) Write(b []byte) (int, error) { return len(b) - 1, nil }

func TestStoreRefusesATrackWithoutEnd(t *testing.T) {
	f := &spool{}
	s := NewFullStore(f)
	if _, err := s.Add(of(1, "a"), of(2, strings.Repeat("x", maxLine))); err == nil || len(f.data) > 0 || s.Len() > 0 {
		t.Errorf("%v, %d bytes", err, len(f.data))
	}
	if fresh, err := s.Add(of(1, "a")); fresh != 1 || err != nil {
		t.Error("it spoiled the store:", err)
	}
	s.size = maxSpool + 1
	if fresh, err := s.Add(of(2, "b")); fresh != 0 || err == nil {
		t.Error("a spool without end")
	}
	s.size, s.count = 0, maxTracks
	if fresh, err := s.Add(of(2, "b")); fresh != 0 || err == nil ||
		!strings.Contains(err.Error(), "does not seem to end") {
		t.Error("tracks without end:", err)
	}
	some := NewStore([]track.ID{2}, &spool{})
	some.size = some.bound() + 1
	if fresh, err := some.Add(of(2, "b")); fresh != 0 || err == nil {
		t.Error("a wanted track without end")
	}
}

// What is read back is checked: another program may have written to the file.
func TestStoreOfADamagedSpool(t *testing.T) {
	for _, tc := range []struct {
		name   string
		damage func(b []byte) []byte
	}{
		{"cut off", func(b []byte) []byte { return b[:len(b)-1] }},
		{"empty", func(b []byte) []byte { return nil }},
		{"another track", func(b []byte) []byte { return []byte(strings.Replace(string(b), `"id":7`, `"id":8`, 1)) }},
		{"no JSON", func(b []byte) []byte { b[0] = 'x'; return b }},
		{"no line break", func(b []byte) []byte { b[len(b)-1] = ' '; return b }},
		{"two lines", func(b []byte) []byte { b[8] = '\n'; return b }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := &spool{}
			s := NewFullStore(f)
			if _, err := s.Add(of(7, "a")); err != nil {
				t.Fatal(err)
			}
			f.data = tc.damage(f.data)
			if got, ok, err := s.Get(7); err == nil || ok || got != (track.Track{}) ||
				!strings.Contains(err.Error(), "track 7") {
				t.Errorf("got %+v, %t, %v", got, ok, err)
			}
			n := 0
			for _, err := range s.All() {
				if n++; err == nil {
					t.Error("no error")
				}
			}
			if n != 1 {
				t.Errorf("%d tracks", n)
			}
		})
	}
}

func TestTable(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		var x table[int]
		want := map[track.ID]int{}
		for i := range random.IntN(6000) {
			id := track.ID(random.IntN(5000))
			x.set(id, i)
			want[id] = i
		}
		if x.len() != len(want) {
			t.Fatalf("%d entries, want %d", x.len(), len(want))
		}
		for id := range track.ID(5000) {
			v, ok := x.get(id)
			if w, wok := want[id]; v != w || ok != wok {
				t.Fatalf("%d: %d, %t; want %d, %t", id, v, ok, w, wok)
			}
		}
		if got := maps.Collect(x.all()); !maps.Equal(got, want) || !slices.IsSorted(x.ids) {
			t.Fatal("all of them are not what was set, in order")
		}
	}
}
