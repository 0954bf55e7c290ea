package input

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func packed(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTextRefuses(t *testing.T) {
	z := packed(t, "id,name\n17,a\n")
	const key = "write_0123456789"
	for _, c := range []struct {
		name, text string
		want       string
	}{
		{"UTF-16 without a mark", "i\x00d\x00", "m.csv:1:1: the file looks like UTF-16LE, not UTF-8"},
		{"a NUL character", "id\x00", "m.csv:1:3: a NUL character"},
		{"workbook", "PK\x03\x04xxxx", "m.csv: the workbook is cut off or damaged: the archive: zip: not a valid zip file"},
		{"old workbook", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "m.csv: the file is an old workbook (XLS)"},
		{"gzip cut off", z[:len(z)-9], "m.csv:3:1: the gzip file is cut off or damaged"},
		{"gzip without an end", z[:12], "m.csv:1:1: the gzip file is cut off or damaged"},
		{"gzip with a wrong sum", z[:len(z)-5] + "x" + z[len(z)-4:], "m.csv:3:1: the gzip file is cut off or damaged"},
		{"gzip with something behind", z + "garbage", "m.csv:3:1: the gzip file is cut off or damaged"},
		{"gzip twice", packed(t, z), "m.csv:1:1: the file is packed with gzip twice"},
		{"a character cut off at the end", "id,name\n17,a\xc3", "m.csv:2:5: the byte 0xC3 is not UTF-8"},
		{"the key", "id,name\n17,ä " + key + " b\n", "m.csv:2:6: the API key is here"},
		{"the key in the header", "id," + key + "\n", "m.csv:1:4: the API key is here"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, problems := read(t, Options{Secret: key}, file{"m.csv", c.text})
			wantProblems(t, problems, c.want)
			if strings.Contains(problems.Error(), key) {
				t.Errorf("the key is in the message: %s", problems)
			}
		})
	}
}

func TestTextUnpacks(t *testing.T) {
	rows, summary, problems := read(t, Options{},
		file{"m.csv.gz", packed(t, "\ufeffid,name\n17,ä\n") + packed(t, "18,b\n")})
	if len(problems) > 0 || len(rows) != 2 || !summary.Sources[0].Gzip {
		t.Fatalf("%v %v %+v", rows, problems, summary)
	}
	if got := says(rows[1]); got != `2 m.csv.gz:3:1 id=18 name="b"` {
		t.Error(got)
	}
}

func TestGunzipBound(t *testing.T) {
	g, err := newGunzip(strings.NewReader(packed(t, strings.Repeat("\n", 2*freeExpansion))))
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, g); err != errExpansion || n > freeExpansion+1<<20 {
		t.Errorf("%d bytes, %v", n, err)
	}
}

// The key is found wherever reads and blocks end. No byte after its start is returned.
func TestTextFindsKeyAcrossReads(t *testing.T) {
	const key = "write_0123456789"
	for _, before := range []int{0, 1, 3, 4080, 4096, 65520, 65530, 65536, 131072 - 7} {
		content := strings.Repeat("ä", before/2) + strings.Repeat("x", before%2) + key + "more"
		for name, wrap := range map[string]func(io.Reader) io.Reader{
			"whole": func(r io.Reader) io.Reader { return r }, "halves": iotest.HalfReader,
			"bytes": iotest.OneByteReader,
		} {
			txt, err := newText(bufio.NewReaderSize(wrap(strings.NewReader(content)), 4096), "m", key, "")
			if err != nil {
				t.Fatal(err)
			}
			out, err := io.ReadAll(txt)
			problem, ok := asFileError(err)
			if !ok || problem.Position.Column != before/2+before%2+1 {
				t.Fatalf("%s, %d before: %v", name, before, err)
			}
			// Of a key that spans two reads the beginning may have been returned, but
			// never the whole key.
			if bytes.Contains(out, []byte(key)) || !strings.HasPrefix(content, string(out)) {
				t.Fatalf("%s, %d before: the key was released", name, before)
			}
		}
	}
}

// A key that escapes or quotation marks hide in the file is found in the values.
func TestHiddenKey(t *testing.T) {
	const key = `write_"0123"4567`
	for name, text := range map[string]string{
		"m.csv":   "id,name\n17,\"write_\"\"0123\"\"4567\"\n",
		"m.json":  `[{"id":17,"name":"write\u005f\"0123\"4567"}]`,
		"m.yaml":  `- {id: 17, name: "write\x5f\"0123\"4567"}`,
		"m.jsonl": `{"id":17,"media_url":"write_\"0123\"4567"}`,
	} {
		_, _, problems := read(t, Options{Secret: key, OnInvalid: Skip}, file{name, text})
		if len(problems) != 1 || problems[0].Message != "the API key is here" {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

func TestTextPassesErrorsOn(t *testing.T) {
	broken := errors.New("disk on fire")
	txt, err := newText(bufio.NewReader(io.MultiReader(strings.NewReader("id,name\n17,ä\n"), iotest.ErrReader(broken))),
		"m", "", "")
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(txt)
	problem, ok := asFileError(err)
	if string(out) != "id,name\n17,ä\n" || !ok || problem.Position.Line != 3 || problem.Message != "disk on fire" {
		t.Errorf("%q, %v", out, err)
	}
}

func TestPlace(t *testing.T) {
	for text, want := range map[string]place{
		"":         {line: 1, col: 1},
		"ab":       {line: 1, col: 3},
		"ä😀":       {line: 1, col: 3},
		"a\nb":     {line: 2, col: 2},
		"a\r\nb":   {line: 2, col: 2},
		"a\rb":     {line: 2, col: 2},
		"a\r\r\nb": {line: 3, col: 2},
		"\n\n":     {line: 3, col: 1},
		"\r\n\r\n": {line: 3, col: 1},
		"\u2028\v": {line: 1, col: 3},
	} {
		at, stepped := origin().after([]byte(text)), origin()
		for _, r := range text {
			stepped.advance([]byte(string(r)))
		}
		if at.afterCR = false; at != want {
			t.Errorf("%q: %+v, want %+v", text, at, want)
		}
		if stepped.afterCR = false; stepped != want {
			t.Errorf("%q, step by step: %+v, want %+v", text, stepped, want)
		}
	}
}
