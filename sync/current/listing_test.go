package current

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"tracksync/internal/track"
)

func (s *service) page(p Page) []track.ID {
	s.calls++
	s.limits = append(s.limits, p.Limit)
	if s.before != nil {
		s.before(s.calls)
	}
	if s.answer != nil {
		return s.answer(p)
	}
	from := min(p.Offset, len(s.ids))
	return slices.Clone(s.ids[from:min(from+min(s.pageSize, p.Limit), len(s.ids))])
}

// run lists until the listing is done and returns what was seen.
func (s *service) run(t *testing.T, l *Listing, wanted map[track.ID]bool) map[track.ID]bool {
	t.Helper()
	type flight struct {
		page   Page
		ids    []track.ID
		failed bool
	}
	seen := map[track.ID]bool{}
	var flying []flight
	for !l.Done() {
		for {
			p, ok := l.Next()
			if !ok {
				break
			}
			if p.Offset < 0 || p.Limit < 1 {
				t.Fatalf("asks for %+v", p)
			}
			flying = append(flying, flight{p, s.page(p), s.fails != nil && s.fails(p)})
			s.most = max(s.most, len(flying))
		}
		if len(flying) == 0 {
			t.Fatal("nothing to ask, nothing in flight, and not done")
		}
		i := 0
		if s.random != nil {
			i = s.random.IntN(len(flying))
		}
		f := flying[i]
		flying = slices.Delete(flying, i, i+1)
		if f.failed {
			l.Failed(f.page)
			continue
		}
		fresh := 0
		for _, id := range f.ids {
			if (wanted == nil || wanted[id]) && !seen[id] {
				seen[id] = true
				fresh++
			}
		}
		l.Got(f.page, f.ids, fresh)
	}
	if p, ok := l.Next(); ok {
		t.Fatalf("done, but asks for %+v", p)
	}
	return seen
}

func TestListingOfWanted(t *testing.T) {
	few := func(n, of int) []track.ID { // n spread over an account of so many
		var ids []track.ID
		for i := range n {
			ids = append(ids, track.ID(1+i*of/n))
		}
		return ids
	}
	for _, tc := range []struct {
		name              string
		account, pageSize int
		wanted            []track.ID
		calls, unseen     int
	}{
		{"all, in full pages", 1000, 100, numbered(1000), 10, 0},
		{"all, the last page short", 950, 100, numbered(950), 10, 0},
		{"all in one page", 40, 100, numbered(40), 1, 0},
		{"one that does not exist", 1000, 100, append(numbered(999), 5000), 11, 1},
		{"many that do not exist", 950, 100, append(numbered(950), numbered(1050)[1000:]...), 11, 50},
		{"none exists", 0, 100, numbered(1000), 1, 1000},
		{"other page size", 1000, 30, numbered(1000), 34, 0},
		{"pages of one", 10, 1, numbered(10), 6, 4},
		{"one wanted", 1000, 100, numbered(1), 0, 1},
		{"two wanted", 1000, 100, numbered(2), 0, 2},
		{"none wanted", 1000, 100, nil, 0, 0},
		{"three on the first page", 1000, 100, numbered(3), 1, 0},
		{"few in a large account", 1_000_000, 100, few(50, 1_000_000), 49, 49},
		{"a manifest smaller than the account", 2000, 100, numbered(200), 2, 0},
		{"the end of an account", 2000, 100, few(20, 2000), 10, 10},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &service{ids: numbered(tc.account), pageSize: tc.pageSize}
			wanted := setOf(tc.wanted)
			l := NewListing(len(wanted))
			seen := s.run(t, l, wanted)
			if unseen := len(wanted) - len(seen); s.calls != tc.calls || unseen != tc.unseen || l.Calls() != s.calls ||
				l.Err() != nil {
				t.Errorf("%d calls (%d), %d unseen, %v; want %d, %d", s.calls, l.Calls(), unseen, l.Err(), tc.calls,
					tc.unseen)
			}
		})
	}
}

