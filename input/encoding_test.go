package input

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
)

// encoded is a text in the encoding with a label.
func encoded(t testing.TB, label, text string) string {
	t.Helper()
	e, err := htmlindex.Get(label)
	if err != nil {
		t.Fatal(err)
	}
	b, err := e.NewEncoder().String(text)
	if err != nil {
		t.Fatalf("%s: %v", label, err)
	}
	return b
}

// samples are names in encodings of all kinds.
var samples = []struct{ label, name string }{
	{"utf-8", "Größe 🎵"}, {"utf-16le", "Größe 🎵"}, {"utf-16be", "朝の光 🎵"}, {"utf-16", "Größe"},
	{"windows-1252", "Größe “5 €”"}, {"latin1", "Größe"}, {"iso-8859-2", "Žluťoučký kůň"},
	{"windows-1251", "Утро в лесу"}, {"macintosh", "Été à Paris"}, {"shift_jis", "ポップ 朝の光 ﾃｽﾄ"},
	{"euc-jp", "朝の光"}, {"iso-2022-jp", "朝の光 a 雨"}, {"gb18030", "早晨的阳光 €"}, {"gbk", "晨光"}, {"big5", "早晨的陽光"},
	{"euc-kr", "아침 햇살"}, {"koi8-r", "Утро"}, {"windows-874", "แสงเช้า"},
}

// A text in any encoding is read as the same text in UTF-8 would be, with the same
// positions.
func TestEncodings(t *testing.T) {
	for _, s := range samples {
		plain := "id,name,volume\r\n17," + s.name + ",5\r\n18,\"" + s.name + "\",101\n\n19," + s.name + ",x\n"
		opts := Options{OnInvalid: Skip}
		want, wantSummary, _ := read(t, opts, file{"m.csv", plain})
		opts.Encoding, _ = ParseEncoding(s.label)
		got, summary, problems := read(t, opts, file{"m.csv", encoded(t, s.label, plain)})
		if problems != nil || lines1(got) != lines1(want) || summary.Problems.Error() != wantSummary.Problems.Error() {
			t.Errorf("%s: %v\n%s%s", s.label, problems, lines1(got), summary.Problems)
		}
		if name := summary.Sources[0].Encoding; name != opts.Encoding || got[0].Update.Name.String() != s.name {
			t.Errorf("%s: %s, %v", s.label, name, got)
		}
	}
}

// A text is decoded in the same way wherever reads end.
func TestEncodingsAcrossReads(t *testing.T) {
	for _, s := range samples {
		name, _ := ParseEncoding(s.label)
		text := strings.Repeat("17,"+s.name+"\n", 3)
		var out []byte
		for r := newEncodedText(iotest.OneByteReader(strings.NewReader(encoded(t, s.label, text))),
			encoding{name: name}, nil); ; {
			var err error
			if out, err = r.next(out); err != nil {
				break
			}
		}
		if string(out) != text {
			t.Errorf("%s: %q", s.label, out)
		}
	}
}

// A byte order mark tells the encoding, whatever was named; zero bytes do not.
func TestMarks(t *testing.T) {
	const text = "id,name\n17,Größe\n"
	for _, mark := range []struct{ name, label string }{
		{utf8Name, "utf-8"}, {utf16LEName, "utf-16le"}, {utf16BEName, "utf-16be"},
	} {
		content := encoded(t, mark.label, "\ufeff"+text)
		for _, given := range []string{"", utf16LEName, utf16BEName, "windows-1252"} {
			rows, summary, problems := read(t, Options{Encoding: given}, file{"m.csv", content})
			if problems != nil || rows[0].Update.Name.String() != "Größe" {
				t.Fatalf("%s as %q: %v", mark.name, given, problems)
			}
			if src := summary.Sources[0]; src.Encoding != mark.name || !src.BOM {
				t.Errorf("%s as %q: %+v", mark.name, given, src)
			}
		}
	}
}

// The formats that are not tables are read in every encoding too.
func TestEncodingsOfEntries(t *testing.T) {
	for name, text := range map[string]string{
		"m.yaml": "- id: 17\n  name: Größe\n", "m.json": `[{"id":17,"name":"Größe"}]`,
		"m.jsonl": `{"id":17,"name":"Größe"}`, "m": "- id: 17\n  name: Größe\n",
	} {
		for _, label := range []string{"utf-16le", "utf-16be", "windows-1252"} {
			given := ""
			content := "\ufeff" + text
			if label == "windows-1252" {
				given, content = label, text
			}
			rows, _, problems := read(t, Options{Encoding: given}, file{name, encoded(t, label, content)})
			if problems != nil || rows[0].Update.Name.String() != "Größe" {
				t.Errorf("%s in %s: %v", name, label, problems)
			}
		}
	}
}

