package main

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"tracksync/internal/cli"
)

// Every command, flag and topic of the help stands in the manual.
func TestManualIsComplete(t *testing.T) {
	root := cli.Commands()
	all := pages(root, "tracksync 1.2.3", "2026-11-26")
	for _, cmd := range append(root.Commands(), root) {
		name := "tracksync-" + cmd.Name() + ".1"
		switch {
		case cmd == root || inMainPage[cmd.Name()] != "":
			name = "tracksync.1"
		case cmd.IsAdditionalHelpTopicCommand():
			name = "tracksync-" + cmd.Name() + ".5"
		}
		page := all[name]
		if page == "" {
			t.Errorf("there is no %s", name)
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !strings.Contains(page, `\fB`+escaped("--"+f.Name)+`\fR`) &&
				!strings.Contains(page, `, `+escaped("--"+f.Name)+`\fR`) {
				t.Errorf("%s has no --%s", name, f.Name)
			}
		})
		for _, text := range []string{cmd.Long, cmd.Example} {
			last := strings.TrimSpace(text[strings.LastIndex(text, "\n")+1:])
			if !strings.Contains(page, escaped(last)) {
				t.Errorf("%s does not say %q", name, last)
			}
		}
	}
}

func TestEscaped(t *testing.T) {
	for text, want := range map[string]string{
		"--rate 20/s":     `\-\-rate 20/s`,
		`a\b`:             `a\eb`,
		".txt\n.csv":      `\&.txt` + "\n" + `\&.csv`,
		"'quoted'":        `\(aqquoted\(aq`,
		"Größe ~ ^ `key`": `Größe \(ti \(ha \(gakey\(ga`,
	} {
		if got := escaped(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// The same arguments give the same files, and each can be read.
func TestWrite(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	for _, dir := range []string{one, two} {
		if err := write(dir, "1.2.3", "2026-11-26"); err != nil {
			t.Fatal(err)
		}
	}
	names, err := filepath.Glob(filepath.Join(one, "*", "*"))
	if err != nil || len(names) < 12 {
		t.Fatalf("%v, %v", names, err)
	}
	for _, name := range names {
		a, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		rel, _ := filepath.Rel(one, name)
		if b, err := os.ReadFile(filepath.Join(two, rel)); err != nil || string(a) != string(b) {
			t.Errorf("%s differs: %v", rel, err)
		}
		if filepath.Ext(name) != ".gz" {
			continue
		}
		z, err := gzip.NewReader(strings.NewReader(string(a)))
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(z); err != nil || !strings.HasPrefix(string(text), ".TH ") {
			t.Errorf("%s: %v", rel, err)
		}
	}
}
