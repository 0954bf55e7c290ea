package current

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"tracksync/internal/track"
)

func account(key string) Account {
	return Account{BaseURL: "https://api.example.com/v1", Fingerprint: func(salt []byte) string {
		sum := sha256.Sum256(append([]byte(key), salt...))
		return hex.EncodeToString(sum[:8])
	}}
}

func newState(t testing.TB) *State {
	t.Helper()
	s, err := NewState(account("key"), strings.NewReader("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStateNeedsASalt(t *testing.T) {
	if s, err := NewState(account("key"), strings.NewReader("short")); err == nil || s != nil {
		t.Error(s, err)
	}
}

// Each case is a life of track 1 in steps: PUT, and what is seen later.
func TestStateUnchanged(t *testing.T) {
	const a, b = "https://a.example/a.mp3", "https://a.example/b.mp3" // as manifests say
	const x, y = "https://cdn.example/x.mp3", "https://cdn.example/y.mp3"
	var untold track.Field[string]
	null, is := track.Null[string](), track.Value[string]
	type steps []func(*State) error
	put := func(sent string, before, answered track.Field[string]) func(*State) error {
		return func(s *State) error { s.Applied(1, sent, before, answered); return nil }
	}
	look := func(asked string, now track.Field[string], want bool) func(*State) error {
		return func(s *State) error {
			if got := s.Unchanged(1, asked, now); got != want {
				return fmt.Errorf("asked %s, now %v: unchanged is %t", asked, now, got)
			}
			return nil
		}
	}
	forget := func(s *State) error { s.Forget(1); return nil }
	for _, tc := range []struct {
		name  string
		steps steps
	}{
		{"nothing known, the URL now", steps{look(a, is(a), true)}},
		{"nothing known", steps{look(a, is(x), false), look(a, null, false), look(a, untold, false)}},
		{"nothing known, another query", steps{look(a+"?v=2", is(a), false)}},
		{"the one seen", steps{put(a, is(y), is(x)), look(a, is(x), true), look(a, is(x), true)}},
		{"the one seen, signed anew",
			steps{put(a, is(y), is(x+"?sig=1")), look(a, is(x+"?sig=2"), true), look(a, is(x+"#t"), true)}},
		{"changed by somebody", steps{put(a, is(y), is(x)), look(a, is(y), false), look(a, is(y), false)}},
		{"changed by somebody and back", steps{put(a, is(y), is(x)), look(a, is(y), false), look(a, is(x), true)}},
		{"changed to the URL asked", steps{put(a, is(y), is(x)), look(a, is(a), true)}},
		{"removed by somebody", steps{put(a, is(y), is(x)), look(a, null, false)}},
		{"not told any more", steps{put(a, is(y), is(x)), look(a, untold, true), look(a, is(y), false)}},
		{"another is asked", steps{put(a, is(y), is(x)), look(b, is(x), false), look(a, is(x), true)}},
		{"another query is asked", steps{put(a, is(y), is(x)), look(a+"?v=2", is(x), false)}},
		{"not transcoded yet, then seen", steps{
			put(a, is(y), is(a)), look(a, is(a), true), look(a, is(y), true), look(a, is(y+"?sig=3"), true),
			look(a, is(x), true), look(a, is(x), true), look(a, is(y), false), look(a, is("https://cdn.example/z.mp3"),
				false),
		}},
		{"sent URL signed", steps{put(a, is(y), is(a+"?sig=1")), look(a, is(a+"?sig=2"), true), look(a, is(x), true),
			look(a, is(a+"?sig=2"), false)}},
		{"old one answered", steps{put(a, is(y), is(y)), look(a, is(y), true), look(a, is(x), true),
			look(a, is(y), false)}},
		{"old one answered, signed", steps{put(a, is(y+"?sig=1"), is(y+"?sig=2")), look(a, is(y), true),
			look(a, is(x), true), look(a, is(y), false)}},
		{"state before not read", steps{put(a, untold, is(x)), look(a, is(x), true), look(a, is(y), false)}},
		{"nothing answered", steps{put(a, untold, untold), look(a, untold, true), look(a, is(x), true),
			look(a, is(y), false)}},
		{"null answered, then null",
			steps{put(a, null, null), look(a, null, false), look(a, is(x), true), look(a, is(y), false)}},
		{"applied anew", steps{put(a, is(y), is(x)), put(b, is(x), is(y)), look(a, is(y), false),
			look(b, is(y), true)}},
		{"forgotten", steps{put(a, is(y), is(x)), forget, look(a, is(x), false), look(a, is(a), true)}},
		{"forgotten and applied again",
			steps{forget, put(a, is(y), is(x)), forget, put(a, is(x), is(x)), look(a, is(x), true)}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newState(t)
			for i, step := range tc.steps {
				if err := step(s); err != nil {
					t.Errorf("step %d: %v", i+1, err)
				}
				s = reload(t, s) // a run of its own for each step
			}
		})
	}
}

func saved(t testing.TB, s *State) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.Save(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func reload(t testing.TB, s *State) *State {
	t.Helper()
	b := saved(t, s)
	back, err := LoadState(bytes.NewReader(b), account("key"))
	if err != nil {
		t.Fatalf("%v in %s", err, b)
	}
	if again := saved(t, back); !bytes.Equal(again, b) {
		t.Fatalf("%s reads back as %s", b, again)
	}
	return back
}

// The file is a contract with the runs to come.
func TestStateFile(t *testing.T) {
	s := newState(t)
	s.Applied(30, "https://a.example/secret?token=s", track.Value("https://b.example"),
		track.Value("https://c.example"))
	s.Applied(10, "https://a.example", track.Field[string]{}, track.Null[string]())
	s.Applied(20, "https://a.example", track.Value("https://b.example"), track.Null[string]())
	s.Applied(40, "https://a.example", track.Value("https://b.example"), track.Null[string]())
	s.Forget(40)
	want := `{"tracksync_state":1,"base_url":"https://api.example.com/v1",` +
		`"salt":"MDEyMzQ1Njc4OWFiY2RlZg==","account":"7fbcf893b6dec97e","entries":3}
{"id":10,"applied":"a__xofOuvpF__1E_EqbMiw"}
{"id":20,"applied":"bVYFBNEL0psc_62uzog4Rg","before":"kyKI_08WRL4T8UTzuJvUDg"}
{"id":30,"applied":"QJTQalzBee18J8HVCDuOzg","seen":"Rej6HNX0VM4Wmu-d-p53CA"}
`
	if got := string(saved(t, s)); got != want {
		t.Errorf("got\n%s", got)
	}
	if s.Len() != 3 {
		t.Errorf("%d tracks", s.Len())
	}
	// A run that has to do with one of them keeps the others.
	back := reload(t, s)
	back.Applied(20, "https://new.example", track.Field[string]{}, track.Field[string]{})
	lines, now := strings.Split(want, "\n"), strings.Split(string(saved(t, back)), "\n")
	if len(now) != len(lines) || now[1] != lines[1] || now[2] == lines[2] || now[3] != lines[3] {
		t.Errorf("now\n%s", strings.Join(now, "\n"))
	}
}

func TestLoadStateOfAnotherAccount(t *testing.T) {
	s := newState(t)
	s.Applied(1, "https://a.example", track.Field[string]{}, track.Field[string]{})
	b := saved(t, s)
	other := account("key")
	other.BaseURL = "https://other.example/v1"
	for name, a := range map[string]Account{"base URL": other, "key": account("other key")} {
		back, err := LoadState(bytes.NewReader(b), a)
		if back != nil || !errors.Is(err, ErrOtherAccount) || errors.Is(err, ErrDamaged) ||
			!strings.Contains(err.Error(), name) && name == "key" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLoadStateOfDamage(t *testing.T) {
	s := newState(t)
	for id := range track.ID(5) {
		s.Applied(id+1, "https://a.example", track.Value("https://b.example"), track.Value("https://c.example"))
	}
	good := string(saved(t, s))
	lines := strings.SplitAfter(good, "\n")
	header, rest := lines[0], strings.Join(lines[1:], "")
	for _, tc := range []struct{ name, text, says string }{
		{"empty", "", "line 1: it ends too early"},
		{"a part of the header", `{"tracksync_st`, "line 1: the line is torn"},
		{"no line break", strings.TrimSuffix(header, "\n"), "line 1: the line is torn"},
		{"a newer format", strings.Replace(good, `"tracksync_state":1,`, `"tracksync_state":2,"more":1,`, 1), "newer"},
		{"an older format", strings.Replace(good, `state":1`, `state":0`, 1), "line 1"},
		{"short salt", strings.Replace(good, "MDEyMzQ1Njc4OWFiY2RlZg==", "MDEy", 1), "line 1"},
		{"fewer entries than there are", strings.Replace(good, `"entries":5`, `"entries":4`, 1),
			"line 6: there are more tracks than the 4"},
		{"more entries than there are", strings.Replace(good, `"entries":5`, `"entries":6`, 1),
			"line 7: it ends too early"},
		{"negative entries", strings.Replace(header, `"entries":5`, `"entries":-1`, 1), "line 1"},
		{"endless entries", strings.Replace(good, `"entries":5`, `"entries":9223372036854775807`, 1), "line 7"},
		{"torn", good[:len(good)-10], "line 6: the line is torn"},
		{"torn between lines", good[:len(good)-len(lines[5])], "line 6: it ends too early"},
		{"appended", good + lines[1], "line 7"},
		{"twice", header + lines[1] + lines[1] + strings.Join(lines[2:5], ""), "line 3: track 1 does not come after 1"},
		{"out of order", header + lines[2] + lines[1] + strings.Join(lines[3:], ""),
			"line 3: track 1 does not come after 2"},
		{"id 0", strings.Replace(good, `"id":1,`, `"id":0,`, 1), "line 2"},
		{"id too large", strings.Replace(good, `"id":5,`, `"id":1000000000000000000,`, 1), "line 6"},
		{"no hash", strings.Replace(good, `"applied":"`, `"applied":"!`, 1), "line 2: not a hash"},
		{"no JSON", header + "x" + rest[1:], "line 2"},
		{"no hash seen", strings.Replace(good, `"seen":"`, `"seen":"!`, 1), "line 2: not a hash"},
		{"seen and before", header + strings.Replace(rest, "\"}\n", "\",\"before\":\"AAAA\"}\n", 1), "line 2"},
		{"a key twice", header + strings.Replace(rest, `{"id":1,`, `{"id":1,"id":1,`, 1), "line 2"},
		{"a key in capitals", header + strings.Replace(rest, `{"id":1,`, `{"ID":1,`, 1), "line 2"},
		{"carriage returns", strings.ReplaceAll(good, "\n", "\r\n"), "line 1"},
		{"a line without end", header + strings.Repeat(" ", 1<<20) + rest, "line 2: the line is too long"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			back, err := LoadState(strings.NewReader(tc.text), account("key"))
			if back != nil || !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), tc.says) ||
				!strings.Contains(err.Error(), "delete it") {
				t.Errorf("%v", err)
			}
			if err != nil && strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' }) {
				t.Errorf("not safe to print: %q", err)
			}
		})
	}
}

