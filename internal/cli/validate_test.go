package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// What was understood comes first, then the problems, each on one line where no terminal
// breaks it.
func TestValidate(t *testing.T) {
	good := manifest(t, threeRows)
	got := call{args: []string{"validate", good}}.run(t)
	if got.code != exitOK || !strings.HasPrefix(got.out, good+"\n  format   CSV, UTF-8, commas\n  header   line 1\n") ||
		strings.Contains(got.out, "\n\n") {
		t.Errorf("exit %d, output %q\n%s", got.code, got.out, got.err)
	}
	bad := manifest(t, "id,volume\n1,10\nx,200\n")
	got = call{args: []string{"validate", bad}}.run(t)
	_, problems, _ := strings.Cut(got.out, "\n\n")
	lines := strings.Split(strings.TrimSpace(problems), "\n")
	if got.code != exitUsage || len(lines) != 2 || !strings.HasPrefix(lines[0], bad+":3:1 (A3, id): ") ||
		!strings.HasPrefix(lines[1], bad+":3:3 (B3, volume): ") {
		t.Errorf("exit %d\n%s", got.code, got.out)
	}
	got = call{args: []string{"validate", "--json", "-"}, in: "id,volume\nx,1\n"}.run(t)
	if got.code != exitUsage || !strings.Contains(got.out, `"file": "-",
      "line": 2,
      "column": 1,
      "cell": "A2",
      "header": "id",
      "field": "id",`) {
		t.Errorf("exit %d\n%s", got.code, got.out)
	}
	got = call{args: []string{"validate", bad, filepath.Join(t.TempDir(), "missing.csv")}}.run(t)
	if got.code != exitUsage || !strings.HasSuffix(got.out, "missing.csv: there is no such file\n") ||
		strings.Contains(got.out, "format") {
		t.Errorf("exit %d\n%s", got.code, got.out)
	}
}

// Many problems of one cause are a group. JSON has the place of each.
func TestValidateGroups(t *testing.T) {
	text := "id,volume\n"
	for i := range 1412 {
		text += fmt.Sprintf("%d,%d\n", 100+7*i, 101+i)
	}
	bad := manifest(t, text+"5,forty\n")
	got := call{args: []string{"validate", bad}}.run(t)
	want := "1,412 rows: volume … is more than 100, first at " + bad + ":2:5 (B2, volume)\n" +
		"  --max-volume raises this limit\n" +
		"  " + bad + ":2:5 (B2, volume): volume 101 is more than 100\n" +
		"  " + bad + ":3:5 (B3, volume): volume 102 is more than 100\n" +
		"  " + bad + ":4:5 (B4, volume): volume 103 is more than 100\n" +
		"  and 1,409 more\n\n" +
		bad + `:1414:3 (B1414, volume): "forty" is not a volume (write whole percents, for example 55)` + "\n"
	if _, problems, _ := strings.Cut(got.out, "\n\n"); got.code != exitUsage || problems != want {
		t.Errorf("exit %d\n%s\nwant\n%s", got.code, problems, want)
	}
	var found struct {
		Problems []struct{ Line int }
	}
	got = call{args: []string{"validate", "--json", bad}}.run(t)
	if err := json.Unmarshal([]byte(got.out), &found); err != nil || len(found.Problems) != 1413 ||
		found.Problems[1412].Line != 1414 {
		t.Errorf("%d problems, %v", len(found.Problems), err)
	}
}

// Rows that are left out are problems too.
func TestValidateSkipped(t *testing.T) {
	got := call{args: []string{"validate", "--json", "--on-invalid", "skip", "-"}, in: "id,volume\n17,5\nx,1\n"}.run(t)
	var found struct {
		Usable   bool
		Problems []struct{ Line int }
	}
	if err := json.Unmarshal([]byte(got.out), &found); err != nil || got.code != exitOK || !found.Usable ||
		len(found.Problems) != 1 || found.Problems[0].Line != 3 {
		t.Errorf("exit %d, %+v, %v", got.code, found, err)
	}
	got = call{args: []string{"validate", "--on-invalid", "skip", "-"}, in: "id,volume\n17,5\nx,1\n"}.run(t)
	if got.code != exitOK || !strings.Contains(got.out, "\n\n-:3:1 (A3, id): ") || strings.Contains(got.err, "-:3:1") {
		t.Errorf("exit %d\n%s\n%s", got.code, got.out, got.err)
	}
}

const testManifests = "../../testdata/manifests"

// everyManifest is the manifests of testdata, good and bad.
func everyManifest(t *testing.T) (names []string) {
	t.Helper()
	for _, dir := range []string{testManifests, "../../testdata/gallery"} {
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() && filepath.Ext(path) != ".golden" {
				names = append(names, path)
			}
			return err
		})
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	if len(names) < 20 {
		t.Fatalf("%d manifests", len(names))
	}
	return names
}

// What validate --json prints is what its schema says, whatever the manifest is.
func TestValidateSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../testdata/schemas/validate.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	check := func(args ...string) {
		t.Helper()
		got := call{args: append([]string{"validate", "--json"}, args...), in: "id,volume\n17,x\n"}.run(t)
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(got.out))
		if err == nil {
			err = schema.Validate(doc)
		}
		if err != nil {
			t.Errorf("validate --json %v: %v\n%.2000s", args, err, got.out)
		}
		usable := regexp.MustCompile(`(?m)^  "usable": true`).MatchString(got.out)
		if usable != (got.code == exitOK) {
			t.Errorf("validate --json %v: usable %t, exit %d\n%s", args, usable, got.code, got.err)
		}
	}
	for _, name := range everyManifest(t) {
		check(name)
		check("--on-invalid", "skip", "--ignore-unknown", "--strict", name)
	}
	check("-")
	check("no such file.csv", testManifests)
	check("--only", "5", "--on-duplicate", "last", "-", filepath.Join(testManifests, "tracks.yaml"))
	check("--map", "volume=Level", "-")
	check(manifest(t, "id,name\n"+strings.Repeat("x, \n", 1200)))

	// The schema is no rubber stamp.
	for _, doc := range []string{`{}`, `{"usable":true}`, `[]`} {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(doc))
		if err != nil || schema.Validate(v) == nil {
			t.Errorf("%s passes, %v", doc, err)
		}
	}
}

// What is not plain about how a manifest is read is said before anything is sent.
func TestRemarkableIsSaid(t *testing.T) {
	for _, args := range [][]string{{"plan", "--sandbox"}, {"sync", "--sandbox", "--out", filepath.Join(t.TempDir(), "run")}} {
		got := call{args: append(args, manifest(t, "id,Volume,status,#note\n17,5,x,y\n"))}.run(t)
		if got.code != exitOK || strings.Count(got.err, `column \"status\" is ignored`) != 1 ||
			strings.Contains(got.err, "note") {
			t.Errorf("exit %d\n%s", got.code, got.err)
		}
	}
	if got := (call{args: []string{"plan", "--sandbox", manifest(t, threeRows)}}).run(t); strings.Contains(got.err, "column") {
		t.Error(got.err)
	}
}
