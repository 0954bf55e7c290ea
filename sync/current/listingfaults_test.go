package current

import (
	"errors"
	"slices"
	"testing"

	"tracksync/internal/track"
)

func TestListingOfAHostileService(t *testing.T) {
	first := numbered(100)
	everNew := track.ID(0)
	for _, tc := range []struct {
		name   string
		answer func(Page) []track.ID
		err    error
		wanted int // calls at most, of a thousand wanted
		full   int // calls at most
	}{
		{"the same page for ever", func(Page) []track.ID { return first }, ErrStuck, 6, 6},
		{"the same track for ever", func(Page) []track.ID { return first[:1] }, ErrStuck, 6, 6},
		{"one track again and again on a page", func(Page) []track.ID { return make([]track.ID, 100) }, ErrStuck, 6, 6},
		{"two pages in turn", func(p Page) []track.ID { return numbered(200)[p.Offset%2*100:][:100] }, ErrRestless,
			1000, 100},
		{"offset counts pages", func(p Page) []track.ID {
			return numbered(1000)[min(1000, p.Offset*100):min(1000, p.Offset*100+100)]
		}, ErrRestless, 3, 100},
		{"round and round", func(p Page) []track.ID {
			ids := make([]track.ID, 100)
			for i := range ids {
				ids[i] = track.ID((p.Offset+i)%1000 + 5000)
			}
			return ids
		}, ErrStuck, 1000, 60},
		{"new tracks without end", func(p Page) []track.ID {
			ids := make([]track.ID, 100)
			for i := range ids {
				ids[i] = track.ID(p.Offset + i + 5000)
			}
			return ids
		}, ErrEndless, 1000, 1000 + maxInFlight},
		{"new tracks without end, one a page", func(Page) []track.ID { everNew++; return []track.ID{everNew + 5000} },
			ErrEndless, 1000, 1000 + maxInFlight},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &service{answer: tc.answer}
			l := NewListing(1000)
			s.run(t, l, setOf(numbered(1000)))
			if s.calls > tc.wanted || l.Err() != nil {
				t.Errorf("wanted: %d calls, %v", s.calls, l.Err())
			}
			s = &service{answer: tc.answer}
			l = NewFullListing()
			l.most = 1000
			s.run(t, l, nil)
			if s.calls > tc.full || !errors.Is(l.Err(), tc.err) {
				t.Errorf("full: %d calls, %v; want %d, %v", s.calls, l.Err(), tc.full, tc.err)
			}
		})
	}
}

func TestListingWithFailures(t *testing.T) {
	at := func(offsets ...int) func(Page) bool {
		return func(p Page) bool { return slices.Contains(offsets, p.Offset) }
	}
	for _, tc := range []struct {
		name   string
		fails  func(Page) bool
		unseen int
		calls  int
		full   bool // goes well too
	}{
		{"none", at(), 0, 10, true},
		{"large pages are refused", func(p Page) bool { return p.Limit > 10 }, 0, 101, true},
		{"one page", at(300), 100, 11, false},
		{"two pages", at(300, 400), 200, 12, false},
		{"the first page", at(0), 1000, 2, false},
		{"every page but the first", func(p Page) bool { return p.Offset > 0 }, 900, 5, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &service{ids: numbered(1000), pageSize: 100, fails: tc.fails}
			seen := s.run(t, NewListing(1000), setOf(s.ids))
			if unseen := 1000 - len(seen); unseen != tc.unseen || s.calls > tc.calls {
				t.Errorf("%d unseen, %d calls", unseen, s.calls)
			}
			s = &service{ids: numbered(1000), pageSize: 100, fails: func(p Page) bool {
				return p.Offset > 0 && tc.fails(Page{Offset: p.Offset + 3, Limit: p.Limit}) || tc.fails(p)
			}}
			l := NewFullListing()
			seen = s.run(t, l, nil)
			if tc.full != (l.Err() == nil) || tc.full && len(seen) != 1000 {
				t.Errorf("full: %d seen, %v", len(seen), l.Err())
			}
		})
	}
}

// A first page that is longer than all others misleads the listing not for long.
func TestListingOfPagesThatBecomeShorter(t *testing.T) {
	ids := numbered(1000)
	for _, full := range []bool{false, true} {
		s := &service{answer: func(p Page) []track.ID {
			from, n := min(p.Offset, len(ids)), 20
			if p.Offset == 0 {
				n = 100
			}
			return ids[from:min(from+n, len(ids))]
		}}
		l := NewListing(1000)
		if full {
			l = NewFullListing()
		}
		if seen := s.run(t, l, setOf(ids)); len(seen) != 1000 || l.Err() != nil || s.calls > 46+46/3 {
			t.Errorf("full %t: %d calls, %d seen, %v", full, s.calls, len(seen), l.Err())
		}
	}
}

func TestListingIgnoresAnswersThatNobodyAwaits(t *testing.T) {
	l := NewListing(10)
	p, _ := l.Next()
	l.Got(Page{Offset: 500, Limit: 100, serial: 7}, numbered(3), 3)
	l.Failed(Page{})
	l.Got(p, numbered(3), 0)
	l.Got(p, numbered(3), 0)
	if _, ok := l.Next(); !ok || l.Done() {
		t.Error("an answer given twice, or never asked for, ended the listing")
	}
	l = NewListing(1000)
	p, _ = l.Next()
	l.Failed(p)
	l.Failed(p)
	if p, _ = l.Next(); l.Done() || p.Limit != smallLimit {
		t.Error("one failure counted twice")
	}
	l.Got(p, numbered(10), 10)
	l.Next()
	p, _ = l.Next()
	for range maxLost {
		l.Failed(p)
	}
	if l.Done() {
		t.Error("one failure counted several times")
	}
}
