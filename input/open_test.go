package input

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tracksync/internal/safe"
)

func TestOpenReportsAll(t *testing.T) {
	dir := t.TempDir()
	good := filepath.Join(dir, "good.csv")
	if err := os.WriteFile(good, []byte("id\n17\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(dir, "missing.csv")
	_, err := Open(context.Background(), []string{good, missing, dir, "-", "-"}, strings.NewReader(""), nil,
		Options{})
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	wantProblems(t, problems, missing+": there is no such file", dir+": this is a directory (name the manifests in it)",
		"-: this can only be read once", "-: standard input is named twice")
}

func TestOpenOptions(t *testing.T) {
	for name, opts := range map[string]Options{
		"format": {Format: "xml"}, "invalid": {OnInvalid: Last}, "duplicate": {OnDuplicate: Skip}, "limit": {Limit: -1},
		"quotation mark": {Delimiter: '"'}, "letter": {Delimiter: 'x'}, "line break": {Delimiter: '\n'},
	} {
		if _, err := Open(context.Background(), []string{"x"}, nil, nil, opts); err == nil ||
			errors.As(err, new(Problems)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(context.Background(), nil, nil, nil, Options{}); err == nil {
		t.Error("no arguments were taken")
	}
}

func spool(string) Copy { return safe.NewScratch() }

// fullCopy is a Copy that takes nothing.
type fullCopy struct {
	Copy
	err error
}

func (c fullCopy) Write([]byte) (int, error) { return 0, c.err }
func (c fullCopy) Close() error              { return nil }

func TestStandardInput(t *testing.T) {
	m, err := Open(context.Background(), []string{"-"}, strings.NewReader("id,name\n17,a\n"), spool,
		Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Check(context.Background()); err != nil {
		t.Fatal(err)
	}
	rows := rowsOf(t, m)
	if len(rows) != 1 || says(rows[0]) != `1 -:2:1 id=17 name="a"` {
		t.Errorf("%v", rows)
	}
	if err := m.Close(); err != nil {
		t.Error(err)
	}
}

func TestSpoolFails(t *testing.T) {
	full := errors.New("no space left")
	_, err := Open(context.Background(), []string{"-"}, strings.NewReader("id\n"),
		func(string) Copy { return fullCopy{err: full} }, Options{})
	if err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Error(err)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("interrupted"))
	if _, err := Open(ctx, []string{"-"}, strings.NewReader("id\n"), spool, Options{}); err == nil ||
		errors.As(err, new(Problems)) {
		t.Errorf("a cancelled Open says %v", err)
	}
}

func TestFormats(t *testing.T) {
	for name, want := range map[string]Format{
		"a.csv": CSV, "a.CSV": CSV, "a.csv.gz": CSV, "a.tsv": TSV, "a.yml": YAML, "a.yaml.gz": YAML, "a.json": JSON,
		"a.ndjson": JSONL, "a.txt": "", "-": "", "a.gz": "",
	} {
		if got, _ := FormatOfName(withoutGZ(name)); got != want {
			t.Errorf("name %s: %q, want %q", name, got, want)
		}
	}
	for text, want := range map[string]Format{
		"": CSV, "id,name\n": CSV, "#n,id\n": CSV, "- id: 1\n": YAML, "# x\n\ntracks:\n": YAML, "---\n- id: 1": YAML,
		"-\n  id: 1\n": YAML,
		"[1]":          JSON, " \n{\"tracks\": [\n": JSON, `{"tracks":[]}`: JSON, "{\"id\":1}\n{\"id\":2}\n": JSONL,
		`{"id":1}`: JSONL, "{\n\"id\": 1}": JSON, "id\n17\n": CSV,
		"# a, b; c\n# an id\n- id: 17\n": YAML, "# c\n[]\n": YAML, "#note,id\n- x,17\n": CSV, "#note,name,ID\n": CSV,
	} {
		if got := formatOfText([]byte(text)); got != want {
			t.Errorf("content %q: %s, want %s", text, got, want)
		}
	}
}