// The promise to a scheduled run that finds nothing changed.
func TestListingOfAWholeAccountTakesItsPagesAndTwoCalls(t *testing.T) {
	for pageSize := 1; pageSize <= askLimit; pageSize++ {
		for _, missing := range []int{0, 1} {
			s := &service{ids: numbered(1000 - missing), pageSize: pageSize}
			seen := s.run(t, NewListing(1000), setOf(numbered(1000)))
			pages := (len(s.ids) + pageSize - 1) / pageSize
			if calls := s.calls + 1000 - len(seen); calls > pages+2 {
				t.Errorf("%d a page, %d missing: %d calls, and there are %d pages", pageSize, missing, calls, pages)
			}
		}
	}
}

func TestFullListing(t *testing.T) {
	for _, tc := range []struct {
		name              string
		account, pageSize int
		calls             int
	}{
		{"empty", 0, 100, 1},
		{"one track", 1, 100, 2},
		{"one page", 40, 100, 3},
		{"a full page", 100, 100, 3},
		{"a thousand", 1000, 100, 12},
		{"another page size", 1000, 30, 37},
		{"pages of two", 9, 2, 10},
		{"many", 100_000, 100, 1027},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &service{ids: numbered(tc.account), pageSize: tc.pageSize}
			l := NewFullListing()
			seen := s.run(t, l, nil)
			if len(seen) != tc.account || s.calls != tc.calls || l.Err() != nil {
				t.Errorf("%d calls, %d of %d seen, %v; want %d", s.calls, len(seen), tc.account, l.Err(), tc.calls)
			}
		})
	}
}

// Nothing can tell a page of one track that overlaps from one that does not, so
// such a listing is gone over until nothing new is found.
func TestFullListingOfPagesOfOne(t *testing.T) {
	s := &service{ids: numbered(20), pageSize: 1}
	l := NewFullListing()
	if seen := s.run(t, l, nil); len(seen) != 20 || l.Err() != nil || s.calls > 50 {
		t.Errorf("%d seen in %d calls, %v", len(seen), s.calls, l.Err())
	}
}

func TestPagesInFlight(t *testing.T) {
	for _, tc := range []struct {
		name    string
		account int
		l       *Listing
		wanted  map[track.ID]bool
		most    int
	}{
		{"few wanted", 1000, NewListing(1000), setOf(numbered(1000)), 2},
		{"many wanted", 20_000, NewListing(20_000), setOf(numbered(20_000)), 11},
		{"very many wanted", 50_000, NewListing(50_000), setOf(numbered(50_000)), maxInFlight},
		{"all of few", 1000, NewFullListing(), nil, 1},
		{"all of many", 50_000, NewFullListing(), nil, maxInFlight},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := &service{ids: numbered(tc.account), pageSize: 100}
			if seen := s.run(t, tc.l, tc.wanted); len(seen) != tc.account || s.most != tc.most {
				t.Errorf("%d in flight, %d seen", s.most, len(seen))
			}
		})
	}
}

// What happens to an account between two pages must hide none of the tracks
// that are there all the time.
func TestFullListingWhileTracksMove(t *testing.T) {
	const n = 1000
	for _, tc := range []struct {
		name   string
		change func(ids []track.ID, next track.ID) []track.ID
	}{
		{"one deleted at the front", func(ids []track.ID, _ track.ID) []track.ID { return ids[1:] }},
		{"many deleted at the front", func(ids []track.ID, _ track.ID) []track.ID { return ids[350:] }},
		{"very many deleted at the front", func(ids []track.ID, _ track.ID) []track.ID { return ids[499:] }},
		{"one deleted at the end", func(ids []track.ID, _ track.ID) []track.ID { return ids[:len(ids)-1] }},
		{"created at the front", func(ids []track.ID, next track.ID) []track.ID {
			return append([]track.ID{next}, ids...)
		}},
		{"created at the end", func(ids []track.ID, next track.ID) []track.ID { return append(ids, next) }},
		{"moved to the front", func(ids []track.ID, _ track.ID) []track.ID {
			last := len(ids) - 1
			return append([]track.ID{ids[last]}, ids[:last]...)
		}},
		{"moved to the end", func(ids []track.ID, _ track.ID) []track.ID { return append(ids[1:], ids[0]) }},
		{"reversed", func(ids []track.ID, _ track.ID) []track.ID {
			ids = slices.Clone(ids)
			slices.Reverse(ids)
			return ids
		}},
	} {
		for _, at := range []int{2, 3, 6, 10, 11, 12} {
			t.Run(fmt.Sprintf("%s before call %d", tc.name, at), func(t *testing.T) {
				s := &service{ids: numbered(n), pageSize: 100}
				s.before = func(call int) {
					if call == at {
						s.ids = tc.change(slices.Clone(s.ids), n+1)
					}
				}
				l := NewFullListing()
				seen := s.run(t, l, nil)
				for _, id := range s.ids {
					if id <= n && !seen[id] {
						t.Fatalf("track %d was not seen, in %d calls, %v", id, s.calls, l.Err())
					}
				}
				if l.Err() != nil || s.calls > 50 {
					t.Errorf("%d calls, %v", s.calls, l.Err())
				}
			})
		}
	}
}

