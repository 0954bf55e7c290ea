package run

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/input"
	"tracksync/internal/api"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
	engine "tracksync/sync"
	"tracksync/sync/pace"
)

// account is an API in memory. It has every track, and refuses updates as refuse says.
type account struct {
	refuse func(track.ID) *api.Error // nil: nothing is refused
	takes  time.Duration             // duration of an update

	mu     sync.Mutex
	tracks map[track.ID]track.Values
	sent   []track.ID
}

func (a *account) Update(_ context.Context, u track.Update) (track.Track, api.Answer, error) {
	time.Sleep(a.takes)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sent = append(a.sent, u.ID)
	if a.refuse != nil {
		if err := a.refuse(u.ID); err != nil {
			return track.Track{}, api.Answer{Status: err.Status}, err
		}
	}
	now := a.tracks[u.ID]
	for _, field := range track.Attributes() {
		if field.Has(u.Values) {
			now = field.Copy(now, u.Values)
		}
	}
	if a.tracks == nil {
		a.tracks = map[track.ID]track.Values{}
	}
	a.tracks[u.ID] = now
	return track.Track{ID: u.ID, Values: now}, api.Answer{Status: 200}, nil
}

func (a *account) Get(_ context.Context, id track.ID) (track.Track, api.Answer, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now, ok := a.tracks[id]
	if !ok {
		now = track.Values{Name: track.Value("One"), Volume: track.Value(1)}
	}
	return track.Track{ID: id, Values: now}, api.Answer{Status: 200}, nil
}

func (a *account) List(context.Context, int, int) ([]track.Track, api.Answer, error) {
	return nil, api.Answer{Status: 200}, nil
}

// printed is an Output that fails or panics as configured.
type printed struct {
	open, end error
	panics    bool
	summary   *report.Summary
}

func (p *printed) Open(string, int64) error { return p.open }
func (p *printed) Grown(int64) error        { return nil }
func (p *printed) MayReplace() bool         { return true }
func (p *printed) End(s report.Summary, _ []byte) error {
	if p.panics {
		panic("standard output broke")
	}
	p.summary = &s
	return p.end
}

const fourRows = "id,volume\n1,10\n2,20\n3,30\n4,40\n"

// configure returns the configuration of a run in a directory that does not exist yet.
func configure(t *testing.T, a *account, manifest string) Config {
	t.Helper()
	file := filepath.Join(t.TempDir(), "tracks.csv")
	if err := os.WriteFile(file, []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := input.Open(t.Context(), []string{file}, nil, nil, input.Options{KeepIDs: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() }) // only read from
	checked, err := m.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return Config{
		Path: filepath.Join(t.TempDir(), "run"), Named: true, Version: "test", BaseURL: "sandbox",
		Account: Account{Base: "sandbox"}, Options: map[string]any{}, Manifest: m, Checked: checked,
		Copies: &InputCopies{}, API: a, Hidden: &safe.Secrets{},
		Engine:   engine.Options{Rate: pace.Unlimited, Concurrency: 1},
		UndoHead: func(Undone) []string { return []string{"undoes it"} },
		Next:     func(Outcome) report.Step { return report.Step{} },
		ExitCode: func(o Outcome) int {
			switch {
			case len(o.Faults) > 0 || o.Reason != engine.Completed:
				return 3
			case o.Summary.Totals.Succeeded() < o.Summary.Rows:
				return 1
			}
			return 0
		},
	}
}

// makeRun starts or resumes a run and takes it to its end. It also returns the observer.
func makeRun(t *testing.T, c Config, earlier *Earlier, onResult func(*Run, track.Result)) (Outcome, *watched) {
	t.Helper()
	var r *Run
	var err error
	if earlier == nil {
		r, err = Start(t.Context(), c)
	} else {
		r, err = Resume(t.Context(), c, earlier)
	}
	if err != nil {
		t.Fatal(err)
	}
	w := &watched{}
	if onResult != nil {
		w.onResult = func(result track.Result) { onResult(r, result) }
	}
	end := r.Execute(t.Context(), w)
	o := r.Finish(t.Context(), end)
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	return o, w
}

// contents returns the files of a directory, without locks.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range entries {
		if e.Name() == lockFile || e.Name() == lockFile+lockInfo {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = string(text)
	}
	return all
}

