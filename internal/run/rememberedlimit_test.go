package run

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"tracksync/report"
	engine "tracksync/sync"
	"tracksync/sync/pace"
)

func at(r float64) pace.Limit {
	return pace.Limit{Kind: pace.PerSecond, Rate: pace.Rate(r), Burst: 20, Sure: 0.9}
}

// The outcome of a remembered limit, and the limit that the next run finds.
func TestRememberedLimit(t *testing.T) {
	const day = 24 * time.Hour
	for _, tc := range []struct {
		name    string
		known   float64       // rate that an earlier run learned; 0: none
		age     time.Duration // age of that rate
		refused int           // refused requests
		learned pace.Limit    // limit that this run learned
		share   float64
		forget  bool

		begins  float64 // rate that the run starts with; 0: none
		outcome report.LimitOutcome
		next    float64 // rate that the next run finds; 0: none
		fresh   bool    // the next run finds what this run learned
	}{
		{name: "the first run learns", learned: at(100), refused: 2, next: 100, fresh: true},
		{name: "the first run meets no limit"},
		{name: "it holds", known: 100, age: day, refused: 1, learned: at(99),
			begins: 100, outcome: report.Held, next: 99, fresh: true},
		{name: "it is not met", known: 100, age: day, learned: at(100),
			begins: 100, outcome: report.NotMet, next: 100},
		{name: "no limit is met", known: 100, age: day, begins: 100, outcome: report.NotMet, next: 100},
		{name: "it fell", known: 100, age: day, refused: 3, learned: at(60),
			begins: 100, outcome: report.Fell, next: 60, fresh: true},
		{name: "it rose", known: 100, age: day, refused: 1, learned: at(200),
			begins: 100, outcome: report.Rose, next: 200, fresh: true},
		{name: "it rose beyond what the run used", known: 100, age: day, learned: at(130),
			begins: 100, outcome: report.Rose, next: 130, fresh: true},
		{name: "it is of another kind", known: 100, age: day, refused: 9,
			learned: pace.Limit{Kind: pace.Concurrency, Count: 8}, begins: 100, outcome: report.OtherKind, fresh: true},
		{name: "it is too old", known: 100, age: 8 * day, refused: 2, learned: at(50), next: 50, fresh: true},
		{name: "it is too old, and none is met", known: 100, age: 8 * day, next: 100},
		{name: "afresh", known: 100, age: day, forget: true, refused: 2, learned: at(70), next: 70, fresh: true},
		{name: "afresh, and none is met", known: 100, age: day, forget: true},
		{name: "a half", known: 100, age: day, refused: 2, learned: at(50),
			share: 0.5, begins: 100, outcome: report.Held, next: 100, fresh: true},
	} {
		for place, stateFile := range map[string]string{"limits.json": "", "a state file": "tracks.state"} {
			t.Run(tc.name+", "+place, func(t *testing.T) {
				t.Chdir(t.TempDir())
				began := time.Now()
				make := func() *Run {
					r := newRun(Config{Account: one, Remember: true, ForgetLimit: tc.forget, StateFile: stateFile})
					r.Engine.Share = tc.share
					r.recorder = &recorder{refused: tc.refused}
					if err := r.openState(); err != nil {
						t.Fatal(err)
					}
					r.loadLimit()
					return r
				}
				if tc.known > 0 {
					r := make()
					if err := r.remembered.store.save(newKnownLimit(at(tc.known), began.Add(-tc.age)),
						began); err != nil {
						t.Fatal(err)
					}
					if _, err := r.state.Finish(began); err != nil {
						t.Fatal(err)
					}
				}
				r := make()
				begins := r.remembered.prior()
				if (begins == nil) != (tc.begins == 0) || begins != nil && float64(begins.Rate) != tc.begins {
					t.Errorf("begins with %+v, want %v", begins, tc.begins)
				}
				f := &finishing{Run: r, Outcome: Outcome{End: engine.End{Learned: tc.learned}}}
				said := r.remembered.report(part{tc.learned, tc.share}, tc.refused > 0)
				if (said == nil) != (tc.outcome == "") || said != nil && said.Outcome != tc.outcome {
					t.Errorf("reports %+v, want %v", said, tc.outcome)
				}
				if err := f.rememberLimit(); err != nil {
					t.Fatal(err)
				}
				if _, err := r.state.Finish(time.Now()); err != nil {
					t.Fatal(err)
				}
				next, err := make().remembered.store.load()
				if err != nil || (next == nil) != (tc.next == 0 && !tc.fresh) {
					t.Fatalf("the next run finds %+v, %v", next, err)
				}
				if next == nil {
					return
				}
				fresh := !next.LearnedAt.Before(began.Truncate(time.Second))
				if next.RatePerS != tc.next || fresh != tc.fresh {
					t.Errorf("the next run finds %+v, want %v, learned now: %t", next, tc.next, tc.fresh)
				}
				if len(r.recorder.early) > 0 {
					t.Errorf("warned of %v", r.recorder.early)
				}
			})
		}
	}
}

