package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport says which packages of this module each package may import: imports
// point down. Tests may import what they need.
var mayImport = map[string][]string{
	".": {"internal/cli"},
	"internal/cli": {"input", "internal/api", "internal/defect", "internal/run", "internal/safe",
		"internal/sandbox", "internal/terminal", "internal/track", "report", "report/journal", "sync", "sync/current",
		"sync/pace", "sync/plan"},
	"internal/run": {"input", "internal/defect", "internal/safe", "internal/track", "report", "report/journal",
		"sync", "sync/current", "sync/pace", "sync/plan"},
	"sync": {"internal/api", "internal/defect", "internal/track", "sync/current", "sync/pace",
		"sync/plan"},
	"sync/pace":         {},
	"sync/plan":         {"internal/track"},
	"sync/current":      {"internal/track"},
	"input":             {"internal/defect", "internal/safe", "internal/track"},
	"report":            {"internal/safe", "internal/track"},
	"report/journal":    {"internal/defect", "internal/safe", "internal/track"},
	"internal/api":      {"internal/safe", "internal/track"},
	"internal/sandbox":  {},
	"internal/safe":     {"internal/defect"},
	"internal/track":    {},
	"internal/defect":   {},
	"internal/terminal": {"internal/defect", "internal/safe", "internal/track", "report", "sync", "sync/pace"},
	"internal/chaos":    {},
	"internal/testkit":  {},
}

func TestImportsPointDown(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() && d.Name() == "testdata" {
			return filepath.SkipDir // programs of other modules, for comparison
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir := filepath.ToSlash(filepath.Dir(path))
		seen[dir] = true
		allowed, known := mayImport[dir]
		if !known {
			t.Errorf("%s: say in mayImport what package %s may import", path, dir)
		}
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			first, _, _ := strings.Cut(name, "/")
			inner, ours := strings.CutPrefix(name, "tracksync/")
			switch {
			case ours && !slices.Contains(allowed, inner):
				t.Errorf("%s imports %s", path, name)
			case dir == "internal/track" && strings.Contains(first, "."):
				t.Errorf("%s imports %s: the leaf is for the standard library alone", path, name)
			case dir == "internal/run" && strings.Contains(first, "."):
				t.Errorf("%s imports %s: a run knows no flag, no terminal and no log", path, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir := range mayImport {
		if !seen[dir] {
			t.Errorf("there is no package %s any more", dir)
		}
	}
}