func TestWrongEncodings(t *testing.T) {
	const text = "id,name\n17,Größe\n"
	le, be := encoded(t, "utf-16le", text), encoded(t, "utf-16be", text)
	for _, c := range []struct{ name, given, text, want string }{
		{"UTF-16 without a mark", "", le,
			"m.csv:1:1: the file looks like UTF-16LE, not UTF-8 (pass --encoding utf-16le, or save as CSV UTF-8)"},
		{"big endian", "", be, "m.csv:1:1: the file looks like UTF-16BE, not UTF-8 (pass --encoding utf-16be"},
		{"the other order", utf16LEName, be, "m.csv:1:1: the file looks like UTF-16BE, not UTF-16LE"},
		{"a legacy encoding", "windows-1252", le, "m.csv:1:1: the file looks like UTF-16LE, not windows-1252"},
		{"not UTF-16", utf16LEName, text,
			"m.csv:1:1: the file is not UTF-16LE: it has no zero bytes (leave out --encoding)"},
		{"UTF-32", "", "\xff\xfe\x00\x00i\x00\x00\x00", "m.csv:1:1: the file is UTF-32, which is not supported"},
		{"UTF-32, big endian", "", "\x00\x00\xfe\xff\x00\x00\x00i", "m.csv:1:1: the file is UTF-32"},
		{"UTF-32 without a mark", "", "i\x00\x00\x00d\x00\x00\x00", "m.csv:1:1: the file is UTF-32"},
		{"a NUL", "", "id,name\n17,a\x00b\n", "m.csv:2:5: a NUL character"},
		{"UTF-16, cut off", "", "\xff\xfe" + le[:len(le)-1],
			"m.csv:2:9: the text ends within a character of UTF-16LE (export the file again)"},
		{"UTF-16, half a character", "", "\xff\xfe" + encoded(t, "utf-16le", "id,name\n17,a") + "\x00\xd8" + le[2:],
			"m.csv:2:5: half a character of UTF-16LE: a surrogate without its other half (export the file again"},
		{"UTF-16, the wrong half", "", "\xfe\xff" + encoded(t, "utf-16be", "id,name\n17,a") + "\xdc\x00\n",
			"m.csv:2:5: half a character of UTF-16BE"},
		{"UTF-16, half a character at the end", "", "\xff\xfe" + le + "\x00\xd8", "m.csv:3:1: half a character"},
		{"UTF-8 as something else", "windows-1252", text,
			"m.csv:1:1: the file is UTF-8, not windows-1252 (leave out --encoding)"},
		{"Chinese in UTF-8 as something else", "gb18030", "id,name\n17,晨光\n",
			"m.csv:1:1: the file is UTF-8, not gb18030 (leave out --encoding)"},
		{"a byte without a meaning", "windows-1252", "id,name\n17,a\x81b\n",
			"m.csv:2:5: the byte 0x81 is not windows-1252 (macintosh: aÅb; "},
		{"a control character", "iso-8859-2", "id,name\n17,\x93a\x94\n",
			"m.csv:2:4: the byte 0x93 is not iso-8859-2 (windows-1252: “a”; "},
		{"half a character of two bytes", "shift_jis", "id,name\n17,\x92\n",
			"m.csv:2:4: the byte 0x92 is not shift_jis ("},
		{"half of it at the end", "gb18030", "id,name\n17,\xb3", "m.csv:2:4: the byte 0xB3 is not gb18030 ("},
		{"UTF-8 as an encoding of two bytes", "shift_jis", "id,name\n17,Grö\xc3\x9fe\n",
			"m.csv:1:1: the file is UTF-8, not shift_jis"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows, _, problems := read(t, Options{Encoding: c.given}, file{"m.csv", c.text})
			if len(problems) == 0 {
				t.Fatalf("read as %s", lines1(rows))
			}
			wantProblems(t, problems[:1], c.want)
		})
	}
}

