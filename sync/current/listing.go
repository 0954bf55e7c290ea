package current

import (
	"errors"
	"fmt"
	"slices"

	"tracksync/internal/track"
)

// The reasons why a full listing may lack tracks. Those it has seen are valid anyway.
var (
	// ErrRestless: every pass over the listing met tracks that moved.
	ErrRestless = errors.New("the tracks kept changing while they were listed, so some may be missing; " +
		"try again when nobody else is changing them")
	// ErrStuck: page after page has only tracks that the page before had.
	ErrStuck = errors.New("the listing answers the same tracks whatever the offset, so some may be missing")
	// ErrEndless: the maximum number of pages was reached.
	ErrEndless = errors.New("the listing does not end")
)

const (
	// fewWanted tracks or fewer are always read individually.
	fewWanted = 2
	// askLimit is the number of tracks requested per page. The maximum is not
	// documented; most services accept a hundred. If the first page fails,
	// smallLimit is tried before the listing is abandoned.
	askLimit, smallLimit = 100, 10
	// maxInFlight bounds the pages in flight and in memory.
	maxInFlight = 16
	// pagesPerMore is how many pages must have been listed for one more to be in
	// flight, so that few pages are requested beyond the end.
	pagesPerMore = 20
	// maxStale pages in a row that bring nothing new end the listing.
	maxStale = 3
	// maxLost pages that failed end a listing of wanted tracks.
	maxLost = 3
	// maxBack is how often a pass may go back to find where it was.
	maxBack = 8
	// maxBridges is how often to look for tracks that join a page to those before
	// it. After that, tracks are assumed to have moved.
	maxBridges = 5
	// maxPasses bounds the passes of a full listing.
	maxPasses = 4
	// maxPages bounds a full listing whatever the service answers.
	maxPages = 1_000_000
)

// Page is one call of the listing: Limit tracks from an offset. The caller returns
// it unchanged with its answer.
type Page struct {
	Offset, Limit int
	serial        int
}

// Listing decides which pages to request and when to stop. It is pure: call Next,
// request the page, then call Got or Failed, in any order while several pages are in
// flight, until Done. The package comment has the reasoning. It is not safe for
// concurrent use. Its memory is bounded by the length of the pages.
type Listing struct {
	full  bool
	most  int // maximum number of pages
	limit int
	step  int // expected number of tracks on a page; 0: not known yet
	sightings
	pages

	// window holds the pages, in the order of the listing, that are to be requested,
	// in flight, or not processed yet because one before them is missing.
	window []*slot
	walk
	pass int // from 1

	done bool
	err  error
}

// sightings are what a listing has brought to sight.
type sightings struct {
	unseen int  // wanted tracks not seen; meaningless when full
	seen   int  // wanted tracks seen
	worth  bool // the last page saved calls
}

// pages counts the pages of a listing.
type pages struct {
	spent  int // requested
	listed int // processed
	lost   int // failed
}

// walk is the progress of one pass over the listing.
type walk struct {
	frontier int        // the offset after the last track processed
	tail     []track.ID // the last tracks processed, in order
	short    bool       // the last page had fewer tracks than expected: the end may be near
	back     int        // times gone back since a page last joined
	backs    int        // times gone back in the whole pass
	stale    int        // pages in a row that brought nothing new
	fresh    int        // wanted tracks first seen in this pass
	moved    bool       // tracks were not where they should have been
}

// slot is a page, its state, and its answer.
type slot struct {
	page   Page
	asked  bool // requested
	come   bool // answered, or failed for good
	failed bool
	ids    []track.ID
	fresh  int
}

// NewListing returns a listing that looks for a number of wanted tracks. It requests
// no page if they are so few that reading them individually is as good.
func NewListing(wanted int) *Listing {
	return &Listing{
		sightings: sightings{unseen: wanted}, most: maxPages, limit: askLimit, pass: 1, done: wanted <= fewWanted,
	}
}

// NewFullListing returns a listing that looks for every track of the account.
func NewFullListing() *Listing { return &Listing{full: true, most: maxPages, limit: askLimit, pass: 1} }

// Next returns the page to request now and counts it as requested. False means none
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

// pays reports whether one more page may save calls compared with reading the unseen
// tracks individually.
func (l *Listing) pays() bool { return l.full || l.spent < l.unseen || l.worth }

// mayAskAhead reports whether a page may be requested while others before it are not
// processed yet.
func (l *Listing) mayAskAhead() bool {
	flying := l.flying()
	switch {
	case len(l.window) == 0:
		return true
	case l.step == 0: // the length of a page is not known yet
		return false
	case !l.full && flying*l.step >= l.unseen: // those in flight may bring all that is needed
		return false
	}
	first := 2
	if l.full {
		first = 1 // only an empty page tells that this is the end
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

// Got processes the answer to a page: the ids on it in the order of the answer, and
// how many wanted tracks on it had not been seen before (Store.Add returns that).
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
		l.process()
	}
}

// Failed records that a page could not be read: it was refused, or its attempts were
// used up.
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
		l.process()
	}
}

// find returns the slot of a page in flight; nil if its answer no longer matters.
func (l *Listing) find(p Page) *slot {
	i := slices.IndexFunc(l.window, func(s *slot) bool { return s.asked && !s.come && s.page == p })
	if i < 0 || l.done {
		return nil
	}
	return l.window[i]
}

// Done reports that no more pages will be requested and no answer is awaited. Answers
// still in flight may be dropped, or passed to Got.
func (l *Listing) Done() bool { return l.done || !l.pays() && l.flying() == 0 }

// Err tells, after Done, why a full listing may lack tracks. A listing of wanted
// tracks has no errors: what it did not see is to be read individually.
func (l *Listing) Err() error { return l.err }

// Calls is the number of pages requested.
func (l *Listing) Calls() int { return l.spent }

func (l *Listing) end(err error) { l.done, l.err, l.window = true, err, nil }