// What the caller remembers of the limit is kept as it is.
func TestStateKeepsTheLimit(t *testing.T) {
	s := newState(t)
	s.Limit = []byte(`{"kind":"rate","rate_per_s":98.5}`)
	s.Applied(1, "https://a.example", track.Field[string]{}, track.Null[string]())
	if back := reload(t, s); string(back.Limit) != string(s.Limit) || back.Len() != 1 {
		t.Errorf("%s, %d tracks", back.Limit, back.Len())
	}
}

// A file that cannot be read is not said to be damaged: it is not to be deleted.
func TestLoadStateThatCannotBeRead(t *testing.T) {
	s := newState(t)
	s.Applied(1, "https://a.example", track.Field[string]{}, track.Field[string]{})
	good := saved(t, s)
	for cut := range len(good) + 1 {
		broken := errors.New("input/output error")
		r := iotest.DataErrReader(iotest.OneByteReader(&failing{good[:cut], broken}))
		if back, err := LoadState(r, account("key")); back != nil || !errors.Is(err, broken) ||
			errors.Is(err, ErrDamaged) {
			t.Fatalf("after %d bytes: %v", cut, err)
		}
	}
}

type failing struct {
	data []byte
	err  error
}

func (f *failing) Read(b []byte) (int, error) {
	if len(f.data) == 0 {
		return 0, f.err
	}
	n := copy(b, f.data)
	f.data = f.data[n:]
	return n, nil
}