// Bytes that are not UTF-8 are an error that shows the cell in each encoding that fits.
func TestCandidates(t *testing.T) {
	for _, c := range []struct{ label, name, want string }{
		{"windows-1252", "Größe", "windows-1252: Größe; macintosh: Grˆﬂe; name"},
		{"windows-1252", "Grüße", "windows-1252: Grüße; macintosh: Gr¸ﬂe; name"},
		{"windows-1252", "Müller, Jürgen", "windows-1252: Müller, Jürgen; "},
		{"windows-1252", "“Été” à l’île", "windows-1252: “Été” à l’île; "},
		{"macintosh", "Été à Paris", "macintosh: Été à Paris; "},
		{"windows-1250", "Žluťoučký kůň", "windows-1250: Žluťoučký kůň; "},
		{"windows-1251", "Утро в лесу", "windows-1251: Утро в лесу"},
		{"koi8-r", "Утро в лесу", "koi8-r: Утро в лесу"},
		{"shift_jis", "ポップ|朝の光", "shift_jis: ポップ|朝の光; "},
		{"gb18030", "早晨的阳光", "gb18030: 早晨的阳光; "},
		{"big5", "早晨的陽光", "big5: 早晨的陽光"},
		{"euc-jp", "朝の光", "euc-jp: 朝の光"},
		{"euc-kr", "아침 햇살", "euc-kr: 아침 햇살"},
		{"windows-1253", "Πρωινό φως", "windows-1253: Πρωινό φως"},
		{"windows-1255", "אור בוקר", "windows-1255: אור בוקר"},
		{"windows-1256", "ضوء الصباح", "windows-1256: ضوء الصباح"},
		{"windows-874", "แสงเช้า", "windows-874: แสงเช้า"},
	} {
		text := "id,volume,name\n16,1,x\n17,5,\"" + c.name + "\"\n18,6,y\n"
		_, _, problems := read(t, Options{}, file{"m.csv", encoded(t, c.label, text)})
		if len(problems) != 1 {
			t.Fatalf("%s: %v", c.label, problems)
		}
		p := problems[0]
		if !strings.HasPrefix(p.Error(), "m.csv:3:") || !strings.Contains(p.Message, "is not UTF-8") ||
			!strings.HasPrefix(p.Hint, c.want) && !strings.Contains(p.Hint, "; "+c.want) {
			t.Errorf("%s in %s: %v", c.name, c.label, problems)
		}
		if names := strings.Count(problems[0].Hint, "; ") - 1; names > maxCandidates {
			t.Errorf("%s: %d encodings are named: %s", c.label, names, problems[0].Hint)
		}
	}
}

// The message does not depend on where reads end, and what it shows is cut.
func TestCandidatesAcrossReads(t *testing.T) {
	for _, text := range []string{
		"id,name\n17,Gr\xf6\xdfe\n", "id,name\n17,Gr\xf6\xdfe\n" + strings.Repeat("18,\xfcber\n", 20_000),
		"id,name\n17," + strings.Repeat("x", 70_000) + "\xf6\n",
		"id,name\n17,\xf6" + strings.Repeat("x", 70_000) + "\n",
		strings.Repeat("17,abc\n", 20_000) + "\xf6", "\xf6",
	} {
		var first string
		for i, wrap := range []func(r *strings.Reader) error{
			func(r *strings.Reader) error { return drain(newEncodedText(r, encoding{name: utf8Name}, show)) },
			func(r *strings.Reader) error {
				return drain(newEncodedText(iotest.HalfReader(r), encoding{name: utf8Name}, show))
			},
			func(r *strings.Reader) error {
				return drain(newEncodedText(iotest.OneByteReader(r), encoding{name: utf8Name}, show))
			},
		} {
			bad, ok := wrap(strings.NewReader(text)).(*undecodable)
			if !ok {
				t.Fatalf("%.20q: no error", text)
			}
			if i == 0 {
				first = bad.hint
			}
			if bad.hint != first || len(bad.hint) > 1500 || !strings.Contains(bad.hint, "windows-1252") {
				t.Errorf("%.20q: %s\nand before %s", text, bad.hint, first)
			}
		}
	}
}

func drain(t *encodedText) error {
	for {
		if _, err := t.next(nil); err != nil {
			return err
		}
	}
}

// One line in another encoding does not make the file one in that encoding.
func TestMixedEncodings(t *testing.T) {
	_, _, problems := read(t, Options{}, file{"m.csv", "id,name\n17,Größe\n18,Gr\xf6\xdfe\n19,Größe\n"})
	wantProblems(t, problems, "m.csv:3:6: the byte 0xF6 is not UTF-8 (windows-1252: Größe; macintosh: Grˆﬂe; lines "+
		"before this one have characters of UTF-8: correct this one, or name the encoding with --encoding if the whole "+
		"file is in it; the rest of the file was not checked)")
}

