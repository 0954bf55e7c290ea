package input

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"tracksync/internal/track"
)

// beyondSchema finds the problems that a schema of values cannot find. It knows nothing
// of other entries, of how a value is spelled, or of what is no value.
var beyondSchema = regexp.MustCompile(strings.Join([]string{
	`is already (at|in)|is in more than one row`, // ids and keys that repeat
	`has no rows|no row of the manifest sets anything|no valid row|selected rows`,
	`not a plain number|spreadsheet has rounded|has leading zeros|has a sign`, // 1e1, 017, +17: 10, 17, 17
	`"\d+\.0{2,}" is not|"0x|"0o|"-0" is`,                                     // 17.00, 0x11
	`"(~|Null|NULL)" is not|a key without a value is not`,                     // other words for null
	`is not YAML|is not JSON|is never closed|this item cannot be read|unexpected|the text ends|there is more text`,
	`(anchors|aliases|tags) are not supported|inside a document`,
	`(too long|more than) \d+ bytes|lists and mappings within`,
	`the byte 0x|a NUL character|UTF-16`,
}, "|"))

// schemas are the schema of a manifest, and that of an entry.
func schemas(t testing.TB) (whole, entry *jsonschema.Schema) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("manifest.json", doc); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile("manifest.json"), c.MustCompile("manifest.json#/$defs/track")
}

// values are the documents of a YAML or JSON text as values, as an editor sees them;
// an error if it is no YAML. JSON is YAML.
func values(name, text string) (docs []any, err error) {
	if strings.HasSuffix(name, ".jsonl") { // each line is an entry
		var list []any
		for line := range strings.Lines(text) {
			if strings.TrimSpace(line) == "" {
				continue
			}
			one, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
			if err != nil {
				return nil, err
			}
			list = append(list, one)
		}
		return []any{list}, nil
	}
	if strings.HasSuffix(name, ".json") {
		one, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		return []any{one}, err
	}
	d := yaml.NewDecoder(strings.NewReader(strings.TrimPrefix(text, "%YAML 1.2\n")))
	for {
		var n yaml.Node
		if err := d.Decode(&n); err == io.EOF {
			return docs, nil
		} else if err != nil {
			return nil, err
		}
		if v := valueOf(n.Content[0]); v != nil { // not an empty document
			docs = append(docs, v)
		}
	}
}

var (
	coreInt   = regexp.MustCompile(`^[-+]?[0-9]+$`)
	coreFloat = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)
)

// valueOf is a node by the core schema of YAML 1.2, which editors use.
func valueOf(n *yaml.Node) any {
	switch n.Kind {
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, valueOf(item))
		}
		return list
	case yaml.MappingNode:
		m := map[string]any{}
		for k, v := range pairs(n) {
			m[k.Value] = valueOf(v)
		}
		return m
	}
	if n.Style&quoted != 0 {
		return n.Value
	}
	switch n.Value {
	case "", "~", "null", "Null", "NULL":
		return nil
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return strings.EqualFold(n.Value, "true")
	}
	sign, digits := "", strings.TrimPrefix(n.Value, "+")
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	switch {
	case coreInt.MatchString(n.Value):
		return json.Number(sign + orElse(strings.TrimLeft(digits, "0"), "0"))
	case coreFloat.MatchString(n.Value) && json.Valid([]byte(digits)):
		return json.Number(sign + digits)
	}
	return n.Value
}

// entriesOf are the entries of a document.
func entriesOf(doc any) []any {
	if m, ok := doc.(map[string]any); ok {
		doc = m["tracks"]
	}
	list, _ := doc.([]any)
	return list
}

// disagree reports whether the schema refuses what the reader accepts, or accepts what the
// reader refuses for its shape.
func disagree(problems []track.Problem, refused error) bool {
	if refused != nil {
		return len(problems) == 0
	}
	return slices.ContainsFunc(problems, func(p track.Problem) bool { return !beyondSchema.MatchString(p.Message) })
}

// problemsByRow are the problems of each row, and all of the file.
func problemsByRow(t testing.TB, f file) (rows [][]track.Problem, all Problems) {
	t.Helper()
	m := openFiles(Options{}, f)
	if _, err := m.Check(context.Background()); err != nil && !errors.As(err, &all) {
		t.Fatal(err)
	}
	m.each(context.Background(), true, func(raw *rawRow, err error) bool {
		if err != nil {
			return false
		}
		rows = append(rows, slices.Clone(raw.row.Problems))
		return true
	})
	return rows, all
}

// What the readers refuse for its shape, the schema refuses, and nothing else: for every
// good and bad manifest, as a whole and entry by entry.
func TestSchemaAgreesWithTheReaders(t *testing.T) {
	whole, entry := schemas(t)
	seen := 0
	for _, dir := range []string{manifests, "../testdata/gallery/files"} {
		files, err := os.ReadDir(dir)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		for _, e := range files {
			switch filepath.Ext(e.Name()) {
			case ".yaml", ".yml", ".json", ".jsonl":
			default:
				continue
			}
			text, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			seen++
			t.Run(e.Name(), func(t *testing.T) { agree(t, whole, entry, file{e.Name(), string(text)}) })
		}
	}
	if seen < 8 {
		t.Errorf("only %d manifests", seen)
	}
}

