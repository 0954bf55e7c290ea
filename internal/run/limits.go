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
	"tracksync/sync/pace"
)

// LimitsFile is in the default place of runs. It has what runs without a state file
// learned of the rate limits of their accounts:
//
//	{"tracksync_limits": 1, "salt": …, "accounts": [{"account": FINGERPRINT, "learned_at": …, …}]}
//
// An account is a salted fingerprint, so the file names no URL and no key. A limit is that
// of the whole account, also where a run used a part of it: runs that share an account on
// one machine share the file, and each divides what it reads. Who saves last counts; a
// measurement that is lost that way costs the next run one more.
const LimitsFile = "limits.json"

const (
	limitsVersion = 1
	// trusted is how old a limit may be. An older one is learned again.
	trusted = 7 * 24 * time.Hour
	// maxLimits bounds the file, in bytes and in accounts.
	maxLimits   = 1 << 20
	maxAccounts = 1000
)

// knownLimit is a limit of an account and when it was learned, as files have it.
type knownLimit struct {
	LearnedAt time.Time `json:"learned_at"`
	Kind      pace.Kind `json:"kind"`                // rate, window or concurrency
	RatePerS  float64   `json:"rate_per_s,omitzero"` // requests per second accepted in the long run
	Burst     float64   `json:"burst,omitzero"`      // requests accepted at once; 0: not known
	Count     int       `json:"count,omitzero"`      // requests per window, or at a time
	WindowS   float64   `json:"window_s,omitzero"`   // seconds per window
	PauseS    float64   `json:"pause_s,omitzero"`    // seconds that a refusal asked for; 0: none
	Sure      float64   `json:"sure"`                // from 0, a guess, to 1: known exactly
}

func newKnownLimit(l pace.Limit, now time.Time) *knownLimit {
	return &knownLimit{
		LearnedAt: now.UTC().Truncate(time.Second), Kind: l.Kind, RatePerS: float64(l.Rate), Burst: l.Burst,
		Count: l.Count, WindowS: l.Window.Seconds(), PauseS: l.Pause.Seconds(), Sure: l.Sure,
	}
}

// limit is k as the pace takes it.
func (k *knownLimit) limit() pace.Limit {
	return pace.Limit{
		Kind: k.Kind, Rate: pace.Rate(k.RatePerS), Burst: k.Burst, Count: k.Count,
		Window: inSeconds(k.WindowS), Pause: inSeconds(k.PauseS), Sure: k.Sure,
	}
}

func inSeconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// valid reports whether k is something that a run can have learned.
func (k *knownLimit) valid() bool {
	between := func(n, least, most float64) bool { return n >= least && n <= most }
	const day = 24 * 60 * 60
	ok := between(k.RatePerS, 0, 1e6) && between(k.Burst, 0, 1e9) && between(float64(k.Count), 0, 1e9) &&
		between(k.WindowS, 0, 366*day) && between(k.PauseS, 0, 366*day) && between(k.Sure, 0, 1) &&
		k.LearnedAt.Year() >= 2020 && k.LearnedAt.Year() < 10000
	switch k.Kind {
	case pace.PerSecond, pace.PerWindow:
		return ok && k.RatePerS > 0
	case pace.Concurrency:
		return ok && k.Count > 0
	}
	return false
}

// isTrusted reports whether k is young enough. One of the future says that a clock was
// wrong.
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

// parseLimits reads what save wrote.
func parseLimits(text []byte) (*limits, error) {
	var l limits
	if err := json.Unmarshal(text, &l); err != nil {
		return nil, errors.New("it is not JSON of the right kind")
	}
	if l.Version != limitsVersion || len(l.Salt) == 0 || len(l.Accounts) > maxAccounts {
		return nil, errors.New("it is no file of limits of this version")
	}
	for _, a := range l.Accounts {
		if a.Account == "" || !a.valid() {
			return nil, errors.New("it has a limit that nobody can have learned")
		}
	}
	return &l, nil
}

// loadLimits reads a LimitsFile. One that is missing or damaged knows no account; the
// error says what is wrong with a damaged one.
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

// of is what is known of an account; nil: nothing.
func (l *limits) of(a Account) *knownLimit {
	if i := l.index(a); i >= 0 {
		return &l.Accounts[i].knownLimit
	}
	return nil
}

// set says what is known of an account; nil: nothing. The latest come first, and what
// nobody trusts any more goes.
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

// limitStore is where the limit of one account is kept from run to run.
type limitStore interface {
	// load is what is kept; nil: nothing. An error says that the place is damaged; what
	// is saved next replaces it.
	load() (*knownLimit, error)
	// save keeps k; nil: nothing.
	save(k *knownLimit, now time.Time) error
}

// limitFile keeps the limit in a LimitsFile.
type limitFile struct {
	path    string
	account Account
}

func (f limitFile) load() (*knownLimit, error) {
	l, err := loadLimits(f.path)
	return l.of(f.account), err
}

func (f limitFile) save(k *knownLimit, now time.Time) error {
	l, damaged := loadLimits(f.path) // again: other accounts have been at it
	if k == nil && l.index(f.account) < 0 && damaged == nil {
		return nil
	}
	l.set(f.account, k, now)
	return l.save(f.path)
}

// limitInState keeps the limit in a state file, which is written with everything else
// that it has.
type limitInState struct{ state *State }

func (s limitInState) load() (*knownLimit, error) {
	if s.state.Limit == nil {
		return nil, nil
	}
	var k knownLimit
	if err := json.Unmarshal(s.state.Limit, &k); err != nil || !k.valid() {
		return nil, fmt.Errorf("%s: it has a limit that nobody can have learned", s.state.path)
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

// near reports whether two limits are the same but for what measuring leaves open.
func near(a, b pace.Limit) bool {
	if (a.Kind == pace.Concurrency) != (b.Kind == pace.Concurrency) {
		return false
	}
	return math.Abs(size(a)/size(b)-1) <= 0.05
}

// size is what limits of a kind are compared by.
func size(l pace.Limit) float64 {
	if l.Kind == pace.Concurrency {
		return float64(l.Count)
	}
	return float64(l.Rate)
}

// whole is the limit of an account of which a run found its share.
func whole(l pace.Limit, share float64) pace.Limit {
	if share <= 0 || share >= 1 {
		return l
	}
	l.Rate /= pace.Rate(share)
	l.Burst /= share
	l.Count = int(math.Round(float64(l.Count) / share))
	return l
}

// defaultLimits is the file of limits of runs that are started here.
func defaultLimits() string { return filepath.Join(DefaultPlace, LimitsFile) }