// The message never has the key.
func TestCandidatesHideTheKey(t *testing.T) {
	const key = "write_0123456789"
	_, _, problems := read(t, Options{Secret: key}, file{"m.csv", "id,name\n17,\xf6 " + key + "\n"})
	if len(problems) != 1 || strings.Contains(problems.Error(), key[:12]) {
		t.Error(problems)
	}
}

func TestParseEncoding(t *testing.T) {
	for label, want := range map[string]string{
		"": "", "UTF-8": utf8Name, "utf8": utf8Name, "unicode": utf16LEName, "utf-16": utf16LEName,
		"UTF-16BE": utf16BEName, "latin1": "windows-1252", "ISO-8859-1": "windows-1252", " cp1252 ": "windows-1252", "sjis": "shift_jis",
		"mac": "macintosh", "gb2312": "gbk", "iso-2022-jp": "iso-2022-jp",
	} {
		if got, err := ParseEncoding(label); got != want || err != nil {
			t.Errorf("%q: %q, %v", label, got, err)
		}
	}
	for label, want := range map[string]string{
		"windows-152": `"windows-152" is not a known encoding: did you mean windows-1252?`,
		"cp932":       "did you mean shift_jis?", "latin-1": "did you mean latin1?", "utf-8-sig": "did you mean utf-8?",
		"klingon": "use utf-8, utf-16le, windows-1252, macintosh", strings.Repeat("x", 1000): "use utf-8",
		"hz-gb-2312":     "is not an encoding of text: save the file as UTF-8",
		"x-user-defined": "is not an encoding of text",
	} {
		_, err := ParseEncoding(label)
		if err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 300 {
			t.Errorf("%q: %v", label, err)
		}
		if (Options{Encoding: label}).check() == nil {
			t.Errorf("%q is accepted", label)
		}
	}
	for _, l := range labels {
		if _, err := ParseEncoding(l); err != nil {
			t.Error(err)
		}
	}
}

// FuzzDecoders decodes any bytes in every encoding. What is decoded is UTF-8, does not
// depend on where reads end, and becomes the same bytes again in encodings that have one
// way to write each character.
func FuzzDecoders(f *testing.F) {
	for _, s := range samples {
		f.Add([]byte(encoded(f, s.label, "17,"+s.name+"\n")), uint8(3))
	}
	f.Add([]byte("\x84\x31\xa4\x37\xff\x80\x81"), uint8(1))
	f.Fuzz(func(t *testing.T, b []byte, cut uint8) {
		for _, name := range []string{utf8Name, utf16LEName, utf16BEName, "windows-1252", "windows-1253", "shift_jis",
			"euc-jp", "iso-2022-jp", "gb18030", "big5", "euc-kr"} {
			whole, n, bad := newDecoder(name).decode(nil, b, true)
			if !utf8.Valid(whole) || n+bad > len(b) || bad == 0 && n < len(b) {
				t.Fatalf("%s: %q, %d and %d of %q", name, whole, n, bad, b)
			}
			d, at := newDecoder(name), 0
			var parts []byte
			for end := 0; end < len(b); {
				end = min(len(b), end+1+int(cut))
				var read, broken int
				parts, read, broken = d.decode(parts, b[at:end], end == len(b))
				if at += read; broken > 0 {
					break
				}
			}
			if !bytes.Equal(parts, whole) || at != n {
				t.Fatalf("%s: %q in parts of %d: %q, as a whole %q", name, b, cut, parts, whole)
			}
			if slices.Contains([]string{utf16LEName, utf16BEName, "windows-1252", "windows-1253"}, name) &&
				encoded(t, name, string(whole)) != string(b[:n]) {
				t.Fatalf("%s: %q became %q", name, b[:n], whole)
			}
		}
		for at := range b {
			for _, r := range decodings(b, at, utf8Name) {
				if !utf8.ValidString(r.cell) || strings.ContainsRune(r.cell, utf8.RuneError) && r.name != "gb18030" {
					t.Fatalf("%+v", r)
				}
			}
		}
	})
}

// BenchmarkEncodings decodes a megabyte of names.
func BenchmarkEncodings(b *testing.B) {
	for _, s := range samples {
		name, _ := ParseEncoding(s.label)
		text := encoded(b, s.label, strings.Repeat("17,"+s.name+",55,3,https://media.example.com/audio/track.mp3\n", 15_000))
		b.Run(s.label, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				t := newEncodedText(strings.NewReader(text), encoding{name: name}, nil)
				out, err := []byte(nil), error(nil)
				for err == nil {
					out, err = t.next(out[:0])
				}
				if err != io.EOF {
					b.Fatal(err)
				}
			}
		})
	}
}
