package page

import (
	"fmt"
	"math"
	"strings"
	"time"

	"tracksync/internal/display"
	"tracksync/report"
)

// plotHeight is the height of a drawing in its own units. Its width is the number of
// buckets, and the page stretches both.
const plotHeight = 100

// overTime is the drawing of a run over time.
type overTime struct {
	Buckets  []moment
	Ticks    []tick   // of the vertical axis, from the top
	Times    []string // of the horizontal axis
	Rows     string   // the line of finished rows, as points
	Limit    []string // the lines of the limit in force, as points; a gap where nothing was sent
	Each     string   // what a bucket is
	Sum      string   // the drawing in a sentence
	Sessions int
	HasLimit bool
	HasDown  bool
	HasPause bool
	HasFail  bool
	Refused  bool
}

// Last is the number of the last bucket.
func (o *overTime) Last() int { return len(o.Buckets) - 1 }

// HasRefused reports whether a request was refused.
func (o *overTime) HasRefused() bool { return o.Refused }

// moment is one bucket: how high its parts are, and what it says.
type moment struct {
	X                  int
	Answered, Refused  float64 // heights
	Y, Top             float64 // where the answered and the refused part begin
	Paused, Down, Fail float64 // shares of the bucket
	Text               string
	Cells              []string // the same as cells of a table
}

// tick is a line of the grid.
type tick struct {
	Y    float64
	Text string
}

func overTimeOf(s report.Summary) *overTime {
	r := s.RateOverTime
	if len(r.Requests) == 0 || r.BucketS <= 0 || s.Requests == 0 {
		return nil
	}
	o := &overTime{Each: elapsed(r.BucketS), Sessions: s.Sessions}
	scale := newScale(r)
	for i := range r.Requests {
		o.add(i, r, scale)
	}
	o.Ticks = scale.ticks()
	o.Rows = rowLine(r, scale)
	o.Limit = limitLines(r, scale)
	o.HasLimit = len(o.Limit) > 0
	for _, share := range []float64{0, 0.25, 0.5, 0.75, 1} {
		o.Times = append(o.Times, clock(share*float64(len(r.Requests))*r.BucketS))
	}
	o.Sum = fmt.Sprintf("%s requests in %s: at most %s a second, %s refused; %s paused, %s of outages.",
		display.Thousands(s.Requests), elapsed(s.DurationS), number(scale.peak), display.Thousands(s.RateLimited),
		elapsed(sum(r.PausedS)), elapsed(sum(r.DownS)))
	return o
}

func (o *overTime) add(i int, r report.RateOverTime, scale scale) {
	requests, refused, rows, failed := r.Requests[i], at(r.Refused, i), at(r.Rows, i), at(r.Failed, i)
	limit, paused, down := at(r.LimitPer, i), at(r.PausedS, i), at(r.DownS, i)
	m := moment{
		X:        i,
		Answered: scale.height(float64(requests-refused) / r.BucketS), Refused: scale.height(float64(refused) / r.BucketS),
		Paused: min(1, paused/r.BucketS), Down: min(1, down/r.BucketS),
	}
	if rows > 0 {
		m.Fail = float64(failed) / float64(rows)
	}
	m.Y = plotHeight - m.Answered
	m.Top = m.Y - m.Refused
	o.HasPause, o.HasDown, o.HasFail = o.HasPause || paused > 0, o.HasDown || down > 0, o.HasFail || failed > 0
	o.Refused = o.Refused || refused > 0
	text := []string{
		number(float64(requests)/r.BucketS) + " requests/s",
		number(float64(rows)/r.BucketS) + " rows/s",
	}
	m.Cells = []string{clock(float64(i) * r.BucketS), number(float64(requests) / r.BucketS),
		number(float64(rows) / r.BucketS), display.Thousands(failed), display.Thousands(refused), "", seconds(paused),
		seconds(down)}
	if limit > 0 {
		m.Cells[5] = number(limit)
		text = append(text, "limit "+number(limit)+"/s")
	}
	for _, part := range []struct {
		is   bool
		text string
	}{
		{refused > 0, display.Thousands(refused) + " refused"}, {failed > 0, display.Count(failed, "row") + " failed"},
		{paused > 0, "paused " + seconds(paused)}, {down > 0, "API down " + seconds(down)},
	} {
		if part.is {
			text = append(text, part.text)
		}
	}
	m.Text = m.Cells[0] + ": " + strings.Join(text, ", ")
	o.Buckets = append(o.Buckets, m)
}

// scale is the vertical axis: from 0 to top requests a second.
type scale struct {
	peak float64 // the most requests a second
	top  float64
}

// newScale chooses an axis on which the requests fill most of the drawing. Above a limit
// there is some room, so that its line is seen. A limit far above the requests stays outside.
func newScale(r report.RateOverTime) (s scale) {
	for _, n := range r.Requests {
		s.peak = max(s.peak, float64(n)/r.BucketS)
	}
	top := s.peak
	for _, l := range r.LimitPer {
		if l <= 1.5*s.peak {
			top = max(top, 1.05*l)
		}
	}
	s.top = niceAbove(top)
	return s
}

// niceAbove is the smallest of 1, 2, 2.5, 4, 5, 6 and 8 times a power of ten that is not
// below x.
func niceAbove(x float64) float64 {
	if x <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, step := range []float64{1, 2, 2.5, 4, 5, 6, 8} {
		if step*power >= x*(1-1e-9) {
			return step * power
		}
	}
	return 10 * power
}

func (s scale) height(perSecond float64) float64 {
	return math.Round(min(perSecond/s.top, 1)*plotHeight*100) / 100
}

func (s scale) ticks() []tick {
	return []tick{{0, number(s.top) + "/s"}, {plotHeight / 2, number(s.top/2) + "/s"}, {plotHeight, "0"}}
}

// rowLine is the line of finished rows through the middle of each bucket.
func rowLine(r report.RateOverTime, s scale) string {
	var points []string
	for i, n := range r.Rows {
		points = append(points, point(float64(i)+0.5, plotHeight-s.height(float64(n)/r.BucketS)))
	}
	return strings.Join(points, " ")
}

// limitLines are the steps of the limit in force. It is not known where nothing was sent.
func limitLines(r report.RateOverTime, s scale) (lines []string) {
	var points []string
	end := func() {
		if len(points) > 0 {
			lines = append(lines, strings.Join(points, " "))
		}
		points = nil
	}
	for i, l := range r.LimitPer {
		if l <= 0 || l > s.top {
			end()
			continue
		}
		y := plotHeight - s.height(l)
		points = append(points, point(float64(i), y), point(float64(i+1), y))
	}
	end()
	return lines
}

func point(x, y float64) string { return fmt.Sprintf("%.4g,%.4g", x, y) }

func at[T any](list []T, i int) (x T) {
	if i < len(list) {
		x = list[i]
	}
	return x
}

func sum(list []float64) (total float64) {
	for _, x := range list {
		total += x
	}
	return total
}

func number(x float64) string {
	if x >= 100 {
		return display.Thousands(int(math.Round(x)))
	}
	return fmt.Sprintf("%.3g", x)
}

func seconds(s float64) string {
	if s == 0 {
		return ""
	}
	return elapsed(s)
}

// clock is a time of the run for the axis, such as 0, 45s or 2m05s.
func clock(s float64) string {
	if s == 0 {
		return "0"
	}
	return display.Short(time.Duration(s * float64(time.Second)))
}

func elapsed(s float64) string { return display.Long(time.Duration(s * float64(time.Second))) }