func TestListingOfAnAccountThatIsNeverStill(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	s := &service{ids: numbered(1000), pageSize: 100}
	s.before = func(int) { random.Shuffle(len(s.ids), func(i, j int) { s.ids[i], s.ids[j] = s.ids[j], s.ids[i] }) }
	l := NewFullListing()
	if s.run(t, l, nil); !errors.Is(l.Err(), ErrRestless) || s.calls > 100 {
		t.Errorf("%d calls, %v", s.calls, l.Err())
	}
}

// An account that is emptied is at its end.
func TestFullListingOfAnEmptiedAccount(t *testing.T) {
	s := &service{ids: numbered(1000), pageSize: 100}
	s.before = func(call int) {
		if call == 3 {
			s.ids = nil
		}
	}
	l := NewFullListing()
	if s.run(t, l, nil); l.Err() != nil || s.calls > 6 {
		t.Errorf("%d calls, %v", s.calls, l.Err())
	}
}

// Whatever happens to an account while it is listed: the calls are bounded, and
// what a full listing without an error did not see was not there all the time.
func TestListingOfRandomAccounts(t *testing.T) {
	for seed := range uint64(3000) {
		random := rand.New(rand.NewPCG(seed, 1))
		n := random.IntN(1500)
		s := &service{ids: numbered(n), pageSize: 1 + random.IntN(150), random: random}
		stayed := setOf(s.ids)
		next := track.ID(n)
		atFront, vary := random.IntN(2) == 0, random.IntN(3) == 0
		busy := []float64{0, 0.02, 0.3}[random.IntN(3)]
		s.before = func(int) {
			for random.Float64() < busy {
				if at := random.IntN(len(s.ids) + 1); random.IntN(2) == 0 && at < len(s.ids) {
					delete(stayed, s.ids[at])
					s.ids = slices.Delete(s.ids, at, at+1)
				} else {
					next++
					if at = len(s.ids); atFront {
						at = 0
					}
					s.ids = slices.Insert(s.ids, at, next)
				}
			}
		}
		if vary {
			s.answer = func(p Page) []track.ID {
				from := min(p.Offset, len(s.ids))
				return slices.Clone(s.ids[from:min(from+1+random.IntN(s.pageSize), len(s.ids))])
			}
		}
		wanted := setOf(numbered(n)[:random.IntN(n+1)])
		l := NewListing(len(wanted))
		seen := s.run(t, l, wanted)
		if calls := s.calls + len(wanted) - len(seen); calls > 2*len(wanted) {
			t.Errorf("seed %d: %d pages and %d calls for %d wanted", seed, s.calls, calls, len(wanted))
		}
		s.calls, s.most = 0, 0
		clear(stayed)
		for _, id := range s.ids {
			stayed[id] = true
		}
		l = NewFullListing()
		seen = s.run(t, l, nil)
		missed := 0
		for id := range stayed {
			if !seen[id] {
				missed++
			}
		}
		if missed > 0 && l.Err() == nil {
			t.Errorf("seed %d: %d of %d tracks missed, page size %d (%t), busy %v", seed, missed, len(stayed),
				s.pageSize, vary, busy)
		}
		// Tiny pages of ever another length cannot be told from tracks that move.
		if busy == 0 && l.Err() != nil && (!vary || s.pageSize > 3) {
			t.Errorf("seed %d: page size %d (%t): %v", seed, s.pageSize, vary, l.Err())
		}
		if bound := maxPasses * (4*len(seen)/max(1, s.pageSize-1) + 3*maxBack + 16); !vary && s.calls > bound {
			t.Errorf("seed %d: %d calls, more than %d; page size %d, %d tracks, busy %v", seed, s.calls, bound,
				s.pageSize, len(s.ids), busy)
		}
	}
}
