package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"tracksync/internal/alarm"
	"tracksync/internal/flags"
	"tracksync/internal/stopping"
	"tracksync/internal/track"
	engine "tracksync/sync"
	"tracksync/sync/pace"
)

// defaultMaxRate is the highest rate of --rate auto unless --max-rate says otherwise.
const defaultMaxRate pace.Rate = 50

// paceOptions are the flags of every command that makes many requests.
type paceOptions struct {
	rate        string
	maxRate     string
	concurrency int
	attempts    int
	maxOutage   time.Duration
	deadline    time.Duration
	until       flags.Until
}

// addRate adds the flags that say how fast requests start.
func (o *paceOptions) addRate(f *pflag.FlagSet) {
	f.StringVar(&o.rate, "rate", "auto",
		"maximum request rate: `RATE` is for example 20 (per second), 20/s, 600/m, 3600/h or unlimited; auto finds "+
			"the API's limit")
	f.StringVar(&o.maxRate, "max-rate", "", "how far --rate auto climbs: `RATE`, or unlimited (default 50/s)")
	f.IntVar(&o.concurrency, "concurrency", 32, "at most `N` requests in flight")
}

// addStops adds the flags that say when the work ends although it is not done.
func (o *paceOptions) addStops(f *pflag.FlagSet) {
	f.IntVar(&o.attempts, "max-attempts", 5,
		"at most `N` attempts per row; being rate-limited (429) doesn't count as one")
	f.DurationVar(&o.maxOutage, "max-outage", 5*time.Minute,
		"stop after this `TIME` of an outage (30s before the first success) or of nothing but refusals, or when "+
			"asked to wait longer")
	flags.AddOffDuration(f, &o.deadline, "deadline",
		"end within this `TIME` from the start of the process, with exit code 7")
	flags.AddOffUntil(f, &o.until, "until",
		"end by this `TIME`, with exit code 7: the next 06:00 of the local clock, or 2026-11-24T06:00:00Z")
}

// speed is the parsed and checked paceOptions.
type speed struct {
	rate        pace.Rate // of this shard
	told        pace.Rate // of all shards together
	shard       track.Shard
	auto        bool
	rateText    string // as the user wrote it
	concurrency int
	attempts    int
	maxOutage   time.Duration
	ends        stopping.Limit
}

// parse checks and parses the flags. begun is when the process began. A shard gets its part
// of the rate.
func (o paceOptions) parse(begun time.Time, shard track.Shard) (speed, error) {
	s := speed{rateText: o.rate, shard: shard, concurrency: o.concurrency, attempts: o.attempts, maxOutage: o.maxOutage,
		ends: o.limit(begun)}
	if err := s.parseRate(o); err != nil {
		return s, err
	}
	if s.rate = s.told; s.told != pace.Unlimited {
		s.rate *= pace.Rate(shard.Share())
	}
	switch {
	case o.concurrency < 1 || o.concurrency > 1000:
		return s, usage(fmt.Errorf("--concurrency %d is not between 1 and 1000", o.concurrency),
			"for example --concurrency 32")
	case o.attempts < 1:
		return s, usage(fmt.Errorf("--max-attempts %d is less than 1", o.attempts), "for example --max-attempts 5")
	case o.maxOutage <= 0:
		return s, usage(fmt.Errorf("--max-outage %v is not positive", o.maxOutage), "for example --max-outage 5m")
	}
	return s, nil
}

// limit is the time limit of --deadline or --until, whichever is earlier. --deadline counts
// from the start of the process, so it includes the time for checking a manifest.
func (o paceOptions) limit(begun time.Time) stopping.Limit {
	l := stopping.Limit{Begun: begun}
	if o.deadline != 0 {
		l = l.OrAt(begun.Add(o.deadline), "--deadline")
	}
	if o.until.Text != "" {
		l = l.OrAt(o.until.After(begun), "--until "+o.until.Text)
	}
	return l
}

// parseRate reads --rate and --max-rate.
func (s *speed) parseRate(o paceOptions) (err error) {
	s.auto = strings.EqualFold(strings.TrimSpace(o.rate), "auto")
	switch {
	case !s.auto && o.maxRate != "":
		return usage(errors.New("--max-rate is for --rate auto: a fixed rate is a ceiling already"),
			"leave out one of them")
	case !s.auto:
		if s.told, err = pace.ParseRate(o.rate); err != nil {
			return usage(err, "for example --rate 20/s, 600/m, unlimited or auto")
		}
	case o.maxRate == "":
		s.told = defaultMaxRate
	default:
		if s.told, err = pace.ParseRate(o.maxRate); err != nil {
			return usage(fmt.Errorf("--max-rate: %w", err), "for example --max-rate 200/s, or unlimited")
		}
	}
	return nil
}

// engine is the options of an engine with this speed.
func (s speed) engine() engine.Options {
	return engine.Options{
		Rate: s.rate, Learn: s.auto, Share: s.shard.Share(), Concurrency: s.concurrency, MaxAttempts: s.attempts,
		MaxOutage: s.maxOutage, Deadline: s.ends.At, Alarm: alarm.New,
	}
}