func TestSaveStateReportsFailures(t *testing.T) {
	s := newState(t)
	for id := range track.ID(1000) {
		s.Applied(id+1, "https://a.example", track.Field[string]{}, track.Field[string]{})
	}
	size := len(saved(t, s))
	for _, room := range []int{0, 100, 5000, 20_000, size - 1} {
		if err := s.Save(&failingWriter{room}); err == nil || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("with room for %d bytes: %v", room, err)
		}
	}
	if err := s.Save(&failingWriter{size}); err != nil {
		t.Error(err)
	}
}

type failingWriter struct{ room int }

func (w *failingWriter) Write(b []byte) (int, error) {
	if len(b) > w.room {
		return 0, errors.New("no space left")
	}
	w.room -= len(b)
	return len(b), nil
}

// The order in which things happen leaves no trace in the file.
func TestStateIsDeterministic(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var want []byte
	for range 3 {
		s := newState(t)
		for _, i := range random.Perm(5000) {
			s.Applied(track.ID(i+1), fmt.Sprint("https://a.example/", i), track.Field[string]{},
				track.Value("https://b.example"))
		}
		if got := saved(t, s); want != nil && !bytes.Equal(got, want) {
			t.Fatal("another file of the same state")
		} else {
			want = got
		}
	}
}

