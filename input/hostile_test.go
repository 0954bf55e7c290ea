package input

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
)

// endless is a file that begins with a head and then repeats a unit forever.
type endless struct {
	head, unit string
	read       int64  // how far it was read
	notice     func() // called when a megabyte was read; may be nil
}

func (e *endless) ReadAt(p []byte, off int64) (int, error) {
	for i := range p {
		at := off + int64(i)
		if at < int64(len(e.head)) {
			p[i] = e.head[at]
		} else {
			p[i] = e.unit[(at-int64(len(e.head)))%int64(len(e.unit))]
		}
	}
	if e.read = max(e.read, off+int64(len(p))); e.read > 1<<20 && e.notice != nil {
		e.notice()
	}
	return len(p), nil
}

func (e *endless) open(f Format) *Manifest {
	m := &Manifest{rules: newRules(Options{})}
	m.sources = []*source{{name: "m", file: newVerifiedFile(e), format: f}}
	return m
}

// An endless manifest is refused soon, whichever part of it does not end.
func TestEndlessManifests(t *testing.T) {
	tests := []struct {
		name       string
		format     Format
		head, unit string
		message    string
	}{
		{"a CSV row", CSV, "id,name\n1,", "a", "m:2:1: more than 1048576 bytes without the end of a row"},
		{"a CSV row of empty cells", CSV, "id,volume\n1", ",",
			"m:2:1: more than 1048576 bytes without the end of a row"},
		{"a CSV row of quotation marks", CSV, "id,name\n1,", `"`,
			"m:2:1: more than 1048576 bytes without the end of a row"},
		{"a CSV cell of many lines", CSV, "id,name\n1,\"", "a\n",
			"m:2:3: the quotation mark that opens here is never closed"},
		{"a CSV header", CSV, "id,", "volume,", "m:1:1: a header of more than 131072 bytes"},
		{"a CSV header without names", CSV, "id", ",", "m:1:1: a header of more than 131072 bytes"},
		{"a CSV header in quotation marks", CSV, "id,\"", "a\n",
			"m:1:4: the quotation mark that opens here is never closed"},
		{"a JSON string", JSON, `[{"id":1,"name":"`, "a", "m:1:2: an entry of more than 262144 bytes begins here"},
		{"a JSON number", JSON, `[{"id":`, "9", "m:1:2: an entry of more than 262144 bytes begins here"},
		{"JSON keys", JSON, `[{"id":1`, `,"a":1`, "m:1:2: an entry of more than 262144 bytes begins here"},
		{"JSON lists", JSON, "", "[", "m:1:33: more than 32 brackets within each other"},
		{"JSON objects", JSON, `[{"id":1,"name":`, `{"a":`, "more than 32 brackets within each other"},
		{"a JSON line", JSONL, `{"id":1,"name":"`, "a", "m:1:1: a line of more than 1048576 bytes"},
		{"a YAML line", YAML, "- id: 1\n  name: \"", "a", "a line of more than 1048576 bytes"},
		{"a YAML string of many lines", YAML, "- id: 1\n  name: \"", "a\n",
			"m:1:1: an entry of more than 262144 bytes begins here"},
		{"YAML keys", YAML, "- id: 1\n", "  a: 1\n", "m:1:1: an entry of more than 262144 bytes begins here"},
		{"YAML in flow style", YAML, "[", "{id: 1},\n",
			"m:1:1: more than 1048576 bytes of YAML that can only be read as a whole"},
		{"YAML that is a mapping", YAML, "", "a: 1\n",
			"m:1:1: more than 1048576 bytes of YAML that can only be read as a whole"},
		{"a YAML key before the list", YAML, "a: |\n", "  a\n",
			"m:1:1: more than 1048576 bytes of YAML that can only be read as a whole"},
		{"a YAML key behind the list", YAML, "tracks:\n- id: 1\na: |\n", "  a\n",
			"m:3:1: more than 1048576 bytes of YAML that can only be read as a whole"},
		{"a YAML comment of blanks", YAML, "- id: 1\n", strings.Repeat(" ", 1000) + "\n",
			"m:1:1: an entry of more than 262144 bytes begins here"},
		{"NULs in CSV", CSV, "id\n", "\x00", "m:2:1: a NUL character"},
		{"NULs in JSON", JSON, "", "\x00", "m: the file consists of zeros"},
		{"NULs in JSON Lines", JSONL, "", "\x00", "m: the file consists of zeros"},
		{"NULs in YAML", YAML, "", "\x00", "m: the file consists of zeros"},
		{"bytes that are no text", CSV, "id,name\n1,", "\xff", "m:2:3: the byte 0xFF is not UTF-8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := &endless{head: tt.head, unit: tt.unit}
			_, err := e.open(tt.format).Check(context.Background())
			var problems Problems
			if !errors.As(err, &problems) || !strings.Contains(inLines(problems[0].Error()), tt.message) {
				t.Errorf("%v, want %q", err, tt.message)
			}
			if e.read > 2<<20 {
				t.Errorf("%d bytes were read", e.read)
			}
		})
	}
}

