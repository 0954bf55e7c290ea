package run

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path/filepath"
	"slices"
	"time"

	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/sync/pace"
)

// LimitsFile is in the default place of runs. It stores the rate limits that runs without
// a state file learned for their accounts:
//
//	{"tracksync_limits": 1, "salt": …, "accounts": [{"account": FINGERPRINT, "learned_at": …, …}]}
//
// An account is a salted fingerprint, so the file contains no URL and no key. A limit is
// always that of the whole account. Shards on one machine share the file: each begins with
// its part of the limit that it reads, and at its end adds what it has learned to what
// the others have (see addTo). If two save at the same moment, one measurement is lost.
const LimitsFile = "limits.json"

const (
	limitsVersion = 1
	// trusted is how old a limit may be. An older one is learned again.
	trusted     = 7 * 24 * time.Hour
	maxLimits   = 1 << 20 // bytes of the file
	maxAccounts = 1000    // accounts in the file
)

// knownLimit is a limit of an account and the time when it was learned, as stored in
// files.
type knownLimit struct {
	LearnedAt time.Time `json:"learned_at"`
	Kind      pace.Kind `json:"kind"`                // rate, window or concurrency
	RatePerS  float64   `json:"rate_per_s,omitzero"` // requests per second accepted in the long run
	Burst     float64   `json:"burst,omitzero"`      // requests accepted at once; 0: not known
	Count     int       `json:"count,omitzero"`      // requests per window, or at a time
	WindowS   float64   `json:"window_s,omitzero"`   // seconds per window
	PauseS    float64   `json:"pause_s,omitzero"`    // seconds to wait that a refusal asked for; 0: none
	Sure      float64   `json:"sure"`                // from 0 (a guess) to 1 (known exactly)
	Shards    int       `json:"shards,omitzero"`     // the rate is the mean of what so many shards found
}

func newKnownLimit(l pace.Limit, now time.Time) *knownLimit {
	return &knownLimit{
		LearnedAt: now.UTC().Truncate(time.Second), Kind: l.Kind, RatePerS: float64(l.Rate), Burst: l.Burst,
		Count: l.Count, WindowS: l.Window.Seconds(), PauseS: l.Pause.Seconds(), Sure: l.Sure,
	}
}

// limit is k in the type of package pace.
func (k *knownLimit) limit() pace.Limit {
	return pace.Limit{
		Kind: k.Kind, Rate: pace.Rate(k.RatePerS), Burst: k.Burst, Count: k.Count,
		Window: inSeconds(k.WindowS), Pause: inSeconds(k.PauseS), Sure: k.Sure,
	}
}

func inSeconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// valid reports whether k is a limit that a run can have learned.
func (k *knownLimit) valid() bool {
	between := func(n, least, most float64) bool { return n >= least && n <= most }
	const day = 24 * 60 * 60
	ok := between(k.RatePerS, 0, 1e6) && between(k.Burst, 0, 1e9) && between(float64(k.Count), 0, 1e9) &&
		between(k.WindowS, 0, 366*day) && between(k.PauseS, 0, 366*day) && between(k.Sure, 0, 1) &&
		between(float64(k.Shards), 0, track.MaxShards) &&
		k.LearnedAt.Year() >= 2020 && k.LearnedAt.Year() < 10000
	switch k.Kind {
	case pace.PerSecond, pace.PerWindow:
		return ok && k.RatePerS >= 1.0/day
	case pace.Concurrency:
		return ok && k.Count > 0
	}
	return false
}

// isTrusted reports whether k is recent enough. A limit from the future is accepted within
// the same span, because clocks differ.
func (k *knownLimit) isTrusted(now time.Time) bool { return now.Sub(k.LearnedAt).Abs() <= trusted }

// limits is the content of a LimitsFile.
type limits struct {
	Version  int              `json:"tracksync_limits"`
	Salt     []byte           `json:"salt"`
	Accounts []limitOfAccount `json:"accounts"`
}

type limitOfAccount struct {
	Account string `json:"account"` // the fingerprint
	knownLimit
}

// newLimits knows no account.
func newLimits() *limits {
	l := &limits{Version: limitsVersion, Salt: make([]byte, 16), Accounts: []limitOfAccount{}}
	_, _ = rand.Read(l.Salt) // never fails
	return l
}

// parseLimits parses what save wrote.
func parseLimits(text []byte) (*limits, error) {
	var l limits
	if err := json.Unmarshal(text, &l); err != nil {
		return nil, errors.New("it is not JSON of the right kind")
	}
	if l.Version != limitsVersion || len(l.Salt) == 0 || len(l.Accounts) > maxAccounts {
		return nil, errors.New("it is not a file of limits of this version")
	}
	for _, a := range l.Accounts {
		if a.Account == "" || !a.valid() {
			return nil, errors.New("it has an impossible limit")
		}
	}
	return &l, nil
}

// loadLimits reads a LimitsFile. For a missing or damaged file it returns limits without
// an account. For a damaged one it also returns an error.
func loadLimits(path string) (*limits, error) {
	text, err := safe.ReadFile(path, maxLimits)
	if errors.Is(err, fs.ErrNotExist) {
		return newLimits(), nil
	}
	if err == nil {
		var l *limits
		if l, err = parseLimits(text); err == nil {
			return l, nil
		}
	}
	return newLimits(), fmt.Errorf("%s: %w", path, err)
}

// of returns the limit of an account; nil: none is known.
func (l *limits) of(a Account) *knownLimit {
	if i := l.index(a); i >= 0 {
		return &l.Accounts[i].knownLimit
	}
	return nil
}

