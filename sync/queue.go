package sync

import (
	"container/heap"
	"slices"
	"time"
)

// place is where a task is. It is in one place at a time: putting it into another takes
// it out of the one before.
type place uint8

const (
	atNone      place = iota
	atNext            // the next task to be started
	atRefused         // refused with 429; sent before all others, oldest first
	atReady           // its next step may start; oldest first
	atWaiting         // failed; sent when due
	atUndecided       // its attempts or the run are over, but perhaps because of an unrecognized outage
	atAPI             // in flight
	atSnapshot        // waits until its snapshot is durable
	atEnd
)

// queue has the tasks that were started, and the next one. The zero value is empty.
type queue struct {
	next      task
	refused   []task
	ready     []task
	waiting   waiting
	undecided []task
	inFlight  int
	snapshots int
}

// put moves a task to a place.
func (q *queue) put(t task, to place) {
	q.remove(t)
	t.tried().place = to
	switch to {
	case atNext:
		q.next = t
	case atRefused:
		q.refused = append(q.refused, t)
	case atReady:
		q.ready = append(q.ready, t)
	case atWaiting:
		heap.Push(&q.waiting, t)
	case atUndecided:
		q.undecided = append(q.undecided, t)
	case atAPI:
		q.inFlight++
	case atSnapshot:
		q.snapshots++
	}
}

// putFirst moves a task before all that are ready.
func (q *queue) putFirst(t task) {
	q.remove(t)
	t.tried().place = atReady
	q.ready = slices.Insert(q.ready, 0, t)
}

// remove removes a task from its place.
func (q *queue) remove(t task) {
	switch t.tried().place {
	case atNext:
		q.next = nil
	case atRefused:
		q.refused = without(q.refused, t)
	case atReady:
		q.ready = without(q.ready, t)
	case atWaiting:
		if i := slices.Index(q.waiting, t); i >= 0 {
			heap.Remove(&q.waiting, i)
		}
	case atUndecided:
		q.undecided = without(q.undecided, t)
	case atAPI:
		q.inFlight--
	case atSnapshot:
		q.snapshots--
	}
	t.tried().place = atNone
}

func without(list []task, t task) []task {
	if i := slices.Index(list, t); i >= 0 {
		return slices.Delete(list, i, i+1)
	}
	return list
}

// drain removes and returns all tasks that are started and neither in flight nor undecided,
// in the order in which they would have been sent.
func (q *queue) drain() []task {
	all := slices.Concat(q.refused, q.ready)
	for _, t := range all {
		q.remove(t)
	}
	for len(q.waiting) > 0 {
		t := q.waiting[0]
		q.remove(t)
		all = append(all, t)
	}
	return all
}

// drainUndecided removes and returns all undecided tasks.
func (q *queue) drainUndecided() []task {
	all := q.undecided
	q.undecided = nil
	for _, t := range all {
		t.tried().place = atNone
	}
	return all
}

// unfinished is how many tasks are begun and not in flight, without those that are
// undecided.
func (q *queue) unfinished() int {
	return len(q.refused) + len(q.ready) + q.snapshots + len(q.waiting)
}

// quiet reports whether all tasks that are under way are undecided.
func (q *queue) quiet() bool { return q.inFlight == 0 && q.unfinished() == 0 }

// onlySuspects reports whether the only started tasks are rows that seem to be refused for
// reasons of their own, and none of them is in flight.
func (q *queue) onlySuspects() bool {
	if q.inFlight > 0 || q.snapshots > 0 || len(q.ready) > 0 {
		return false
	}
	other := func(t task) bool { return !t.tried().throttle.suspect() }
	return !slices.ContainsFunc(q.refused, other) && !slices.ContainsFunc(q.waiting, other)
}

// firstDue is the waiting task that is due first; nil if none waits.
func (q *queue) firstDue() task {
	if len(q.waiting) == 0 {
		return nil
	}
	return q.waiting[0]
}

// firstWrite is the first task whose next request is a PUT; nil if there is none.
func (q *queue) firstWrite() task {
	writes := func(t task) bool { return t.kind() == writeRequest }
	for _, list := range [][]task{q.ready, q.refused} {
		if i := slices.IndexFunc(list, writes); i >= 0 {
			return list[i]
		}
	}
	var first task
	for _, t := range q.waiting {
		if writes(t) && (first == nil || due(t).Before(due(first))) {
			first = t
		}
	}
	return first
}

// waiting is a heap of tasks, the earliest first.
type waiting []task

func due(t task) time.Time { return t.tried().due }

func (w waiting) Len() int           { return len(w) }
func (w waiting) Less(i, k int) bool { return due(w[i]).Before(due(w[k])) }
func (w waiting) Swap(i, k int)      { w[i], w[k] = w[k], w[i] }
func (w *waiting) Push(x any)        { *w = append(*w, x.(task)) }
func (w *waiting) Pop() any {
	last := len(*w) - 1
	t := (*w)[last]
	(*w)[last] = nil
	*w = (*w)[:last]
	return t
}