func agree(t *testing.T, whole, entry *jsonschema.Schema, f file) {
	rows, all := problemsByRow(t, f)
	docs, err := values(f.name, f.text)
	if err != nil {
		if read, _, _ := read(t, Options{}, f); read != nil {
			t.Errorf("it is accepted, but: %v", err)
		}
		return
	}
	var refused error
	var entries []any
	for _, doc := range docs {
		if err := whole.Validate(doc); err != nil {
			refused = err
		}
		entries = append(entries, entriesOf(doc)...)
	}
	if disagree(all, refused) {
		t.Errorf("the reader finds %v, the schema %v", all, refused)
	}
	for i, one := range entries {
		if len(rows) != len(entries) {
			t.Logf("%d rows of %d entries", len(rows), len(entries))
			break
		}
		if err := entry.Validate(one); disagree(rows[i], err) {
			t.Errorf("entry %d %v: the reader finds %v, the schema %v", i+1, one, rows[i], err)
		}
	}
}

// The same for entries made of all kinds of values.
func TestSchemaOfAnyEntry(t *testing.T) {
	_, entry := schemas(t)
	r := rand.New(rand.NewPCG(14, 1))
	accepted := 0
	for range 2000 {
		text := anyEntry(r)
		rows, all := problemsByRow(t, file{"m.json", "[" + text + "]"})
		one, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if len(rows) != 1 {
			t.Fatalf("%s: %d rows, %v", text, len(rows), all)
		}
		if err = entry.Validate(one); disagree(rows[0], err) {
			t.Fatalf("%s:\nthe reader finds %v\nthe schema %v", text, rows[0], err)
		}
		if err == nil {
			accepted++
		}
	}
	if accepted < 200 || accepted > 1800 {
		t.Errorf("%d entries are accepted", accepted)
	}
}

// scalars for every key, good and bad.
var anyScalar = []string{
	`17`, `"17"`, `" 17 "`, `17.0`, `"17.0"`, `17.00`, `1e1`, `"1e1"`, `0`, `-1`, `"+5"`, `"017"`, `17.5`, `"17,5"`,
	`999999999999999999`, `1000000000000000000`, `"999999999999999999"`, `100`, `101`, `"55%"`, `"55.0 %"`, `"101%"`,
	`"100"`, `"0%"`, `"%"`, `""`, `" "`, `"\t\n"`, `null`, `"null"`, `" null"`, `"NULL"`, `"None"`, `true`, `false`, `"~"`,
	`"Rain"`, `"a\u0000b"`, `"a\tb"`, `"a\u0085b"`, `"\u00a0"`, `"\u200b"`, `"\u200b\ufe0f"`, `"\u2800"`,
	`"\u200b17\ufeff"`, `"1\u200b7"`, `"40\u00a0%\u200d"`, `"\ufe0f5"`, `"#REF!"`,
	`"https://example.com/a.mp3"`, `" HTTP://h "`, `"ftp://example.com/a"`, `"https://"`, `"https:///a"`,
	`"http://h:80/a b"`, `"http://u:p@h:8080/a?b=%zz#c"`, `"http://h/%zz"`, `"http://h:0"`, `"http://[::1]/a"`,
	`"http://h:99x/"`, `"http://ü.de/ä"`, `"http://a{b}/"`, `"example.com/a"`, `[]`, `{}`, `[1]`,
}

func pick(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }

// anyEntry is an entry of known and unknown keys, most of them right.
func anyEntry(r *rand.Rand) string {
	scalar := func() string { return anyScalar[r.IntN(len(anyScalar))] }
	nested := func(key string) string {
		switch r.IntN(8) {
		case 0:
			return scalar()
		case 1:
			return `{` + pick(r, `"x":1`, `"#x":1,"`+key+`":5`, `"error":1,"`+key+`":"5"`, `"expect":`+scalar(), "") + `}`
		case 2:
			return `{"` + key + `":` + scalar() + `,"expect":` + scalar() + `}`
		}
		return `{"` + key + `":` + scalar() + `}`
	}
	fields := func() (list []string) {
		for _, key := range []string{"name", "volume", "project", "project_id", "media", "media_url"} {
			if r.IntN(4) > 0 {
				continue
			}
			switch key {
			case "project":
				list = append(list, `"project":`+nested("id"))
			case "media":
				list = append(list, `"media":`+nested("url"))
			default:
				list = append(list, `"`+key+`":`+scalar())
			}
		}
		if r.IntN(8) == 0 {
			list = append(list, pick(r, `"#note":1`, `" #":[]`, `"error":"x"`, `"Status ":{}`, `"x":1`, `"Volume":5`, `"expects":1`))
		}
		return list
	}
	state := func() string { return `{` + strings.Join(fields(), ",") + `}` }
	list := fields()
	switch r.IntN(6) {
	case 0:
		list = append(list, `"id":`+scalar())
	case 1:
	default:
		list = append(list, `"id":17`)
	}
	if r.IntN(4) == 0 {
		list = append(list, `"expect":`+pick(r, scalar(), state(), state(), `[`+state()+`]`, `[`+state()+`,`+state()+`]`))
	}
	return `{` + strings.Join(list, ",") + `}`
}