// set stores the limit of an account; nil removes it. The latest limit comes first. Limits
// that are too old are removed.
func (l *limits) set(a Account, k *knownLimit, now time.Time) {
	mark := a.Fingerprint(l.Salt)
	l.Accounts = slices.DeleteFunc(l.Accounts, func(o limitOfAccount) bool {
		return o.Account == mark || !o.isTrusted(now)
	})
	if k != nil {
		l.Accounts = slices.Insert(l.Accounts, 0, limitOfAccount{mark, *k})
	}
	l.Accounts = l.Accounts[:min(len(l.Accounts), maxAccounts)]
}

func (l *limits) index(a Account) int {
	mark := a.Fingerprint(l.Salt)
	return slices.IndexFunc(l.Accounts, func(o limitOfAccount) bool { return o.Account == mark })
}

// save replaces the file. Only its owner can read it.
func (l *limits) save(path string) error {
	if err := makeDurable(filepath.Dir(path)); err != nil {
		return err
	}
	return safe.WriteFile(path, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(l)
	})
}

// limitStore stores the limit of one account between runs.
type limitStore interface {
	// load returns the stored limit; nil: none. An error means that the stored data is
	// damaged; the next save replaces it.
	load() (*knownLimit, error)
	// save stores k; nil removes what is stored.
	save(k *knownLimit, now time.Time) error
}

// limitFile stores the limit in a LimitsFile.
type limitFile struct {
	path    string
	account Account
}

func (f limitFile) load() (*knownLimit, error) {
	l, err := loadLimits(f.path)
	return l.of(f.account), err
}

func (f limitFile) save(k *knownLimit, now time.Time) error {
	l, damaged := loadLimits(f.path) // again, because runs of other accounts may have changed it
	if k == nil && l.index(f.account) < 0 && damaged == nil {
		return nil
	}
	l.set(f.account, k, now)
	return l.save(f.path)
}

// limitInState stores the limit in the state file, which is written later as a whole.
type limitInState struct{ state *State }

func (s limitInState) load() (*knownLimit, error) {
	if s.state.Limit == nil {
		return nil, nil
	}
	var k knownLimit
	if err := json.Unmarshal(s.state.Limit, &k); err != nil || !k.valid() {
		return nil, fmt.Errorf("%s: it has an impossible limit", s.state.path)
	}
	return &k, nil
}

func (s limitInState) save(k *knownLimit, _ time.Time) (err error) {
	s.state.Limit = nil
	if k != nil {
		s.state.Limit, err = json.Marshal(k)
	}
	return err
}

// part is what a run has found, and how much of the account's limit that should be: less
// than 1 for a shard.
type part struct {
	pace.Limit
	share float64
}

func (p part) isShard() bool { return p.share > 0 && p.share < 1 }

// whole is the limit of the account, if the shard had its fair part of it.
func (p part) whole() pace.Limit {
	l := p.Limit
	if !p.isShard() {
		return l
	}
	l.Rate /= pace.Rate(p.share)
	l.Burst /= p.share
	l.Count = int(math.Round(float64(l.Count) / p.share))
	return l
}

// unfair is how much more or less than its fair part of a limit a shard may get.
const unfair = 2

// fits reports whether p can be what was found of a limit of the account. A shard may have
// had much less than its part, or up to all of it if the others had ended before.
func (p part) fits(known pace.Limit) bool {
	if !p.isShard() {
		return near(known, p.Limit)
	}
	return sameKind(known, p.Limit) && size(known) >= 0.95*size(p.Limit) && size(known) <= unfair*size(p.whole())
}

// addTo returns what is known of the limit after a run that has found p. stored is what
// the file of a shard has now; nil: nothing. The parts of all shards add up to the limit, so
// it is the mean of what each takes it for. A shard that was alone in the end takes it for
// a multiple: what the others found stays then.
func (p part) addTo(stored *knownLimit, started, now time.Time) *knownLimit {
	mine := newKnownLimit(p.whole(), now)
	if p.isShard() {
		mine.Shards = 1
	}
	switch {
	case !p.isShard() || stored == nil || !stored.isTrusted(now) || !sameKind(stored.limit(), p.Limit):
		return mine
	case size(p.Limit) > 1.05*size(stored.limit()): // more than all of it
		return mine
	case size(p.whole()) > 1.5*size(stored.limit()):
		return stored
	case stored.LearnedAt.Before(started.Truncate(time.Second)): // by another run, and not by a shard of this one
		return mine
	}
	n := stored.Shards + 1
	mine.Shards = n
	mine.RatePerS = stored.RatePerS + (mine.RatePerS-stored.RatePerS)/float64(n)
	mine.Count = stored.Count + (mine.Count-stored.Count)/n
	return mine
}

// near reports whether two limits are equal within the accuracy of measurement.
func near(a, b pace.Limit) bool {
	return sameKind(a, b) && math.Abs(size(a)/size(b)-1) <= 0.05
}

func sameKind(a, b pace.Limit) bool {
	return (a.Kind == pace.Concurrency) == (b.Kind == pace.Concurrency)
}

// size is the number by which limits of one kind are compared.
func size(l pace.Limit) float64 {
	if l.Kind == pace.Concurrency {
		return float64(l.Count)
	}
	return float64(l.Rate)
}

// defaultLimits is the path of the LimitsFile.
func defaultLimits() string { return filepath.Join(DefaultPlace, LimitsFile) }
