package safe

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"tracksync/internal/testkit"
)

const testKey = "write_3fA9-xY_77.Qz~b0kLmN"

// keys are keys of every kind, among them such as nobody should have.
func keys() []string {
	r := rand.New(rand.NewPCG(1, 2))
	all := []string{testKey, `write_"quo\ted"`, "write_a+b/c=&%41<>'", "AAAAAAAA", "write_$1.*[x](y)", `\n\n\n\n\n`,
		"%41%41%41%41", "123456789012345678"}
	for range 20 {
		b := make([]byte, MinSecret+r.IntN(40))
		for i := range b {
			b[i] = byte('!' + r.IntN('~'-'!'+1))
		}
		all = append(all, string(b))
	}
	return all
}

// left reports which run of the key is still in a text, in a form that a person
// could read.
func left(text, key string) string {
	n := min(len(key), minRun)
	for i := range len(key) - n + 1 {
		if strings.Contains(text, key[i:i+n]) {
			return key[i : i+n]
		}
	}
	return ""
}

func TestDisguisesAreTakenOut(t *testing.T) {
	for _, key := range keys() {
		r := NewRedactor(key)
		for name, form := range testkit.Disguises(key) {
			if len(key) < minRun && name == "base64 of a part" || strings.ContainsAny(key, `\%&`) &&
				name != "as it is" && name != "quoted" {
				continue // what such a key looks like can be read in several ways
			}
			for _, around := range []string{"%s", "the key %s may not", "é%sé", "\n%s\n"} {
				text := fmt.Sprintf(around, form)
				got := r.Text(text)
				if !strings.Contains(got, Redacted) || left(got, key) != "" || strings.Contains(got, form) {
					t.Errorf("key %q, %s: %q became %q", key, name, text, got)
				}
				before, after, _ := strings.Cut(around, "%s")
				if !strings.HasPrefix(got, before) || !strings.HasSuffix(got, after) {
					t.Errorf("key %q, %s: what stood around it is gone: %q", key, name, got)
				}
			}
		}
	}
}

// Runs of twelve characters and more are taken out, shorter ones are not.
func TestRunsOfAKey(t *testing.T) {
	r := NewRedactor(testKey)
	for from := range testKey {
		for to := from + 4; to <= len(testKey); to++ {
			text := "cut: " + testKey[from:to] + "…"
			want := text
			if to-from >= minRun {
				want = "cut: " + Redacted + "…"
			}
			if got := r.Text(text); got != want {
				t.Errorf("%q became %q, want %q", text, got, want)
			}
		}
	}
	if got := r.Text(testKey + testKey[:15] + " and " + testKey[3:20]); got != Redacted+" and "+Redacted {
		t.Errorf("several: %q", got)
	}
}

func TestTextWithoutASecretIsLeftAlone(t *testing.T) {
	r := NewRedactor(testKey)
	for _, text := range []string{
		"", "x", "write_", "write_3fA9", "Morning light ☕ & more %41 \\ \\u00e9", strings.Repeat("a", 1000),
		"%", "%%%", "&", "&#", "&#;", `\`, `\u12`, `\x`, "\xff\xfe",
		base64.StdEncoding.EncodeToString([]byte("nothing of interest in here at all")),
	} {
		if got := r.Text(text); got != text || r.Holds(text) {
			t.Errorf("%q became %q", text, got)
		}
	}
	var none *Redactor
	if got := none.Text(testKey); got != testKey || NewRedactor("", "short") != nil {
		t.Errorf("of no secret: %q", got)
	}
}

func TestSeveralSecrets(t *testing.T) {
	r := NewRedactor(testKey, "", "another_secret_1", testKey)
	if got := r.Text("a " + testKey + " b ANOTHER_SECRET_1 c"); got != "a [redacted] b [redacted] c" {
		t.Error(got)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, v := range []any{r, *r, struct{ R *Redactor }{r}} {
			if said := fmt.Sprintf(verb, v); r.Holds(said) {
				t.Errorf("%s of a %T says it", verb, v)
			}
		}
	}
}

// A secret of which a view shows next to nothing is found as it is.
func TestSecretsOfBlanksAndLetters(t *testing.T) {
	for _, key := range []string{"a b c d e", "1234\t567", "ÄÖÜäöü", "ab&cd ef", "a\u200bbcdef"} {
		r := NewRedactor(testKey, key)
		for _, around := range []string{"%s", "the key is %s.", "Übersicht %s für João"} {
			text, want := fmt.Sprintf(around, key), fmt.Sprintf(around, Redacted)
			if got, bytes := r.Text(text), string(r.Bytes([]byte(text))); got != want || bytes != want {
				t.Errorf("key %q: %q became %q and %q", key, text, got, bytes)
			}
		}
	}
}

// JSON stays JSON, with the same numbers and keys, whatever the key looks like.
func TestJSONStaysJSON(t *testing.T) {
	for _, key := range append(keys(), `","volume":40,"`, `{"name":"x","y":1}`) {
		r := NewRedactor(key)
		for name, form := range testkit.Disguises(key) {
			line, err := json.Marshal(map[string]any{"id": 123456789012345678, "name": "a " + form + `\`, "tail": form,
				"volume": 40})
			if err != nil {
				t.Fatal(err)
			}
			one := string(line)
			for _, text := range []string{one, one + "\n", one + "\n" + one + "\n",
				`{"a": "` + testkit.Quoted(form) + `", "id": 123456789012345678, "volume": 40}`} {
				got := r.Output([]byte(text))
				var back struct{ ID, Volume int }
				if err := json.NewDecoder(strings.NewReader(string(got))).Decode(&back); err != nil ||
					back.ID != 123456789012345678 || back.Volume != 40 {
					t.Errorf("key %q, %s: %s became %s: %v", key, name, text, got, err)
				}
				if !isJSON(got) {
					t.Errorf("key %q, %s: %s became %s", key, name, text, got)
				}
			}
		}
	}
}

func TestOutputThatIsNoJSON(t *testing.T) {
	r := NewRedactor(testKey)
	for in, want := range map[string]string{
		"12:00:00 info: " + testKey + "\n": "12:00:00 info: [redacted]\n",
		`{"torn": "` + testKey:             `{"torn": "[redacted]`,
		"":                                 "",
		"{} " + testKey:                    "{} [redacted]",
	} {
		if got := string(r.Output([]byte(in))); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

// Whatever the text: what was found is found no more, JSON stays JSON, and
// nothing panics.
func FuzzRedactor(f *testing.F) {
	for _, form := range testkit.Disguises(testKey) {
		f.Add(form, testKey)
		f.Add(`{"a":"`+form+`"}`, testKey)
	}
	f.Add(`\`, `\\\\\\\\`)
	f.Add("\u200b%5c%75\\u0026#x25;", "%5cu%41%%%%%%%")
	f.Fuzz(func(t *testing.T, text, key string) {
		if len(text) > 4096 || len(key) > 256 {
			return
		}
		r := NewRedactor(key)
		if r != nil && !r.mayHold([]byte(text)) && len(allSpans(text, key)) > 0 {
			t.Errorf("%q is said not to hold %q", text, key)
		}
		got := string(r.Output([]byte(text)))
		if got != text && !r.Holds(text) {
			t.Errorf("%q became %q without a secret", text, got)
		}
		if len(key) >= MinSecret && !strings.Contains(Redacted, key) && !isJSON([]byte(text)) &&
			strings.Contains(got, key) {
			t.Errorf("%q became %q", text, got)
		}
		if strings.Contains(text, `"`) && isJSON([]byte(text)) && !isJSON([]byte(got)) {
			t.Errorf("%q is JSON, %q is not", text, got)
		}
	})
}

