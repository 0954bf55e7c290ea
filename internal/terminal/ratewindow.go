package terminal

import "time"

// rateWindow measures events per second over the last seconds. Make it with newRateWindow.
type rateWindow struct {
	counts []int // one for each second
	newest int64 // Unix time of the latest count
	first  time.Time
}

func newRateWindow(seconds int) rateWindow { return rateWindow{counts: make([]int, seconds)} }

func (w *rateWindow) add(now time.Time) {
	if w.first.IsZero() {
		w.first = now
	}
	w.advance(now)
	w.counts[now.Unix()%w.seconds()]++
}

func (w *rateWindow) seconds() int64 { return int64(len(w.counts)) }

// advance forgets the seconds that have left the window.
func (w *rateWindow) advance(now time.Time) {
	for s := max(w.newest+1, now.Unix()-w.seconds()+1); s <= now.Unix(); s++ {
		w.counts[s%w.seconds()] = 0
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
	// The window holds all whole seconds but one, and what has passed of this one.
	span := float64(w.seconds()-1) + float64(now.Nanosecond())/1e9
	return float64(sum) / max(1, min(span, now.Sub(w.first).Seconds()))
}
