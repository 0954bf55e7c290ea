package input

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tracksync/internal/testkit"
)

const manifests = "../testdata/manifests"

// Every numbered manifest has a golden file with the rows that are read from it, or the
// reason why it is refused.
func TestGolden(t *testing.T) {
	numbered := regexp.MustCompile(`^\d{3}-`)
	entries, err := os.ReadDir(manifests)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, e := range entries {
		ext := filepath.Ext(e.Name())
		if !numbered.MatchString(e.Name()) && e.Name() != "broken.csv" || ext == ".golden" || ext == ".options" {
			continue
		}
		seen++
		t.Run(e.Name(), func(t *testing.T) {
			testkit.Golden(t, filepath.Join(manifests, e.Name()+".golden"), describeFile(t, manifests, e.Name(), Options{AllowEmpty: true}))
		})
	}
	if seen < 10 {
		t.Errorf("only %d manifests were found", seen)
	}
}

func describe(t *testing.T, opts Options, f file) []byte {
	var b bytes.Buffer
	m := openFiles(opts, f)
	summary, err := m.Check(context.Background())
	var problems Problems
	if errors.As(err, &problems) {
		fmt.Fprintf(&b, "refused: %s\n", plural(len(problems), "problem"))
		fmt.Fprintln(&b, problems.Error())
		return b.Bytes()
	}
	if err != nil {
		t.Fatal(err)
	}
	src := summary.Sources[0]
	fmt.Fprintf(&b, "%s, %s", src.Format, plural(summary.Rows, "row"))
	if src.Delimiter != 0 {
		fmt.Fprintf(&b, ", delimiter %q, header %q", src.Delimiter, namesOf(src.Columns))
	}
	b.WriteByte('\n')
	for _, row := range writtenOf(t, m) {
		fmt.Fprintf(&b, "%s\n    %q\n", says(row.Row), cellsOf(row))
	}
	for _, w := range summary.Warnings {
		fmt.Fprintf(&b, "warning: %s\n", w)
	}
	return b.Bytes()
}

func namesOf(columns []Column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}

// The manifests of the quick start have the same rows in every format.
func TestExamplesAgree(t *testing.T) {
	var first string
	for _, name := range []string{"tracks.csv", "tracks.yaml", "tracks.json", "tracks.jsonl"} {
		m, err := Open(context.Background(), []string{filepath.Join(manifests, name)}, nil, nil, Options{})
		if err != nil {
			t.Fatal(err)
		}
		summary, err := m.Check(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, row := range rowsOf(t, m) {
			fmt.Fprintf(&b, "%d %+v\n", row.Number, row.Update)
		}
		if first == "" {
			first = b.String()
		}
		if b.String() != first || summary.Rows != 10 || summary.ProjectNull != 2 {
			t.Errorf("%s:\n%s\nthe first one:\n%s", name, b.String(), first)
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
}

// broken.csv has ten mistakes and gets ten messages.
func TestTenMistakes(t *testing.T) {
	for _, name := range []string{"broken.csv", "009-ten-mistakes.yaml"} {
		data, err := os.ReadFile(filepath.Join(manifests, name))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, problems := read(t, Options{}, file{name, string(data)}); len(problems) != 10 {
			t.Errorf("%s: %d problems\n%s", name, len(problems), problems)
		}
	}
}
