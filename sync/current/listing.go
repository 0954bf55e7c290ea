package current

import (
	"errors"
	"fmt"
	"slices"

	"tracksync/internal/track"
)

// Why a full listing may lack tracks. What was seen is good all the same.
var (
	// ErrRestless: every pass over the listing met tracks that moved.
	ErrRestless = errors.New("the tracks did not hold still while they were listed, so some may be missing; try again when nobody else is at work")
	// ErrStuck: page after page has nothing that the page before had not.
	ErrStuck = errors.New("the listing answers the same tracks whatever the offset, so some may be missing")
	// ErrEndless: the bound of pages was reached.
	ErrEndless = errors.New("the listing does not end")
)

const (
	// fewWanted tracks are always asked for one by one.
	fewWanted = 2
	// askLimit is how many tracks a page is asked for. The largest limit is
	// not documented: most services accept a hundred. If the first page fails,
	// smallLimit is tried before the listing is given up.
	askLimit, smallLimit = 100, 10
	// maxInFlight bounds the pages in flight and in memory.
	maxInFlight = 16
	// pagesPerMore is the pages listed for which one more may be in flight, so
	// that those asked for beyond the end are few beside them.
	pagesPerMore = 20
	// maxStale pages in succession that bring nothing end the listing.
	maxStale = 3
	// maxLost pages that failed end a listing of wanted tracks.
	maxLost = 3
	// maxBack is how often a pass goes back to find where it was.
	maxBack = 8
	// maxBridges is how often a page is tried to be joined to those before it
	// before that is taken for a sign that tracks moved.
	maxBridges = 5
	// maxPasses bounds the passes of a full listing.
	maxPasses = 4
	// maxPages bounds a full listing whatever the service answers.
	maxPages = 1_000_000
)

// Page is one call of the listing: limit tracks from an offset on. It is given
// back, as it came, with its answer.
type Page struct {
	Offset, Limit int
	serial        int
}

// Listing decides which pages to ask for and when to stop. It is pure: Next,
// ask, then Got or Failed, in any order while several pages are in flight,
// until Done. The package comment has the reasoning. It is not safe for
// concurrent use. Its memory is bounded by the length of the pages.
type Listing struct {
	full   bool
	most   int  // pages at most
	unseen int  // wanted tracks not seen; of no meaning when full
	seen   int  // wanted tracks seen
	worth  bool // the last page saved calls
	limit  int
	spent  int // pages asked for
	listed int // pages taken
	lost   int // pages failed
	step   int // how many tracks a page is expected to have; 0: not known yet

	// window holds the pages to ask for, in flight, or not taken yet because
	// one before them is missing, in the order of the listing.
	window []*slot
	walk
	pass int // from 1

	done bool
	err  error
}

// walk is how far a pass over the listing has come.
type walk struct {
	frontier int        // the offset after the last track taken
	tail     []track.ID // the last tracks taken, in order
	short    bool       // the last page had fewer tracks than expected: the end may be near
	back     int        // times gone back since a page joined
	backs    int        // the same in the whole pass
	stale    int        // pages in succession that brought nothing
	fresh    int        // wanted tracks first seen in this pass
	moved    bool       // tracks were not where they had to be
}

// slot is a page and how far it has come.
type slot struct {
	page   Page
	asked  bool
	come   bool
	failed bool
	ids    []track.ID
	fresh  int
}

// NewListing returns a listing that looks for a number of wanted tracks. It
// asks for no page if they are so few that asking one by one is as good.
func NewListing(wanted int) *Listing {
	return &Listing{unseen: wanted, most: maxPages, limit: askLimit, pass: 1, done: wanted <= fewWanted}
}

// NewFullListing returns a listing that looks for every track there is.
func NewFullListing() *Listing { return &Listing{full: true, most: maxPages, limit: askLimit, pass: 1} }

// Next returns the page to ask for now and counts it as asked for. False: none
// for now; there may be one after the next answer.
func (l *Listing) Next() (Page, bool) {
	if l.done || !l.pays() {
		return Page{}, false
	}
	for _, s := range l.window {
		if !s.asked {
			return l.ask(s), true
		}
	}
	if !l.mayAskAhead() {
		return Page{}, false
	}
	offset := l.wants()
	if n := len(l.window); n > 0 {
		offset = max(offset, l.window[n-1].page.Offset+max(1, l.step-l.overlap()))
	}
	s := &slot{page: Page{Offset: offset}}
	l.window = append(l.window, s)
	return l.ask(s), true
}

func (l *Listing) ask(s *slot) Page {
	l.spent++
	s.asked = true
	s.page.Limit, s.page.serial = l.limit, l.spent
	return s.page
}

// pays reports whether one more page may take fewer calls than to ask for the
// unseen tracks one by one.
func (l *Listing) pays() bool { return l.full || l.spent < l.unseen || l.worth }

// mayAskAhead reports whether a page may be asked for while others before it
// are not taken yet.
func (l *Listing) mayAskAhead() bool {
	flying := l.flying()
	switch {
	case len(l.window) == 0:
		return true
	case l.step == 0: // it is not known how far to go
		return false
	case !l.full && flying*l.step >= l.unseen: // these may bring all that is needed
		return false
	}
	first := 2
	if l.full {
		first = 1 // it cannot know before an empty page that it is at the end
	}
	return len(l.window) < min(maxInFlight, first+l.listed/pagesPerMore)
}

func (l *Listing) flying() int {
	n := 0
	for _, s := range l.window {
		if s.asked && !s.come {
			n++
		}
	}
	return n
}

// Got takes the answer to a page: the ids on it in the order of the answer, and
// how many wanted tracks on it had never been seen before (Store.Keep says it).
func (l *Listing) Got(p Page, ids []track.ID, fresh int) {
	l.unseen -= fresh
	l.seen += fresh
	l.fresh += fresh
	if !l.full && l.unseen <= 0 {
		l.done = true
	}
	if s := l.find(p); s != nil {
		l.worth = fresh > 1
		s.come, s.ids, s.fresh = true, ids, fresh
		l.settle()
	}
}

// Failed takes note that a page could not be had: refused, or after all
// attempts.
func (l *Listing) Failed(p Page) {
	s := l.find(p)
	switch {
	case s == nil:
	case l.listed == 0 && l.limit > smallLimit:
		l.limit, s.asked = smallLimit, false
	case l.full:
		l.end(fmt.Errorf("the page of tracks at offset %d could not be read, so some are missing", p.Offset))
	default:
		if l.lost++; l.lost == maxLost || l.listed == 0 {
			l.end(nil)
			return
		}
		s.come, s.failed = true, true
		l.settle()
	}
}

// find returns the slot of a page in flight; nil if its answer is of no
// interest any more.
func (l *Listing) find(p Page) *slot {
	i := slices.IndexFunc(l.window, func(s *slot) bool { return s.asked && !s.come && s.page == p })
	if i < 0 || l.done {
		return nil
	}
	return l.window[i]
}

// Done reports that no page is to be asked for any more and no answer is
// awaited. Answers still in flight may be dropped, or given to Got.
func (l *Listing) Done() bool { return l.done || !l.pays() && l.flying() == 0 }

// Err says, after Done, why a full listing may lack tracks. A listing of wanted
// tracks has no errors: what it did not see is to be asked for one by one.
func (l *Listing) Err() error { return l.err }

// Calls is the number of pages asked for.
func (l *Listing) Calls() int { return l.spent }

func (l *Listing) end(err error) { l.done, l.err, l.window = true, err, nil }
