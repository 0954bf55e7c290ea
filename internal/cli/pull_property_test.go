package cli

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tracksync/input"
	"tracksync/internal/sandbox"
	"tracksync/internal/track"
	"tracksync/sync/plan"
)

// oddNames are names that a careless writer or reader would change, or that no manifest
// can contain.
var oddNames = []string{
	"null", "~", "yes", "017", "1e3", "2023-01-01", "=1+1", "=HYPERLINK(\"x\")", "+1", "-1", "@x", "'", `"`, `""`,
	"a,b", "a;b", "a\tb", "\ta", " a ", "\u00a0a",
	"a\nb", "a\r\nb", "a\rb", "\na\n", "a\"\r\n\"b", "a\n18,b,1,2,\n", "a\\", `\n`, "# x", "- x", "---", "a: b",
	"{a: b}", "[a]", "&a", "*a", "!t", "|", ">",
	"\ufeffa", "a\u2028b", "a\u0085", "\u009b31m", "\u202egnol", "e\u0301", "é", "👨\u200d👩\u200d👧",
	"🏴\U000e0067\U000e007f", "日本語", "\U0010ffff", "<b>&amp;</b>",
	"id", "#media_url", "sep=;", "#N/A", "[redacted]", "", " ", "\u2003", "\x00", "a\x1b[31m", "\x7f", "a\v",
}

func randomName(r *rand.Rand) string {
	switch r.IntN(30) {
	case 0:
		return strings.Repeat(string(rune('a'+r.IntN(26))), 1+r.IntN(70_000))
	case 1:
		return "x" + strings.Repeat("\u202e", 15_000) // grows sixfold where it is escaped
	}
	if r.IntN(2) == 0 {
		return oddNames[r.IntN(len(oddNames))]
	}
	var b strings.Builder
	for range 1 + r.IntN(10) {
		c := []rune{rune(r.IntN(0x80)), rune(r.IntN(0x3000)), rune(r.IntN(0x110000)), '\n', '\r', '"', ',',
			' '}[r.IntN(8)]
		b.WriteString(strings.ToValidUTF8(string(c), "?"))
	}
	return b.String()
}

// sayable reports whether a manifest can contain this name.
func sayable(name string) bool {
	return strings.TrimSpace(name) != "" && len(name) <= 64<<10 &&
		!strings.ContainsFunc(name,
			func(c rune) bool { return c < ' ' && !strings.ContainsRune("\t\n\r", c) || c >= 0x7f && c <= 0x9f })
}

func randomAccount(r *rand.Rand) sandbox.Config {
	c := sandbox.Config{PageSize: 1 + r.IntN(40)}
	for i := range r.IntN(80) {
		t := sandbox.Track{ID: int64(i*7 + 1 + r.IntN(7)), Name: randomName(r), Volume: r.IntN(101)}
		switch r.IntN(20) {
		case 0:
			t.Volume = 101 + r.IntN(100)
		case 1:
			t.ID = int64(track.MaxID) - int64(i)
		}
		if r.IntN(2) == 0 {
			t.Project = 1 + r.Int64N(1000)
		}
		if r.IntN(3) > 0 {
			t.Media = fmt.Sprintf("https://example.com/ä,%%20\"%d\".mp3?a=b&c=%d", i, r.IntN(9))
		}
		c.Tracks = append(c.Tracks, t)
	}
	for _, field := range []string{"name", "volume", "project", "media"} {
		if r.IntN(6) == 0 {
			c.Omit = append(c.Omit, field)
		}
	}
	return c
}

// answered is a track in the form of the sandbox's answer.
func answered(c sandbox.Config, t sandbox.Track) track.Track {
	now := track.Track{ID: track.ID(t.ID), Values: track.Values{
		Name: track.Value(t.Name), Volume: track.Value(t.Volume), Project: track.Null[track.ID](),
		Media: track.Null[string](),
	}}
	if t.Project > 0 {
		now.Project = track.Value(track.ID(t.Project))
	}
	if t.Media != "" {
		now.Media = track.Value(t.Media)
	}
	for _, field := range c.Omit {
		switch field {
		case "name":
			now.Name = track.Field[string]{}
		case "volume":
			now.Volume = track.Field[int]{}
		case "project":
			now.Project = track.Field[track.ID]{}
		case "media":
			now.Media = track.Field[string]{}
		}
	}
	return now
}

// pulledBack is what the row of a pulled manifest must have for a track.
func pulledBack(now track.Track, withMedia bool) track.Update {
	u := track.Update{ID: now.ID, Values: now.Values}
	if name, ok := u.Name.Get(); ok && !sayable(name) {
		u.Name = track.Field[string]{}
	}
	if volume, ok := u.Volume.Get(); ok && volume > 100 {
		u.Volume = track.Field[int]{}
	}
	if !withMedia || u.Media.IsNull() {
		u.Media = track.Field[string]{}
	}
	return u
}

// For any account, the pulled manifest has everything that a manifest can contain, and
// syncing it changes nothing.
func TestPullThenNothingToDo(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 5))
		account := randomAccount(r)
		if seed == 0 {
			account.Tracks = nil
			for i, name := range oddNames {
				account.Tracks = append(account.Tracks, sandbox.Track{ID: int64(1000 + 7*i), Name: name, Volume: i % 50})
			}
		}
		env, _ := serve(t, account)
		tracks := slices.SortedFunc(slices.Values(account.Tracks),
			func(a, b sandbox.Track) int { return int(a.ID - b.ID) })
		for _, format := range input.Formats() {
			for _, withMedia := range []bool{false, true} {
				t.Run(fmt.Sprint(seed, format, withMedia), func(t *testing.T) {
					file := filepath.Join(t.TempDir(), "tracks."+string(format))
					args := []string{"pull", "--rate", "unlimited", "--output", file,
						fmt.Sprint("--with-media=", withMedia)}
					if got := (call{args: args, env: env}).run(t); got.code != exitOK || got.out != "" {
						t.Fatalf("exit %d\n%s", got.code, got.err)
					}
					rows := readPulled(t, file)
					if len(rows) != len(tracks) {
						t.Fatalf("%d rows of %d tracks", len(rows), len(tracks))
					}
					for i, row := range rows {
						now := answered(account, tracks[i])
						if want := pulledBack(now, withMedia); row.Update != want {
							t.Errorf("pulled %+v\nof     %+v", row.Update, now)
						}
						if todo, _ := plan.Diff(row.Update.Values, now, false); !todo.Empty() {
							t.Errorf("track %d: %v is to be done", now.ID, todo.Fields())
						}
					}
				})
			}
		}
	}
}

// readPulled reads a manifest like sync.
func readPulled(t *testing.T, file string) []track.Row {
	t.Helper()
	m, err := input.Open(t.Context(), []string{file}, nil, func(string) input.Copy { panic("not a file") },
		input.Options{AllowEmpty: true, Secret: testKey})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	s, err := m.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range s.Warnings {
		if w.Field != track.FieldName { // a name may be #N/A, or end with a blank
			t.Error(w)
		}
	}
	return rowsOf(t, m)
}