// allSpans is find, without the quick look that may spare it.
func allSpans(text, key string) []span {
	f := &forms{}
	f.add(key)
	f.index()
	v := newView(text)
	defer v.free()
	return append(f.findLiteral(text), f.findRuns(v.glyphs)...)
}

// A text is looked at quickly with the result of a closer look.
func TestQuickLook(t *testing.T) {
	for _, key := range keys() {
		r := NewRedactor(key)
		for name, form := range testkit.Disguises(key) {
			for _, around := range []string{"%s", "the key %s may not", "Übersicht: %s für João", "12345678%s",
				"a & b: %s", "a & b; %s", "{\"a\":\"%s\"}"} {
				text := fmt.Sprintf(around, form)
				if len(allSpans(text, key)) > 0 && !r.mayHold([]byte(text)) {
					t.Errorf("key %q, %s: %q", key, name, text)
				}
			}
		}
		if r.mayHold([]byte("Übersicht, 12 Lieder")) {
			t.Errorf("key %q: it takes a view to see that an ordinary text is one", key)
		}
	}
}

// Only a text with a gram of a form takes a view: not one whose gram has the same hash, and
// none because it is long.
func TestQuickLookIsExact(t *testing.T) {
	f := &forms{}
	f.add(testKey)
	f.index()
	const letters = "abcdefghijklmnopqrstuvwxyz"
	word := make([]byte, gram)
	for i := range len(letters) * len(letters) * len(letters) * len(letters) {
		for k := range word {
			word[k], i = letters[i%len(letters)], i/len(letters)
		}
		_, isGram := f.spots[binary.LittleEndian.Uint32(word)]
		if mayHold(f, word) != isGram {
			t.Errorf("%s: it takes a view: %t", word, !isGram)
		}
	}
	if mayHold(f, strings.Repeat("Übersicht, 12 Lieder & mehr. ", 1000)) {
		t.Error("a long text takes a view")
	}
}

func BenchmarkRedactorLine(b *testing.B) {
	r := NewRedactor(testKey)
	for name, url := range map[string]string{"plain": "https://cdn.example/b.mp3",
		"escaped": "https://cdn.example/a%20b.mp3?x=1&y=2"} {
		line := []byte(`{"row":3,"source":"tracks.csv","line":4,"id":17,"status":"updated","http_status":200,` +
			`"attempts":2,"duration_ms":412.6,"changes":{"name":{"to":"Morning light"},"media_url":{"to":"` + url +
			`"}},` +
			`"finished_at":"2026-11-23T15:04:05.123Z"}`)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(line)))
			b.ReportAllocs()
			for b.Loop() {
				r.Output(line)
			}
		})
	}
}

// What is left of a text is looked through again: what a redaction joins may be a
// secret too.
func TestRedactorChecksItsOutput(t *testing.T) {
	const word = "[redacted]"
	for _, secrets := range [][]string{{word}, {"redacted]tail-of-a-key", "head-of-a-key[red"},
		{testKey, "acted] and more"}} {
		r := NewRedactor(secrets...)
		for _, text := range append(secrets, "head-of-a-key"+testKey+"tail-of-a-key", testKey+" and more") {
			if got := r.Text(text); r.Holds(got) && got != Redacted {
				t.Errorf("secrets %q: %q became %q", secrets, text, got)
			}
		}
	}
}
