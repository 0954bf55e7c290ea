package current

import (
	"slices"

	"tracksync/internal/track"
)

// settle takes the pages that have come, in the order of the listing.
func (l *Listing) settle() {
	for !l.done && len(l.window) > 0 && l.window[0].come {
		s := l.window[0]
		l.window = l.window[1:]
		switch {
		case s.failed:
			l.frontier, l.tail = max(l.frontier, s.page.Offset+l.step), nil
		case len(s.ids) == 0:
			l.empty(s)
		default:
			l.take(s)
		}
		l.fill()
		if l.full && !l.done && l.spent >= maxPages {
			l.end(ErrEndless)
		}
	}
}

// overlap is how many tracks a page has in common with the one before it, if
// all is as it was. Pages of a single track cannot overlap.
func (l *Listing) overlap() int {
	if l.full && l.step > 1 {
		return 1
	}
	return 0
}

// wants is the offset to go on from. After a short page it is the frontier
// itself: if that page is empty, this is the end.
func (l *Listing) wants() int {
	if l.short || l.frontier == 0 {
		return l.frontier
	}
	return l.frontier - l.overlap()
}

// fill asks for what lies between the frontier and the next page, where a page
// was shorter than it was thought to be.
func (l *Listing) fill() {
	if len(l.window) > 0 && l.window[0].page.Offset > l.wants() {
		l.insert(l.wants())
	}
}

func (l *Listing) insert(offset int) {
	l.window = slices.Insert(l.window, 0, &slot{page: Page{Offset: offset}})
}

// empty takes a page without tracks: the end, unless the last track taken had
// to be on it.
func (l *Listing) empty(s *slot) {
	if l.full && 0 < s.page.Offset && s.page.Offset < l.frontier {
		l.goBack(s)
		return
	}
	l.endPass()
}

// take takes a page that has tracks.
func (l *Listing) take(s *slot) {
	l.listed++
	due := l.frontier - 1 - s.page.Offset // where the last track taken has to be
	at, exact := join(l.tail, s.ids, due)
	blind := l.full && l.step == 1 && s.page.Offset == l.frontier
	if l.full && s.page.Offset > 0 && at < 0 && !blind {
		l.goBack(s)
		return
	}
	if l.full && s.page.Offset > 0 {
		l.moved = l.moved || blind || !exact || at != due
	}
	l.back = 0
	n := len(s.ids)
	l.frontier = s.page.Offset + n
	l.short = n < l.step
	l.step = max(n, l.step-max(1, l.step/4))
	l.tail = append(l.tail, s.ids[at+1:]...)
	if extra := len(l.tail) - max(64, 2*l.step); extra > 0 {
		l.tail = slices.Clone(l.tail[extra:])
	}
	if at+1 < n || s.fresh > 0 {
		l.stale = 0
		return
	}
	if l.stale++; l.stale >= maxStale {
		var err error
		if l.full {
			err = ErrStuck
		}
		l.end(err)
	}
}

// join finds the last of the tracks of tail that a page has too. It returns its
// place on the page, -1 if there is none, and whether it is the very last of
// tail. That one is looked for at its due place first.
func join(tail, ids []track.ID, due int) (at int, exact bool) {
	if len(tail) == 0 {
		return -1, false
	}
	if 0 <= due && due < len(ids) && ids[due] == tail[len(tail)-1] {
		return due, true
	}
	places := make(map[track.ID]int, len(ids))
	for i, id := range ids {
		places[id] = i
	}
	for i := len(tail) - 1; i >= 0; i-- {
		if at, ok := places[tail[i]]; ok {
			return at, i == len(tail)-1
		}
	}
	return -1, false
}

// goBack asks for earlier tracks, because a page does not hold on to what was
// taken before it: tracks were deleted, or the order is another.
func (l *Listing) goBack(s *slot) {
	l.back++
	if l.back == 1 && s.page.Offset == l.frontier && len(s.ids) > 0 {
		// It was asked for without an overlap, to find the end.
		l.window = slices.Insert(l.window, 0, s)
		l.insert(l.frontier - 1)
		return
	}
	l.moved = true
	if l.backs++; l.backs > maxBack {
		l.endPass()
		return
	}
	l.insert(max(0, min(s.page.Offset, l.frontier)-max(1, l.step)))
}

// endPass ends the listing, or begins anew if tracks moved: one that went from
// what was to come to what had passed was not seen. A pass that finds nothing
// new is the last.
func (l *Listing) endPass() {
	switch {
	case !l.full, !l.moved, l.pass > 1 && l.fresh == 0:
		l.end(nil)
	case l.pass == maxPasses:
		l.end(ErrRestless)
	default:
		l.pass++
		l.window, l.walk = nil, walk{}
	}
}