// summaryOf is summary.json of a run.
func summaryOf(t *testing.T, dir string) (s struct {
	ExitCode int            `json:"exit_code"`
	End      string         `json:"end"`
	Rows     int            `json:"rows"`
	Sessions int            `json:"sessions"`
	Totals   map[string]int `json:"totals"`
}) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, SummaryFile))
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRunFromStartToClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &account{refuse: func(id track.ID) *api.Error {
			if id != 3 {
				return nil
			}
			return &api.Error{Class: api.Permanent, Code: "invalid_request", Message: "no", Status: 422, Decides: true}
		}}
		c := configure(t, a, fourRows)
		c.Undo = true
		o, w := makeRun(t, c, nil, nil)
		files := contents(t, c.Path)
		for name, lines := range map[string]int{ResultsFile: 4, FailedFile: 2, BeforeFile: 4} {
			if got := strings.Count(files[name], "\n"); got < lines || name == ResultsFile && got != lines {
				t.Errorf("%s has %d lines, want %d\n%s", name, got, lines, files[name])
			}
		}
		if files[DescriptionFile] == "" || files[StatsFile] == "" || !strings.HasPrefix(files[UndoFile], "# undoes it\n") {
			t.Errorf("files %q", files)
		}
		if _, left := files[SentFile]; left {
			t.Error("what was under way is still recorded")
		}
		s := summaryOf(t, c.Path)
		if s.ExitCode != 1 || o.Summary.ExitCode != 1 || s.End != "completed" || s.Totals["updated"] != 3 ||
			s.Totals["failed"] != 1 || s.Rows != 4 {
			t.Errorf("summary %+v", s)
		}
		if o.Failed != 1 || o.Hopeless != 1 || len(o.Faults) > 0 || len(w.results) != 4 || !w.ended ||
			o.Undone == nil || o.Undone.Tracks != 3 {
			t.Errorf("outcome %+v, %d results, ended %v", o, len(w.results), w.ended)
		}
		var notEmpty *NotEmptyError
		if _, err := Start(t.Context(), c); !errors.As(err, &notEmpty) {
			t.Errorf("a second run in the directory: %v", err)
		}
	})
}