// Nobody is told to delete a file that is something else, such as the manifest.
func TestLoadStateOfAnotherFile(t *testing.T) {
	for _, text := range []string{"id,name\n1,a\n", "[]\n", "{}\n", `{"tracks":[]}`, "x", "\n",
		strings.Repeat("\x00", 9000), strings.Repeat("a", 1<<20)} {
		back, err := LoadState(strings.NewReader(text), account("key"))
		if back != nil || !errors.Is(err, ErrNotState) || errors.Is(err, ErrDamaged) ||
			strings.Contains(err.Error(), "delete") {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

func FuzzLoadState(f *testing.F) {
	s := newState(f)
	f.Add(saved(f, s))
	s.Applied(1, "https://a.example", track.Value("https://b.example"), track.Value("https://c.example"))
	s.Applied(2, "https://a.example", track.Value("https://b.example"), track.Value("https://b.example"))
	s.Applied(3, "https://a.example", track.Field[string]{}, track.Field[string]{})
	f.Add(saved(f, s))
	f.Add([]byte("{}\n"))
	anyone := Account{BaseURL: "https://api.example.com/v1", Fingerprint: account("key").Fingerprint}
	f.Fuzz(func(t *testing.T, text []byte) {
		back, err := LoadState(bytes.NewReader(text), anyone)
		if (back == nil) != (err != nil) {
			t.Fatalf("%v beside %v", back, err)
		}
		if err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNotState) &&
			!errors.Is(err, ErrOtherAccount) {
			t.Fatal(err)
		}
		if err == nil && !bytes.Equal(saved(t, back), text) {
			t.Fatalf("%q is written back as %q", text, saved(t, back))
		}
	})
}

// What a file holds while a run lasts knows nothing that only that run can know.
func TestSaveConfirmed(t *testing.T) {
	const url, made, before = "https://example.com/a.mp3", "https://cdn.example.com/a.mp3",
		"https://cdn.example.com/0.mp3"
	s := newState(t)
	s.Applied(1, url, track.Field[string]{}, track.Value(made)) // seen
	s.Applied(2, url, track.Field[string]{}, track.Value(url))  // not made yet
	s.Applied(3, url, track.Value(before), track.Value(before)) // being made
	var b bytes.Buffer
	if err := s.SaveConfirmed(&b); err != nil {
		t.Fatal(err)
	}
	again, err := LoadState(&b, s.account)
	if err != nil || again.Len() != 1 || s.Len() != 3 {
		t.Fatalf("%v: %d of %d tracks", err, again.Len(), s.Len())
	}
	if !again.Unchanged(1, url, track.Value(made)) || again.Unchanged(2, url, track.Value(made)) ||
		again.Unchanged(3, url, track.Value(before)) {
		t.Error("it knows too little, or too much")
	}
}

// What a run did before another took the state over is not to be learned again,
// and what it did since is.
func TestTakeOver(t *testing.T) {
	at := func(ms int) time.Time { return time.Date(2026, 11, 23, 15, 4, 5, ms*1e6+999, time.UTC) }
	s := newState(t)
	reload := func() {
		t.Helper()
		var b bytes.Buffer
		if err := s.SaveConfirmed(&b); err != nil {
			t.Fatal(err)
		}
		var err error
		if s, err = LoadState(&b, s.account); err != nil {
			t.Fatal(err)
		}
	}
	for i, step := range []struct {
		run    string // that takes over
		lacks  int    // the first millisecond that the state may lack
		within bool   // complete before it is taken over
	}{{run: "one", lacks: 0}, {run: "one", lacks: 0}, {run: "two", lacks: 2}, {run: "one", lacks: 3},
		{run: "one", lacks: 4, within: true}} {
		if step.within {
			s.Complete(at(i))
		}
		s.TakeOver(step.run, at(i))
		reload()
		if s.Lacks(at(step.lacks).Add(-time.Millisecond)) || !s.Lacks(at(step.lacks).Truncate(time.Millisecond)) {
			t.Errorf("step %d: it lacks what came from %v on", i, s.asOf)
		}
	}
}
