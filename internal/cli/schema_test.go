package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tracksync/internal/run"
	"tracksync/internal/sandbox"
	"tracksync/internal/testkit"
	"tracksync/report"
)

func schemaPath(name string) string { return "../../testdata/schemas/" + name + ".schema.json" }

// What commands print as JSON is as its schema says, and has no other keys.
func TestSchemas(t *testing.T) {
	env, _ := serve(t, sandbox.Config{
		Exists: func(id int64) bool { return id != 6 }, IDs: []int64{1, 2, 3, 4, 5}, Fail: map[int64]int{2: 422},
	})
	tracks := manifest(t, "id,name,volume,project_id,media_url\n1,One,10,3,\n2,Two,20,null,\n3,,,,\n4,Four,140,,\n"+
		"5,,50,,\n5,,55,null,https://example.com/5.mp3\n6,Six,,,\n")
	place := t.TempDir()
	out := filepath.Join(place, "run")
	reading := []string{"--on-invalid", "skip", "--on-duplicate", "last", tracks}
	printed := func(args ...string) []byte {
		t.Helper()
		got := call{args: args, env: env}.run(t)
		if got.code != exitOK && got.code != exitRows {
			t.Fatalf("%v: exit %d\n%s", args, got.code, got.err)
		}
		return []byte(got.out)
	}
	summary, result := testkit.Schema(t, schemaPath("summary")), testkit.Schema(t, schemaPath("result"))
	testkit.Fits(t, summary, printed(append([]string{"sync", "--json", "--undo", "--out", out}, reading...)...))
	testkit.Fits(t, summary, printed("report", "--format", "json", out))
	for _, golden := range []string{"101-summary-of-a-run.json", "102-summary-of-nothing.json"} {
		b, err := os.ReadFile(filepath.Join("../../report/testdata", golden))
		if err != nil {
			t.Fatal(err)
		}
		testkit.Fits(t, summary, b)
	}
	statuses := map[string]bool{}
	for line := range bytes.Lines(printed("report", "--format", "jsonl", out)) {
		testkit.Fits(t, result, line)
		_, after, _ := strings.Cut(string(line), `"status":"`)
		status, _, _ := strings.Cut(after, `"`)
		statuses[status] = true
	}
	if len(statuses) != 5 {
		t.Errorf("only %v", statuses)
	}
	streamed := 0
	for line := range bytes.Lines(printed(append([]string{"sync", "--stream", "--out", out + "2"}, reading...)...)) {
		testkit.Fits(t, result, line)
		streamed++
	}
	if streamed < 7 {
		t.Errorf("%d lines", streamed)
	}
	plan := testkit.Schema(t, schemaPath("plan"))
	testkit.Fits(t, plan, printed(append([]string{"plan", "--json"}, reading...)...))
	testkit.Fits(t, plan, printed(append([]string{"sync", "--dry-run", "--json"}, reading...)...))

	// A pulled manifest fits the schema for editors.
	ofManifests := filepath.Join(place, "schema.json")
	if err := os.WriteFile(ofManifests, printed("schema"), 0o600); err != nil {
		t.Fatal(err)
	}
	testkit.Fits(t, testkit.Schema(t, ofManifests), printed("pull", "--format", "json"))

	damaged := filepath.Join(place, "damaged")
	if err := os.Mkdir(damaged, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(damaged, run.DescriptionFile), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	list := printed("runs", "--json", place)
	testkit.Fits(t, testkit.Schema(t, schemaPath("runs")), list)
	if !bytes.Contains(list, []byte(`"damaged"`)) || !bytes.Contains(list, []byte(`"completed"`)) {
		t.Errorf("%s", list)
	}
}

// The schemas of the summary and of the list of runs have all keys that there can be, and no
// others.
func TestSchemasAreComplete(t *testing.T) {
	for name, of := range map[string]reflect.Type{
		"summary": reflect.TypeFor[report.Summary](),
		"runs": reflect.TypeFor[struct {
			Runs []report.Listed `json:"runs"`
		}](),
	} {
		b, err := os.ReadFile(schemaPath(name))
		if err != nil {
			t.Fatal(err)
		}
		var schema map[string]any
		if err := json.Unmarshal(b, &schema); err != nil {
			t.Fatal(err)
		}
		sameKeys(t, name, of, schema, schema)
	}
}

// sameKeys compares the keys of a struct with the properties of a schema.
func sameKeys(t *testing.T, at string, of reflect.Type, schema, root map[string]any) {
	t.Helper()
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
		of = of.Elem()
	}
	if ref, ok := schema["$ref"].(string); ok {
		schema = root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
	}
	if items, ok := schema["items"].(map[string]any); ok {
		sameKeys(t, at, of, items, root)
		return
	}
	if of.Kind() != reflect.Struct || of.PkgPath() == "time" {
		return
	}
	properties, _ := schema["properties"].(map[string]any)
	keys := keysOf(of)
	for key, kind := range keys {
		property, ok := properties[key].(map[string]any)
		if !ok {
			t.Errorf("the schema lacks %s.%s", at, key)
			continue
		}
		sameKeys(t, at+"."+key, kind, property, root)
	}
	for key := range properties {
		if keys[key] == nil {
			t.Errorf("nothing writes %s.%s", at, key)
		}
	}
}

// keysOf are the JSON keys of a struct, with the types of their values.
func keysOf(of reflect.Type) map[string]reflect.Type {
	keys := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(of) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" && !slices.Contains([]string{"-"}, name) {
			keys[name] = f.Type
		}
	}
	return keys
}
