package run

import (
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"tracksync/sync/current"
	"tracksync/sync/pace"
)

var (
	night  = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	bucket = pace.Limit{Kind: pace.PerSecond, Rate: 98.5, Burst: 20, Pause: time.Second, Sure: 0.98}
	one    = Account{"https://api.example.com/v1", "write_secret_one"}
	two    = Account{"https://api.example.com/v1", "write_secret_two"}
)

// A stored limit is found again, but only for the same base URL and the same key.
func TestLimitsAreKeptByAccount(t *testing.T) {
	path := filepath.Join(t.TempDir(), "place", LimitsFile)
	for i, l := range []pace.Limit{
		bucket,
		{Kind: pace.PerWindow, Rate: 10, Count: 600, Window: time.Minute, Sure: 0.5},
		{Kind: pace.Concurrency, Count: 8},
	} {
		now := night.Add(time.Duration(i) * time.Hour)
		if err := (limitFile{path, one}).save(newKnownLimit(l, now), now); err != nil {
			t.Fatal(err)
		}
		k, err := (limitFile{path, one}).load()
		if err != nil || k == nil || k.limit() != l || !k.LearnedAt.Equal(now) {
			t.Errorf("%+v came back as %+v, %v", l, k, err)
		}
	}
	for _, other := range []Account{two, {"https://api.example.org/v1", one.Key}} {
		if k, err := (limitFile{path, other}).load(); k != nil || err != nil {
			t.Errorf("%v has %+v, %v", other, k, err)
		}
	}
	if err := (limitFile{path, two}).save(newKnownLimit(bucket, night), night); err != nil {
		t.Fatal(err)
	}
	if k, _ := (limitFile{path, one}).load(); k == nil || k.Kind != pace.Concurrency {
		t.Errorf("another account's run made it %+v", k)
	}
	if err := (limitFile{path, one}).save(nil, night); err != nil {
		t.Fatal(err)
	}
	k, _ := (limitFile{path, one}).load()
	other, _ := (limitFile{path, two}).load()
	if k != nil || other == nil {
		t.Errorf("forgetting one leaves %+v and %+v", k, other)
	}
}

// Only its owner can read the file, and it contains neither the base URL nor the key.
func TestLimitsTellNothingOfTheAccount(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, LimitsFile)
	for _, a := range []Account{one, two} {
		if err := (limitFile{path, a}).save(newKnownLimit(bucket, night), night); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"example.com", "http", "secret", one.Fingerprint([]byte("lock"))} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the file has %q:\n%s", secret, text)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 && runtime.GOOS != "windows" {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("beside it stand %v", left)
	}
	// Each file has its own salt: an account has another fingerprint in another file.
	again := filepath.Join(dir, "again.json")
	if err := (limitFile{again, one}).save(newKnownLimit(bucket, night), night); err != nil {
		t.Fatal(err)
	}
	if a, _ := loadLimits(again); strings.Contains(string(text), a.Accounts[0].Account) {
		t.Error("two files give an account the same mark")
	}
}

// A damaged file gives no limit and an error, and the next save replaces it.
func TestDamagedLimits(t *testing.T) {
	known := []limitOfAccount{{"mark", *newKnownLimit(bucket, night)}}
	valid, err := json.Marshal(&limits{limitsVersion, []byte("salt"), known})
	if err != nil {
		t.Fatal(err)
	}
	change := func(old, new string) string {
		s := strings.Replace(string(valid), old, new, 1)
		if s == string(valid) {
			t.Fatalf("%s has no %s", valid, old)
		}
		return s
	}
	if _, err := parseLimits(valid); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"empty":          "",
		"torn":           string(valid[:len(valid)/2]),
		"something else": `[1,2]`,
		"two documents":  string(valid) + string(valid),
		"a later format": change(`"tracksync_limits":1`, `"tracksync_limits":2`),
		"no salt":        change(`"salt":"c2FsdA=="`, `"salt":""`),
		"no account":     change(`"mark"`, `""`),
		"no rate":        change(`98.5`, `0`),
		"a vast rate":    change(`98.5`, `1e300`),
		"a tiny rate":    change(`98.5`, `1e-300`),
		"a rate below 0": change(`98.5`, `-1`),
		"no kind":        change(`"rate"`, `"speed"`),
		"too sure":       change(`0.98`, `98`),
		"no time":        change(`2026-11-23`, `0001-01-01`),
		"a vast pause":   change(`"pause_s":1`, `"pause_s":1e18`),
		"too long":       string(valid) + strings.Repeat(" ", maxLimits),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), LimitsFile)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			f := limitFile{path, one}
			if k, err := f.load(); k != nil || err == nil || !strings.Contains(err.Error(), LimitsFile) {
				t.Errorf("loaded %+v, %v", k, err)
			}
			if err := f.save(newKnownLimit(bucket, night), night); err != nil {
				t.Fatal(err)
			}
			if k, err := f.load(); k == nil || err != nil {
				t.Errorf("after a save: %+v, %v", k, err)
			}
		})
	}
}

// A missing file is no error, and removing a limit from it does not create it.
func TestNoLimits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "place", LimitsFile)
	f := limitFile{path, one}
	if k, err := f.load(); k != nil || err != nil {
		t.Errorf("%+v, %v", k, err)
	}
	if err := f.save(nil, night); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Dir(path)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("forgetting nothing made a directory: %v", err)
	}
}