// A run that cannot begin leaves all files as they were, and sends nothing.
func TestRunThatCannotBegin(t *testing.T) {
	broken := errors.New("no place for the results")
	for _, tc := range []struct {
		name  string
		spoil func(t *testing.T, c *Config)
		is    func(error) bool
	}{
		{"the state file is none", func(t *testing.T, c *Config) {
			c.StateFile = filepath.Join(t.TempDir(), "state")
			if err := os.WriteFile(c.StateFile, []byte("something else\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, func(err error) bool { var s *StateError; return errors.As(err, &s) }},
		{"the output cannot be opened", func(_ *testing.T, c *Config) { c.Output = &printed{open: broken} },
			func(err error) bool { return errors.Is(err, broken) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := &account{}
			c := configure(t, a, fourRows)
			tc.spoil(t, &c)
			if _, err := Start(t.Context(), c); !tc.is(err) {
				t.Errorf("start: %v", err)
			}
			if left := contents(t, c.Path); len(left) > 0 || len(a.sent) > 0 {
				t.Errorf("left %q, sent %v", left, a.sent)
			}
			good := configure(t, a, fourRows)
			good.Path = c.Path // which can be used like a new one
			o, _ := makeRun(t, good, nil, nil)
			if o.Summary.ExitCode != 0 {
				t.Errorf("afterwards: %+v", o)
			}
			if _, ok := c.Output.(*printed); ok {
				return // when it fails, Resume has already rewritten the ledger
			}
			before := contents(t, c.Path)
			e := open(t, c)
			if _, err := Resume(t.Context(), c, e); !tc.is(err) {
				t.Errorf("resume: %v", err)
			}
			if after := contents(t, c.Path); !equal(before, after) {
				t.Errorf("was %q\nis %q", before, after)
			}
		})
	}
}

func equal(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for name := range a {
		if a[name] != b[name] {
			return false
		}
	}
	return true
}

// open opens the run of a configuration, to be resumed.
func open(t *testing.T, c Config) *Earlier {
	t.Helper()
	e, err := OpenEarlier(c.Path, c.NoLock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	for row, err := range c.Manifest.Rows(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		e.Row(&row)
	}
	if err := e.Survey(); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestResumeSendsWhatIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &account{takes: time.Second} // of the bubble's clock
		c := configure(t, a, fourRows)
		o, _ := makeRun(t, c, nil, func(r *Run, result track.Result) {
			if result.Row == 2 {
				r.Stop(engine.Interrupted, "enough")
			}
		})
		if o.Reason != engine.Interrupted || o.Summary.ExitCode != 3 || len(a.sent) == 4 {
			t.Fatalf("ended with %q, sent %v", o.Reason, a.sent)
		}
		e := open(t, c)
		if e.Done != len(a.sent) || e.Left.Valid != 4-len(a.sent) {
			t.Errorf("%d done, %d left, sent %v", e.Done, e.Left.Valid, a.sent)
		}
		if o, _ = makeRun(t, c, e, nil); o.Summary.ExitCode != 0 {
			t.Errorf("resumed: %+v", o)
		}
		if slices.Sort(a.sent); !slices.Equal(a.sent, []track.ID{1, 2, 3, 4}) {
			t.Errorf("sent %v", a.sent)
		}
		s, lines := summaryOf(t, c.Path), contents(t, c.Path)[ResultsFile]
		if s.Sessions != 2 || s.Totals["updated"] != 4 || strings.Count(lines, "\n") != 4 {
			t.Errorf("summary %+v\n%s", s, lines)
		}
	})
}

// A report that fails or panics does not keep another one from being written.
func TestReportsThatFail(t *testing.T) {
	inTheWay := func(name string) func(*testing.T, *Config) func(*Run) {
		return func(t *testing.T, _ *Config) func(*Run) {
			return func(r *Run) {
				if err := os.MkdirAll(filepath.Join(r.Dir.File(name), "in the way"), 0o700); err != nil {
					t.Error(err)
				}
			}
		}
	}
	for _, tc := range []struct {
		name  string
		spoil func(*testing.T, *Config) func(*Run)
		lacks string // the file that cannot be written
		says  string
	}{
		{"failed.csv", inTheWay(FailedFile), FailedFile, FailedFile},
		{"undo.yaml", inTheWay(UndoFile), UndoFile, UndoFile},
		{"undo.yaml panics", func(_ *testing.T, c *Config) func(*Run) {
			c.UndoHead = func(Undone) []string { panic("the head broke") }
			return nil
		}, UndoFile, "the head broke"},
		{"the output", func(_ *testing.T, c *Config) func(*Run) {
			c.Output = &printed{end: errors.New("nobody reads it")}
			return nil
		}, "", "nobody reads it"},
		{"the output panics", func(_ *testing.T, c *Config) func(*Run) {
			c.Output = &printed{panics: true}
			return nil
		}, "", "standard output broke"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := &account{refuse: func(id track.ID) *api.Error {
				if id == 2 {
					return &api.Error{Class: api.Permanent, Code: "gone", Message: "gone", Status: 404, Decides: true}
				}
				return nil
			}}
			c := configure(t, a, fourRows)
			c.Undo = true
			spoil := tc.spoil(t, &c)
			o, _ := makeRun(t, c, nil, func(r *Run, result track.Result) {
				if result.Row == 1 && spoil != nil {
					spoil(r)
				}
			})
			if len(o.Faults) != 1 || !strings.Contains(o.Faults[0].Error(), tc.says) || o.Reason != engine.Completed {
				t.Errorf("faults %v, end %q", o.Faults, o.Reason)
			}
			s := summaryOf(t, c.Path)
			if s.ExitCode != 3 || o.Summary.ExitCode != 3 || s.Totals["updated"] != 3 || s.Totals["failed"] != 1 {
				t.Errorf("summary %+v", s)
			}
			for _, name := range []string{ResultsFile, FailedFile, UndoFile, StatsFile} {
				info, err := os.Stat(filepath.Join(c.Path, name))
				if is := err == nil && info.Mode().IsRegular(); is != (name != tc.lacks) {
					t.Errorf("%s: written %v, %v", name, is, err)
				}
			}
			trace, err := os.ReadFile(filepath.Join(c.Path, DefectFile))
			if panics := strings.Contains(tc.name, "panics"); panics != bytes.Contains(trace, []byte("goroutine")) {
				t.Errorf("%s: %v\n%s", DefectFile, err, trace)
			}
		})
	}
}

// A directory that another process holds is not changed.
func TestRunInAHeldDirectory(t *testing.T) {
	a := &account{}
	c := configure(t, a, fourRows)
	if err := os.Mkdir(c.Path, 0o700); err != nil {
		t.Fatal(err)
	}
	lock, err := LockDir(c.Path)
	if err != nil {
		t.Fatal(err)
	}
	isHeld := func(err error) bool {
		var locked *LockError
		var held *HeldError
		return errors.As(err, &locked) && errors.As(err, &held)
	}
	if _, err := Start(t.Context(), c); !isHeld(err) {
		t.Errorf("start: %v", err)
	}
	if left := contents(t, c.Path); len(left) > 0 {
		t.Errorf("left %q", left)
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	r, err := Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if e, err := OpenEarlier(c.Path, false); !isHeld(err) || e == nil || len(e.Manifests) != 1 {
		t.Errorf("the run that is going on: %+v, %v", e, err)
	}
	r.Finish(t.Context(), r.Execute(t.Context(), &watched{}))
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if e := open(t, c); e.Done != 4 {
		t.Errorf("%d rows are done", e.Done)
	}
}
