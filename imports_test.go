package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport lists the packages of this module that each package imports: imports point
// down. Tests may import what they need.
var mayImport = map[string][]string{
	".": {"internal/cli", "internal/terminal"},
	"internal/cli": {
		"input", "internal/alarm", "internal/api", "internal/defect", "internal/display", "internal/flags",
		"internal/marking", "internal/planning", "internal/run", "internal/runs", "internal/safe", "internal/sandbox", "internal/stopping",
		"internal/terminal", "internal/track", "internal/version", "internal/webhook", "report", "report/markup", "report/page",
		"sync", "sync/current", "sync/pace",
	},
	"internal/run": {
		"input", "internal/defect", "internal/marking", "internal/safe", "internal/track", "report", "report/journal",
		"report/page", "sync", "sync/current", "sync/pace", "sync/plan",
	},
	"internal/runs":     {"internal/run", "internal/safe", "internal/track", "report", "report/journal", "sync"},
	"internal/planning": {"input", "internal/safe", "internal/track", "report", "sync", "sync/current", "sync/plan"},
	"internal/terminal": {"internal/defect", "internal/display", "internal/safe", "internal/track", "sync/pace"},

	"sync": {"internal/alarm", "internal/api", "internal/defect", "internal/track", "sync/current", "sync/pace",
		"sync/plan"},
	"sync/current": {"internal/track"},
	"sync/plan":    {"internal/safe", "internal/track"},
	"sync/pace":    {},

	"input":            {"input/workbook", "internal/defect", "internal/safe", "internal/track"},
	"input/workbook":   {},
	"report":           {"internal/display", "internal/safe", "internal/track"},
	"report/markup":    {"internal/track"},
	"report/page":      {"internal/display", "internal/safe", "internal/track", "report"},
	"report/journal":   {"internal/defect", "internal/safe", "internal/track"},
	"internal/api":     {"internal/safe", "internal/track"},
	"internal/webhook": {"internal/api", "internal/safe"},
	"internal/marking": {"input", "internal/track", "report", "report/markup"},

	// The leaves.
	"internal/safe":     {"internal/defect"},
	"internal/alarm":    {},
	"internal/track":    {},
	"internal/defect":   {},
	"internal/display":  {},
	"internal/stopping": {"internal/defect"},
	"internal/flags":    {},
	"internal/version":  {},
	"internal/sandbox":  {},

	// Only for packages that are built.
	"internal/manual": {"internal/cli"},

	// Only for tests.
	"internal/chaos":   {},
	"internal/testkit": {},
}

// onlyIn lists the packages that may import something that would tie others to the
// network, the disk, the command line or a file format. A library's path stands for
// the packages below it too.
var onlyIn = map[string][]string{
	"net":      {"internal/api", "internal/cli", "internal/sandbox", "internal/webhook"},
	"net/http": {"internal/api", "internal/cli", "internal/sandbox", "internal/webhook", "sync", "sync/pace"}, // sync: status codes
	"os": {".", "input", "internal/alarm", "internal/api", "internal/cli", "internal/run", "internal/runs",
		"internal/manual", "internal/safe", "internal/stopping", "internal/terminal",
		"internal/testkit",
		"report/journal"},
	"flag":    {"internal/testkit"},
	"testing": {"internal/testkit"},

	"encoding/csv":              {"input"},
	"encoding/xml":              {"input", "input/workbook", "report", "report/markup"},
	"go.yaml.in/yaml":           {"input"},
	"github.com/gocarina/gocsv": {"input", "report"},
	"github.com/xuri/nfp":       {"input/workbook"},
	"github.com/xuri/excelize":  {}, // 3 MB of program and 5 ms of each command
	"github.com/rs/zerolog":     {"internal/cli", "internal/terminal"},
	"github.com/spf13":          {"internal/cli", "internal/flags", "internal/manual"},
	"golang.org/x/term":         {"internal/terminal"},
}

// standardOnly are the packages that import no library.
var standardOnly = []string{"internal/defect", "internal/run", "internal/sandbox", "internal/track"}

// noClock are the packages that are told the time by their callers.
var noClock = []string{"input", "internal/display", "internal/track", "report", "sync/current", "sync/pace",
	"sync/plan"}