func TestLimitsAreTrustedForSevenDays(t *testing.T) {
	const day = 24 * time.Hour
	k := newKnownLimit(bucket, night)
	for after, want := range map[time.Duration]bool{
		0: true, time.Second: true, 7 * day: true, 7*day + 1: false, 400 * day: false, -day: true, -8 * day: false,
	} {
		if got := k.isTrusted(night.Add(after)); got != want {
			t.Errorf("after %v: trusted %t, want %t", after, got, want)
		}
	}
	// Saving a limit removes those that are too old.
	l := newLimits()
	l.set(one, k, night)
	l.set(two, newKnownLimit(bucket, night.Add(8*day)), night.Add(8*day))
	if l.of(one) != nil || l.of(two) == nil {
		t.Errorf("%+v", l.Accounts)
	}
}

// A state file stores the limit of its account. A damaged limit does not damage the rest.
func TestLimitInTheStateFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	open := func() *State {
		s, err := OpenState(path, one, "salt", night)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open()
	if k, err := (limitInState{s}).load(); k != nil || err != nil {
		t.Fatalf("%+v, %v", k, err)
	}
	for _, want := range []*knownLimit{newKnownLimit(bucket, night), nil} {
		saved := limitInState{s}.save(want, night)
		if _, err := s.Finish(night); saved != nil || err != nil {
			t.Fatal(saved, err)
		}
		s = open()
		if k, err := (limitInState{s}).load(); err != nil || !reflect.DeepEqual(k, want) {
			t.Errorf("%+v came back as %+v, %v", want, k, err)
		}
	}
	s.Limit = json.RawMessage(`{"kind":"rate","rate_per_s":-1}`)
	if k, err := (limitInState{s}).load(); k != nil || err == nil {
		t.Errorf("damaged: %+v, %v", k, err)
	}
	if _, err := s.Finish(night); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadState(path, one); errors.Is(err, current.ErrDamaged) {
		t.Errorf("a damaged limit damages the state: %v", err)
	}
}

// From the limit of a share follows the limit of the whole account.
func TestWholeLimit(t *testing.T) {
	eighth := pace.Limit{Kind: pace.PerWindow, Rate: 5, Burst: 2, Count: 75, Window: time.Minute}
	want := pace.Limit{Kind: pace.PerWindow, Rate: 40, Burst: 16, Count: 600, Window: time.Minute}
	if got := (part{eighth, 0.125}).whole(); got != want {
		t.Errorf("%+v", got)
	}
	for _, all := range []float64{0, 1} {
		if got := (part{eighth, all}).whole(); got != eighth {
			t.Errorf("share %v: %+v", all, got)
		}
	}
}

// What the shards of a run find adds up to the limit of the account, whichever ends first. A
// shard that is alone, because the others have ended or it was resumed, does not
// overwrite it with a multiple.
func TestLimitOfShards(t *testing.T) {
	before, later := night.Add(-24*time.Hour), night.Add(time.Hour)
	known := func(rate float64, at time.Time) *knownLimit {
		return newKnownLimit(pace.Limit{Kind: pace.PerSecond, Rate: pace.Rate(rate)}, at)
	}
	for _, tc := range []struct {
		name   string
		stored *knownLimit
		found  []float64 // by four shards that start at night, in the order in which they end
		want   float64
	}{
		{"fair parts", nil, []float64{25, 25, 25, 25}, 100},
		{"unfair parts", nil, []float64{35, 15, 20, 30}, 100},
		{"the last is alone for long", nil, []float64{25, 25, 25, 100}, 100},
		{"one is alone", known(100, before), []float64{100}, 100},
		{"one is resumed alone", known(100, night.Add(-time.Minute)), []float64{99}, 100},
		{"it is as before", known(100, before), []float64{26, 24, 24, 26}, 100},
		{"it fell", known(100, before), []float64{10, 10, 10, 10}, 40},
		{"it rose a little", known(100, before), []float64{30, 30, 30, 30}, 120},
		{"it rose above what was known", known(20, before), []float64{25, 25, 25, 25}, 100},
		{"it is too old", known(20, night.Add(-8*24*time.Hour)), []float64{25, 25, 25, 25}, 100},
	} {
		stored := tc.stored
		for i, rate := range tc.found {
			p := part{pace.Limit{Kind: pace.PerSecond, Rate: pace.Rate(rate)}, 0.25}
			stored = p.addTo(stored, night, later.Add(time.Duration(i)*time.Minute))
		}
		if math.Abs(stored.RatePerS-tc.want) > 0.01 {
			t.Errorf("%s: %+v, want %v/s", tc.name, stored, tc.want)
		}
	}
}

// Limits that can be parsed are written and parsed again without a change.
func FuzzLimits(f *testing.F) {
	l := newLimits()
	l.set(one, newKnownLimit(bucket, night), night)
	text, _ := json.Marshal(l)
	f.Add(text)
	f.Add([]byte(`{"tracksync_limits":1,"salt":"c2FsdA==","accounts":[]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := parseLimits(text)
		if (l == nil) != (err != nil) {
			t.Fatalf("%+v beside %v", l, err)
		}
		if err != nil {
			return
		}
		written, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		again, err := parseLimits(written)
		if err != nil {
			t.Fatalf("%s: %v", written, err)
		}
		if twice, _ := json.Marshal(again); string(twice) != string(written) {
			t.Errorf("%s\n%s", written, twice)
		}
	})
}
