package terminal

import "time"

// rateWindow measures requests per second over the last seconds.
type rateWindow struct {
	counts [windowSeconds]int
	newest int64 // Unix time of the latest count
	first  time.Time
}

const windowSeconds = 10

func (w *rateWindow) add(now time.Time) {
	if w.first.IsZero() {
		w.first = now
	}
	w.advance(now)
	w.counts[now.Unix()%windowSeconds]++
}

// advance forgets the seconds that have left the window.
func (w *rateWindow) advance(now time.Time) {
	for s := max(w.newest+1, now.Unix()-windowSeconds+1); s <= now.Unix(); s++ {
		w.counts[s%windowSeconds] = 0
	}
	w.newest = max(w.newest, now.Unix())
}

func (w *rateWindow) rate(now time.Time) float64 {
	if w.first.IsZero() {
		return 0
	}
	w.advance(now)
	sum := 0
	for _, n := range w.counts {
		sum += n
	}
	// The window holds nine whole seconds and what has passed of this one.
	span := float64(windowSeconds-1) + float64(now.Nanosecond())/1e9
	return float64(sum) / max(1, min(span, now.Sub(w.first).Seconds()))
}
