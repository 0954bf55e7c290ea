package report

import (
	"slices"
	"time"
)

const maxOutages = 100 // that are listed; the others are counted

// Outage is a span in which the API was down.
type Outage struct {
	From     time.Time `json:"from"`     // UTC: the first request that failed
	Until    time.Time `json:"until"`    // UTC: the first answer, or the end of the run
	Requests int       `json:"requests"` // that failed in it
}

// Outages are the spans in which the API was down.
type Outages struct {
	Count     int      `json:"count"`
	DurationS float64  `json:"duration_s"` // seconds, all together
	Requests  int      `json:"requests"`   // that failed in them; they don't count as attempts
	List      []Outage `json:"list"`       // the first hundred
}

// outages counts when the API was down.
type outages struct {
	list     []Outage // the first maxOutages
	more     int      // beyond them
	time     time.Duration
	requests int // that failed in them
}

func (o *outages) add(a Outage) {
	o.time += a.Until.Sub(a.From)
	o.requests += a.Requests
	if len(o.list) == maxOutages {
		o.more++
		return
	}
	a.From, a.Until = a.From.UTC().Truncate(time.Millisecond), a.Until.UTC().Truncate(time.Millisecond)
	o.list = append(o.list, a)
}

func (o *outages) merge(other outages) {
	o.time += other.time
	o.requests += other.requests
	o.list = slices.Concat(o.list, other.list)
	slices.SortStableFunc(o.list, func(a, b Outage) int { return a.From.Compare(b.From) })
	o.more += other.more + max(0, len(o.list)-maxOutages)
	o.list = o.list[:min(len(o.list), maxOutages)]
}

func (o *outages) summary() Outages {
	return Outages{
		Count:     len(o.list) + o.more,
		DurationS: round(o.time.Seconds()),
		Requests:  o.requests,
		List:      append([]Outage{}, o.list...),
	}
}