// Deep nesting is refused before the parser recurses into it.
func TestDeepYAML(t *testing.T) {
	for name, text := range map[string]string{
		"lists":            strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000),
		"mappings":         "- id: 1\n  name: " + strings.Repeat("{a: ", 50_000),
		"lists in a line":  strings.Repeat("- ", 50_000) + "1",
		"keys in a line":   strings.Repeat("? ", 50_000) + "1",
		"lists by columns": stairs("- \n", 300),
		"keys by columns":  stairs("a:\n", 300),
	} {
		t.Run(name, func(t *testing.T) {
			_, _, problems := read(t, Options{}, file{"m.yaml", text})
			if len(problems) == 0 || !strings.Contains(problems[0].Message,
				"more than 32 lists and mappings within each other") {
				t.Errorf("%v", problems)
			}
		})
	}
}

// stairs repeats a line n times, each time indented more.
func stairs(line string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + line)
	}
	return b.String()
}

// A reader that reads on and on without finding a row stops when its context ends.
func TestInterruptedReading(t *testing.T) {
	for name, tt := range map[string]struct {
		format     Format
		head, unit string
	}{
		"blank lines before a header": {CSV, "", "\n"},
		"separators before a header":  {CSV, "", ",;\n"},
		"rows of empty cells":         {CSV, "id,name\n", "," + strings.Repeat(" ", 200) + "\n"},
		"blanks in JSON":              {JSON, "[", " "},
		"blank lines in JSON Lines":   {JSONL, "", "\n"},
		"blank lines in YAML":         {YAML, "", "\n"},
		"a comment in an entry":       {YAML, "- id: 1\n", "# a\n"},
		"a comment behind tracks":     {YAML, "tracks:\n", "# a\n"},
		"a comment behind a key":      {YAML, "a: 1\n", "# a\n"},
		"a comment in flow style":     {YAML, "[\n", "# a\n"},
		"a key that means nothing":    {JSON, `{"#a":"`, "a"},
		"a list that means nothing":   {JSON, `{"#a":[`, "1,"},
		"an object of no meaning":     {JSON, `{"#a":{`, `"a":"b",`},
		"empty documents in YAML":     {YAML, "", "---\n"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			e := &endless{head: tt.head, unit: tt.unit, notice: cancel}
			if _, err := e.open(tt.format).Check(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("%v", err)
			}
			if e.read > 2<<20 {
				t.Errorf("%d bytes were read", e.read)
			}
		})
	}
}

// The copy of a standard input that never ends is bounded.
func TestEndlessInput(t *testing.T) {
	var kept bytes.Buffer
	err := copyAtMost(&kept, io.NewSectionReader(&endless{unit: "x"}, 0, 1<<40), 100_000)
	if !errors.Is(err, errEndless) || kept.Len() != 100_001 {
		t.Errorf("%v after %d bytes", err, kept.Len())
	}
	kept.Reset()
	if err := copyAtMost(&kept, strings.NewReader("id\n17\n"), 6); err != nil || kept.Len() != 6 {
		t.Errorf("%v after %d bytes", err, kept.Len())
	}
}

// If standard input cannot be copied, the message does not say that the manifest is
// missing.
func TestNoPlaceToKeep(t *testing.T) {
	for _, err := range []error{fs.ErrNotExist,
		&fs.PathError{Op: "write", Path: "x", Err: errors.New("no space left on device")}} {
		spool := func(string) Copy { return fullCopy{err: err} }
		_, got := Open(context.Background(), []string{"-"}, strings.NewReader("id\n17\n"), spool, Options{})
		if got == nil || !strings.Contains(got.Error(),
			"the input could not be copied: "+err.Error()+" (make room for it") {
			t.Errorf("%v: %v", err, got)
		}
	}
}

// Positions in a row of several lines are right in whatever order they are computed.
func TestPlacesAcrossLines(t *testing.T) {
	_, _, problems := read(t, Options{}, file{"m.csv", "volume,name,#,id,media_url\nx,\"a\nb\",\"\n\n\",y,z\n"})
	wantProblems(t, problems, "m.csv:2:1: ", "m.csv:5:3: ", "m.csv:5:5: ")
}
