package current

import (
	"slices"

	"tracksync/internal/track"
)

// process processes the pages that have come, in the order of the listing.
func (l *Listing) process() {
	for !l.done && len(l.window) > 0 && l.window[0].come {
		s := l.window[0]
		l.window = l.window[1:]
		switch {
		case s.failed:
			l.frontier, l.tail = max(l.frontier, s.page.Offset+l.step), nil
		case len(s.ids) == 0:
			l.empty(s)
		default:
			l.tracks(s)
		}
		l.fill()
		l.bound()
	}
}

// bound ends a full listing that would never end.
func (l *Listing) bound() {
	switch {
	case !l.full || l.done:
	case l.stale >= maxStale, l.frontier > 2*l.seen+16*l.step:
		l.end(ErrStuck)
	case l.spent >= l.most:
		l.end(ErrEndless)
	}
}

// overlap is the number of tracks that a page shares with the one before it, if
// nothing has changed. Pages of a single track cannot overlap.
func (l *Listing) overlap() int {
	if l.full && l.step > 1 {
		return 1
	}
	return 0
}

// wants is the offset to continue from. After a short page it is the frontier itself:
// if the page there is empty, this is the end.
func (l *Listing) wants() int {
	if l.short || l.frontier == 0 {
		return l.frontier
	}
	return l.frontier - l.overlap()
}

// fill requests what lies between the frontier and the next page, if a page was
// shorter than expected.
func (l *Listing) fill() {
	if len(l.window) > 0 && l.window[0].page.Offset > l.wants() {
		l.insert(l.wants())
	}
}

func (l *Listing) insert(offset int) {
	l.window = slices.Insert(l.window, 0, &slot{page: Page{Offset: offset}})
}

// empty handles a page without tracks: it is the end, unless the last track processed
// should have been on it.
func (l *Listing) empty(s *slot) {
	if l.full && 0 < s.page.Offset && s.page.Offset < l.frontier {
		l.goBack(s)
		return
	}
	l.endPass(true)
}

// tracks handles a page that has tracks.
func (l *Listing) tracks(s *slot) {
	l.listed++
	from, n := s.page.Offset, len(s.ids)
	last, at := join(l.tail, s.ids)
	blind := l.step == 1 && from == l.frontier
	if l.full && from > 0 && at < 0 && !blind {
		l.goBack(s)
		return
	}
	due := l.frontier - len(l.tail) + last - from // where on the page tail[last] should be
	beyond := from+n > l.frontier                 // the page should bring new tracks
	still := at == due && (last == len(l.tail)-1 || !beyond)
	switch {
	case at+1 < n || s.fresh > 0:
		l.stale, l.back = 0, 0
	case beyond:
		l.stale++
	}
	if still && !beyond { // the pages before it have covered all of it
		l.short = l.short || n < l.step
		return
	}
	l.moved = l.moved || from > 0 && !still
	if at >= 0 {
		l.tail = l.tail[:last+1]
	}
	l.advance(from+n, s.ids[at+1:], n)
	if !l.full && l.stale >= maxStale {
		l.end(nil)
	}
}

// advance moves the frontier to an offset, past the new tracks that a page of a given
// length brought.
func (l *Listing) advance(to int, news []track.ID, length int) {
	if !l.full {
		to = max(to, l.frontier)
	}
	l.frontier = to
	l.short = length < l.step
	l.step = max(length, l.step-max(1, l.step/4))
	l.tail = append(l.tail, news...)
	if extra := len(l.tail) - max(64, 2*l.step); extra > 0 {
		l.tail = slices.Clone(l.tail[extra:])
	}
}

// join finds the last track of tail that a page has too, and returns its index in
// both, or -1.
func join(tail, ids []track.ID) (last, at int) {
	places := make(map[track.ID]int, len(ids))
	for i, id := range ids {
		places[id] = i
	}
	for i, id := range slices.Backward(tail) {
		if at, ok := places[id]; ok {
			return i, at
		}
	}
	return -1, -1
}

// goBack requests earlier tracks, because a page does not join those before it: tracks
// were deleted, or the order has changed.
func (l *Listing) goBack(s *slot) {
	l.back++
	if l.back <= maxBridges && s.page.Offset == l.frontier && len(s.ids) > 0 {
		// The page was requested without an overlap, to find the end, and this is
		// not the end. A page that overlaps may be too short to reach it.
		l.window = slices.Insert(l.window, 0, s)
		l.insert(l.frontier - 1)
		return
	}
	l.moved = true
	if l.backs++; l.backs > maxBack {
		l.endPass(false)
		return
	}
	l.insert(max(0, min(s.page.Offset, l.frontier)-max(1, l.step)))
}

// endPass ends the listing, or begins another pass if tracks moved: one that moved
// from the part to come to the part that had passed was not seen. A whole pass that
// finds nothing new is the last.
func (l *Listing) endPass(whole bool) {
	switch {
	case !l.full, !l.moved, whole && l.pass > 1 && l.fresh == 0:
		l.end(nil)
	case l.pass == maxPasses:
		l.end(ErrRestless)
	default:
		l.pass++
		l.window, l.walk = nil, walk{}
	}
}
