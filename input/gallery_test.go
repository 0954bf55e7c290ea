package input

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tracksync/internal/testkit"
)

const gallery = "../testdata/gallery/files"

// The files of the gallery were written by the programs that people use. Each has a golden
// file with what is read from it.
func TestGallery(t *testing.T) {
	for _, name := range galleryFiles(t) {
		t.Run(name, func(t *testing.T) {
			testkit.Golden(t, filepath.Join(gallery, name+".golden"), describeFile(t, gallery, name, Options{}))
		})
	}
}

// galleryFiles lists the files, without what belongs to them.
func galleryFiles(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(gallery)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); ext != ".golden" && ext != ".options" {
			names = append(names, e.Name())
		}
	}
	if len(names) < 60 {
		t.Fatalf("only %d files were found", len(names))
	}
	return names
}

// saidOptions are the Options of a file, and how its .options say them.
type saidOptions struct {
	Options
	said string
}

// describeFile says what is read from a file, once for each of its options, or with the
// usual ones.
func describeFile(t *testing.T, dir, name string, usual Options) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for _, opts := range optionsOf(t, dir, name, usual) {
		if opts.said != "" {
			fmt.Fprintf(&b, "== %s\n", opts.said)
		}
		b.Write(describe(t, opts.Options, file{name, string(data)}))
	}
	return b.Bytes()
}

// optionsOf reads the options of a file: a list with one or more Options in JSON.
func optionsOf(t *testing.T, dir, name string, usual Options) []saidOptions {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name+".options"))
	if err != nil {
		return []saidOptions{{Options: usual}}
	}
	var said []json.RawMessage
	if err := json.Unmarshal(data, &said); err != nil {
		t.Fatal(err)
	}
	var list []saidOptions
	for _, s := range said {
		opts := saidOptions{said: string(s)}
		d := json.NewDecoder(bytes.NewReader(s))
		d.DisallowUnknownFields()
		if err := d.Decode(&opts.Options); err != nil {
			t.Fatalf("%s.options: %v", name, err)
		}
		list = append(list, opts)
	}
	return list
}

// No golden file or list of options is left of a file that is gone.
func TestGalleryIsWhole(t *testing.T) {
	names := galleryFiles(t)
	entries, err := os.ReadDir(gallery)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		of, belongs := strings.CutSuffix(strings.TrimSuffix(e.Name(), ".golden"), ".options")
		if belongs = belongs || of != e.Name(); belongs && !slices.Contains(names, of) {
			t.Errorf("%s belongs to no file", e.Name())
		}
	}
}