func TestImportsPointDown(t *testing.T) {
	used := map[string]bool{}
	eachFile(t, func(dir, path string, file *ast.File) {
		allowed, known := mayImport[dir]
		if !known {
			t.Errorf("%s: say in mayImport what package %s may import", path, dir)
		}
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := strings.Cut(name, "/")
			inner, ours := strings.CutPrefix(name, "tracksync/")
			used[dir+" "+inner] = ours
			if ours && !slices.Contains(allowed, inner) {
				t.Errorf("%s imports %s", path, name)
			}
			if strings.Contains(first, ".") && slices.Contains(standardOnly, dir) {
				t.Errorf("%s imports %s: package %s does with the standard library", path, name, dir)
			}
			for what, rooms := range onlyIn {
				inside := strings.Contains(what, ".") && strings.HasPrefix(name, what+"/")
				if (name == what || inside) && !slices.Contains(rooms, dir) {
					t.Errorf("%s imports %s, which belongs to %s", path, name, strings.Join(rooms, ", "))
				}
			}
		}
	})
	for dir, allowed := range mayImport {
		for _, inner := range allowed {
			if !used[dir+" "+inner] {
				t.Errorf("%s no longer imports %s: remove it from mayImport", dir, inner)
			}
		}
	}
}

// The libraries of the tests are in no program: they cost every command time and memory.
func TestLibrariesOfTests(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "\ntracksync/internal/cli\n") {
		t.Fatalf("no list of packages: %.200q", out)
	}
	for name := range strings.Lines(string(out)) {
		for _, library := range []string{"github.com/xuri/excelize", "github.com/getkin/", "github.com/rogpeppe/", "testing"} {
			if strings.HasPrefix(name, library) {
				t.Errorf("the program has %s", name)
			}
		}
	}
}

func TestNoClockInPurePackages(t *testing.T) {
	eachFile(t, func(dir, path string, file *ast.File) {
		if !slices.Contains(noClock, dir) {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			from, ok := call.X.(*ast.Ident)
			if ok && from.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "Sleep"}, call.Sel.Name) {
				t.Errorf("%s: time.%s in a package that is told the time", path, call.Sel.Name)
			}
			return true
		})
	})
}

// Only package safe renames and removes: it waits for programs that have the file open.
func TestRenamedAndRemovedBySafe(t *testing.T) {
	eachFile(t, func(dir, path string, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			called, ok := n.(*ast.SelectorExpr)
			if !ok || dir == "internal/safe" {
				return true
			}
			from, ok := called.X.(*ast.Ident)
			if ok && from.Name == "os" && slices.Contains([]string{"Rename", "Remove", "RemoveAll"}, called.Sel.Name) {
				t.Errorf("%s: os.%s instead of safe.%[2]s", path, called.Sel.Name)
			}
			return true
		})
	})
}

// Each package has one comment that says what it is for.
func TestPackageComments(t *testing.T) {
	comments := map[string][]string{}
	eachFile(t, func(dir, name string, file *ast.File) {
		text := file.Doc.Text()
		if text == "" {
			comments[dir] = append(comments[dir], "")
			return
		}
		comments[dir] = append(comments[dir], name)
		first := "Package " + file.Name.Name + " "
		if file.Name.Name == "main" {
			first = "Command " + path.Base(path.Join("tracksync", dir)) + " "
		}
		if !strings.HasPrefix(text, first) {
			t.Errorf("%s: the package comment begins with %.40q, not %q", name, text, first)
		}
	})
	for dir, files := range comments {
		files = slices.DeleteFunc(files, func(path string) bool { return path == "" })
		if len(files) != 1 {
			t.Errorf("package %s has %d package comments: %s", dir, len(files), strings.Join(files, ", "))
		}
	}
	for dir := range mayImport {
		if comments[dir] == nil {
			t.Errorf("there is no package %s any more", dir)
		}
	}
}

// eachFile parses every Go file of this module that is not a test.
func eachFile(t *testing.T, visit func(dir, path string, file *ast.File)) {
	t.Helper()
	for _, path := range goFiles(t) {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		visit(filepath.ToSlash(filepath.Dir(path)), path, file)
	}
}

// goFiles are the Go files of this module, tests included.
func goFiles(t *testing.T) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "testdata":
			return filepath.SkipDir // programs of other modules, for comparison
		case !d.IsDir() && strings.HasSuffix(path, ".go"):
			paths = append(paths, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}