// Without Remember a run reads and writes no file of limits.
func TestNothingIsRemembered(t *testing.T) {
	t.Chdir(t.TempDir())
	r := newRun(Config{Account: one})
	r.recorder = &recorder{refused: 3}
	r.loadLimit()
	f := &finishing{Run: r, Outcome: Outcome{End: engine.End{Learned: bucket}}}
	if err := f.rememberLimit(); err != nil || r.remembered.prior() != nil {
		t.Errorf("%v, %+v", err, r.remembered)
	}
	if left, err := os.ReadDir("."); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}

// A limit that cannot be saved is a warning and not a failure of the run.
func TestLimitThatCannotBeKept(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile(DefaultPlace, nil, 0o600); err != nil { // a file in place of the directory
		t.Fatal(err)
	}
	r := newRun(Config{Account: one, Remember: true})
	r.recorder = &recorder{refused: 1}
	r.loadLimit()
	f := &finishing{Run: r, Outcome: Outcome{End: engine.End{Learned: bucket}}}
	if err := f.rememberLimit(); err != nil {
		t.Error(err)
	}
	warned := r.recorder.early
	if len(warned) == 0 || warned[len(warned)-1].Kind != LimitUnsaved {
		t.Errorf("warned of %v", warned)
	}
	if _, err := os.Stat(filepath.Join(DefaultPlace, LimitsFile)); err == nil {
		t.Error("the limit was saved")
	}
}

// A run that is killed has saved what it knew of the limit, and commands that only read begin
// with it. With a state file, which is written at the end, it has not.
func TestLimitOfAKilledRun(t *testing.T) {
	for name, tc := range map[string]struct {
		before, learned pace.Limit
		refused         bool
		next            pace.Rate
	}{
		"nothing was known":  {learned: at(70), refused: true, next: 70},
		"nothing is learned": {before: at(100), next: 100},
		"not met":            {before: at(100), learned: at(101), next: 100},
		"it fell":            {before: at(100), learned: at(60), refused: true, next: 60},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			now := time.Now()
			if tc.before.Kind != pace.None {
				if err := (limitFile{defaultLimits(), one}).save(newKnownLimit(tc.before, now), now); err != nil {
					t.Fatal(err)
				}
			}
			r := newRun(Config{Account: one, Remember: true})
			r.loadLimit()
			for range 2 {
				r.whileRunning(tc.learned, tc.refused, now)()
			}
			if got := KnownLimit(one, nil, now); got == nil || got.Rate != tc.next {
				t.Errorf("the next command begins with %+v, want %v", got, tc.next)
			}
			if got := KnownLimit(one, nil, now.Add(8*24*time.Hour)); got != nil {
				t.Errorf("after a week it begins with %+v", got)
			}
		})
	}
	t.Chdir(t.TempDir())
	r := newRun(Config{Account: one, Remember: true, StateFile: "tracks.state"})
	if err := r.openState(); err != nil {
		t.Fatal(err)
	}
	r.loadLimit()
	r.whileRunning(bucket, true, time.Now())()
	if state, err := LoadState("tracks.state", one); err != nil || KnownLimit(one, state, time.Now()) != nil {
		t.Errorf("%+v, %v", state, err)
	}
	if err := r.remembered.store.save(newKnownLimit(bucket, time.Now()), time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.state.Finish(time.Now()); err != nil {
		t.Fatal(err)
	}
	if state, err := LoadState("tracks.state", one); err != nil || KnownLimit(one, state, time.Now()) == nil {
		t.Errorf("%+v, %v", state, err)
	}
}
