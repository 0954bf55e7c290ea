package run

import (
	"io"
	"os"
	"testing"

	"tracksync/input"
)

// A manifest that could be read only once is copied into the run directory, under a
// unique name.
func TestInputCopies(t *testing.T) {
	t.Chdir(t.TempDir())
	var c InputCopies
	sources := []input.Source{
		{Name: "-", Format: input.CSV}, {Name: "/a/pipe", Format: input.YAML, Layout: input.Layout{Gzip: true}},
		{Name: "/b/pipe", Format: input.YAML}, {Name: "/c/file.csv", Format: input.CSV},
	}
	for _, s := range sources[:3] {
		f := c.Create(s.Name)
		defer f.Close()
		if _, err := io.WriteString(f, "of "+s.Name); err != nil {
			t.Fatal(err)
		}
	}
	d := Dir{Path: t.TempDir()}
	staged, err := c.Stage(d, sources)
	if err != nil || len(staged) != 3 {
		t.Fatalf("%d copies, %v", len(staged), err)
	}
	for _, s := range staged {
		if err := s.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"stdin-input.csv", "2-pipe-input.yaml.gz", "3-pipe-input.yaml"}
	records := c.Records(sources)
	for i, name := range want {
		if records[i].Path != name {
			t.Errorf("recorded as %s, want %s", records[i].Path, name)
		}
		if !isCopy(name) || isCopy("my-"+name) || isCopy(name+".old") {
			t.Errorf("%s is taken for another file", name)
		}
		if b, err := os.ReadFile(d.File(name)); err != nil || string(b) != "of "+sources[i].Name {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
}
