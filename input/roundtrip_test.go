package input

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"tracksync/internal/track"
)

// nasty are names that a careless writer or reader would change.
var nasty = []string{
	"null", "Null", "~", "yes", "No", "on", "true", "0x1", "0o7", "017", "1e3", "1_000", ".inf", ".nan", "2023-01-01",
	"12:30:45", "<<", "=", "=1+1", "+1", "-1", "@x", "'", `"`, `""`, `'null'`, `"null"`,
	"- x", "-", "---", "...", "? x", ": x", "a: b", "a:", "# x", "a # b", "&a", "*a", "!t", "!!null null", "|", ">",
	"|-\n  a", "%YAML 1.2", "`x", "{a: b}", "[a]", "{", "}", "]", ",", "a,b", ";", "a;b", "|a|b", "a\tb", "\ta", "a\t",
	" a", "a ", "\u00a0a\u00a0", "a\nb", "a\r\nb", "a\rb", "\na", "a\n", "a\r", "\ra", "a\r\n", "\r\na", "a\n\nb",
	"a\n\r\nb", "a\r\rb\n\n", "a\n- id: 18\n  name: b", "a\n18,b", "a\"\r\n\"b", "\"\r\n", "a\\", `\n`, `\u0041`,
	`C:\new`, `\`, `\.`,
	"a\u0085b", "\u0085a", "a\u2028b", "a\u2029", "\ufeffa", "a\ufeff", "a\ufffe", "\uffff", "a\ufffd", "\U0001fffe",
	"\U0010ffff", "\ue000", "\u0080", "\u009f", "\u202egnol", "\u200ba", "e\u0301", "é", "👨\u200d👩\u200d👧", "❤\ufe0f",
	"🏴\U000e0067\U000e007f", "日本語", "ß",
	"id", "tracks:", "expect", "#N/A", "sep=;", "a\v", "\x00", "a\x1b[31m", "\x7f", " ", "", "\xff",
	strings.Repeat("x", maxCell), strings.Repeat("\n", maxCell-1) + "x", strings.Repeat("\"", maxCell),
	strings.Repeat("\u2028", maxCell/3-1) + "x",
}

func someText(r *rand.Rand) string {
	if r.IntN(20) > 0 {
		return nasty[r.IntN(len(nasty)-4)]
	}
	if r.IntN(10) == 0 {
		return nasty[len(nasty)-4+r.IntN(4)]
	}
	var b strings.Builder
	for range r.IntN(12) {
		b.WriteRune([]rune{rune(r.IntN(0x80)), rune(r.IntN(0x3000)), rune(r.IntN(0x110000)), '\n', '\r', '"', ',',
			' '}[r.IntN(8)])
	}
	return b.String()
}

func someField[T comparable](r *rand.Rand, null bool, v T) track.Field[T] {
	switch n := r.IntN(4); {
	case n == 0:
		return track.Field[T]{}
	case n == 1 && null:
		return track.Null[T]()
	}
	return track.Value(v)
}

func someValues(r *rand.Rand, expected bool) track.Values {
	volume := r.IntN(101)
	if expected {
		volume = r.IntN(1e9)
	}
	return track.Values{
		Name:    someField(r, false, someText(r)),
		Volume:  someField(r, false, volume),
		Project: someField(r, true, 1+track.ID(r.Int64N(int64(track.MaxID)))),
		Media: someField(r, expected, []string{"http://h/", "https://example.com/ä?a=1&b='#x",
			"HTTPS://u@h:1/%20\u202e", "http://h/" + strings.Repeat("y", r.IntN(3000))}[r.IntN(4)]),
	}
}

// fits reports whether a name can be read back. It does not use the writer's own rules.
func fits(name track.Field[string], expected bool) bool {
	text, ok := name.Get()
	if !ok || !utf8.ValidString(text) || len(text) > maxCell {
		return !ok
	}
	return expected || strings.TrimLeftFunc(text, isUnseen) != "" && strings.IndexFunc(text, func(c rune) bool {
		return c >= 0x7f && c <= 0x9f || c < ' ' && !unicode.IsSpace(c) || c == '\v' || c == '\f'
	}) < 0
}

// All that is written is read back unchanged, by Open and Check, and gives the same bytes
// when it is written again.
func TestWriterRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, f := range Formats() {
		table := f == CSV || f == TSV || f == XLSX
		for round := range 10 {
			o := WriterOptions{BOM: round%2 == 0, Comment: someText(r),
				Columns: []string{"id", "name", "volume", "project_id", "media_url", "#media_url", "#comment"}}
			var b bytes.Buffer
			w, err := NewWriter(&b, f, o)
			if err != nil {
				t.Fatal(err)
			}
			var written []Entry
			for i := range 200 {
				e := Entry{Update: track.Update{ID: track.ID(i + 1), Values: someValues(r, false)},
					ShownMedia: someField(r, true, someText(r))}
				if r.IntN(4) == 0 {
					e.Comment = someText(r)
				}
				if !table && r.IntN(2) == 0 {
					for range 1 + r.IntN(3) {
						if v := someValues(r, true); !v.Empty() {
							e.Expect = append(e.Expect, v)
						}
					}
				}
				err := w.Write(e)
				fit := fits(e.Update.Name, false)
				for _, v := range e.Expect {
					fit = fit && fits(v.Name, true)
				}
				fit = fit && (f != XLSX || notInCell(e.Update.Name.String()) == "")
				if fit != (err == nil) && !strings.Contains(fmt.Sprint(err), "the entry takes") {
					t.Fatalf("%s: %+v: %v", f, e, err)
				}
				if err == nil {
					written = append(written, e)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			rows := readBack(t, f, b.Bytes())
			wantSame(t, rows, written)
			again := make([]Entry, len(written)) // with what is never read back
			for i, row := range rows {
				again[i] = Entry{Update: row.Update, Expect: row.Expect, ShownMedia: written[i].ShownMedia,
					Comment: written[i].Comment}
			}
			if write(t, f, o, again...) != b.String() {
				t.Fatalf("%s: written again it is different", f)
			}
		}
	}
}

func readBack(t *testing.T, f Format, data []byte) []track.Row {
	t.Helper()
	path := filepath.Join(t.TempDir(), "m."+string(f))
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := Open(context.Background(), []string{path}, nil, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}()
	summary, err := m.Check(context.Background())
	if err != nil {
		t.Fatalf("%s: %.2000s", f, err)
	}
	for _, w := range summary.Warnings {
		if !regexp.MustCompile(`U\+FFFD|broken formula|user name|contains the invisible|begin|ends with|no ` +
			`value|seems to contain|only in case|is a URL|15th ` +
			`digit|and .* more`).MatchString(w.Message) {
			t.Errorf("%s: %s", f, w)
		}
	}
	return rowsOf(t, m)
}

// FuzzWriter writes two entries in every format and reads them back.
func FuzzWriter(f *testing.F) {
	for i, name := range nasty[:len(nasty)-4] { // the last ones are long
		f.Add(name, nasty[len(nasty)-5-i], 40, int64(3), byte(i))
	}
	f.Fuzz(func(t *testing.T, first, second string, volume int, project int64, shape byte) {
		e := Entry{Update: track.Update{ID: 17, Values: track.Values{Name: track.Value(first)}},
			ShownMedia: track.Value(second), Comment: second}
		expecting := e
		expecting.Update.Values = track.Values{}
		expecting.Expect = track.Alternatives{
			{Name: track.Value(second), Volume: track.Value(volume), Media: track.Value(first)},
			{Project: track.Value(track.ID(project))},
		}[:1+shape%2]
		switch shape % 3 {
		case 0:
			e.Update.Project = track.Value(track.ID(project))
		case 1:
			e.Update.Project, e.Update.Media = track.Null[track.ID](), track.Value(second)
		default:
			e.Update.Volume = track.Value(volume)
			expecting.Expect[0].Project, expecting.Expect[0].Media = track.Null[track.ID](), track.Null[string]()
		}
		last := Entry{Update: track.Update{ID: 18, Values: track.Values{Volume: track.Value(1)}}}
		for _, format := range Formats() {
			o := WriterOptions{Comment: first,
				Columns: []string{"#media_url", "#comment", "name", "volume", "project_id", "media_url", "id"}}
			var b bytes.Buffer
			w, err := NewWriter(&b, format, o)
			if err != nil {
				t.Fatal(err)
			}
			var written []Entry
			for _, e := range []Entry{e, expecting, last} {
				if len(written) > 0 {
					e.Update.ID++
				}
				var refused *RoundTripError
				if err := w.Write(e); err == nil {
					written = append(written, e)
				} else if !errors.As(err, &refused) {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			rows, _, problems := read(t, Options{Format: format}, file{"m", b.String()})
			if problems != nil {
				t.Fatalf("%s: %q: %v", format, b.String(), problems)
			}
			wantSame(t, rows, written)
		}
	})
}
