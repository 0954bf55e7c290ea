package pace

import "math"

// fitted describes the token buckets that could have answered as the server did.
type fitted struct {
	low, rate, high float64 // requests per second: the range of likely rates, and the best
	burst           float64 // of the best
	atLeast         float64 // the smallest likely burst
	misfit          float64 // by how many requests the best bucket is wrong
}

// certain reports whether the rate is known well.
func (f fitted) certain() bool { return f.high <= 1.05*f.low }

// fit finds the token buckets, full at the start, that explain a log between
// from and to requests a second. For each rate it drains a virtual bucket (the
// generic cell rate algorithm) by what was accepted: its size is at least the
// deepest level at which a request was accepted, and less than the shallowest
// at which one was refused. If these contradict each other, the rate is
// wrong.
//
// More than one range of rates may explain the log: a small bucket with a high rate
// and a large one with a low rate can look alike, with none between them. So each
// valley of the misfit is examined, and low to high spans all likely ones.
func fit(log []sent, from, to float64) fitted {
	const steps = 48
	ratio := math.Pow(to/from, 1.0/steps)
	var rates, misfits, bursts [steps + 1]float64
	for i := range rates {
		rates[i] = from * math.Pow(ratio, float64(i))
		misfits[i], bursts[i] = misfit(log, rates[i])
	}
	best := 0
	for i := range rates {
		valley := (i == 0 || misfits[i] < misfits[i-1]) && (i == steps || misfits[i] <= misfits[i+1])
		if valley && i > 0 && i < steps {
			rates[i], misfits[i], bursts[i] = bottom(log, rates[i-1], rates[i], rates[i+1])
		}
		if misfits[i] < misfits[best]-1e-9 {
			best = i
		}
	}
	// A request may arrive a millisecond earlier or later than it seems.
	tolerance := 0.5 + 0.001*rates[best]
	low, high := 0, steps
	for misfits[low] > misfits[best]+tolerance {
		low++
	}
	for misfits[high] > misfits[best]+tolerance {
		high--
	}
	if from2, to2 := rates[max(low-1, 0)], rates[min(high+1, steps)]; to2/from2 < 0.8*to/from && ratio > 1.002 {
		return fit(log, from2, to2)
	}
	return fitted{low: rates[low], rate: rates[best], high: rates[high], burst: bursts[best], atLeast: bursts[high], misfit: misfits[best]}
}

// bottom finds the rate between from and to that has the least misfit, beginning at
// middle.
func bottom(log []sent, from, middle, to float64) (rate, least, burst float64) {
	rate = middle
	least, burst = misfit(log, rate)
	for range 12 {
		for _, try := range []float64{(from + rate) / 2, (rate + to) / 2} {
			m, b := misfit(log, try)
			switch {
			case m < least && try < rate:
				to, rate, least, burst = rate, try, m, b
			case m < least:
				from, rate, least, burst = rate, try, m, b
			case try < rate:
				from = try
			default:
				to = try
			}
		}
	}
	return rate, least, burst
}

// misfit returns by how many requests a full bucket of a rate contradicts the log,
// and the smallest size that accepts what was accepted.
func misfit(log []sent, rate float64) (misfit, burst float64) {
	used, at := 0.0, 0.0
	deepest, shallowest := 1.0, math.Inf(1)
	for _, s := range log {
		used = max(0, used-rate*(s.at-at))
		at = s.at
		switch s.state {
		case refused:
			shallowest = min(shallowest, used+1)
		case accepted, open:
			used++
			deepest = max(deepest, used)
		}
	}
	return deepest - shallowest, deepest
}
