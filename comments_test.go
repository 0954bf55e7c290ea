package main

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// namedFile finds the names of Go files in a package comment, and listedFile those that
// begin a line of a table.
var (
	namedFile  = regexp.MustCompile(`[\w/*]+\.go\b`)
	listedFile = regexp.MustCompile(`(?m)^\t(\w+\.go) `)
	platform   = regexp.MustCompile(`_(unix|windows|linux|other)\.go$`)
)

// Files that package comments name exist: in the package, or from the top of the
// repository.
func TestFilesInPackageComments(t *testing.T) {
	eachFile(t, func(dir, path string, file *ast.File) {
		for _, name := range namedFile.FindAllString(file.Doc.Text(), -1) {
			at := name
			if !strings.Contains(name, "/") {
				at = filepath.Join(dir, name)
			}
			if _, err := os.Stat(at); err != nil {
				t.Errorf("%s names %s, which does not exist", path, name)
			}
		}
	})
}

// A package comment that begins a list "The files:" has all of them.
func TestListsOfFilesAreComplete(t *testing.T) {
	lists := 0
	eachFile(t, func(dir, path string, file *ast.File) {
		text := file.Doc.Text()
		if !strings.Contains(text, "\nThe files:\n") {
			return
		}
		lists++
		var listed []string
		for _, m := range listedFile.FindAllStringSubmatch(text, -1) {
			listed = append(listed, m[1])
		}
		names, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			name = filepath.Base(name)
			if strings.HasSuffix(name, "_test.go") || platform.MatchString(name) || name == "doc.go" {
				continue
			}
			if !slices.Contains(listed, name) {
				t.Errorf("%s: the list of files lacks %s", path, name)
			}
		}
	})
	if lists == 0 {
		t.Error("no package comment lists its files")
	}
}
