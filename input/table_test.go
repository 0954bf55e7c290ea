package input

import (
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tracksync/internal/track"
)

// sheet is a table without a text, like a workbook: its cells have no lines.
type sheet struct {
	rows  [][]string
	row   int
	extra int
}

func (s *sheet) next() (record, error) {
	if s.row++; s.row > len(s.rows) {
		return record{}, io.EOF
	}
	return record{s.rows[s.row-1], s}, nil
}

func (s *sheet) header() (record, error)  { return s.next() }
func (s *sheet) style() track.Table       { return track.Table{Delimiter: ',', LineEnd: "\n"} }
func (s *sheet) columns([]int)            {}
func (s *sheet) allow(bytes int)          { s.extra = bytes }
func (s *sheet) recordAt() track.Position { return s.cell(0) }
func (s *sheet) faults() []recordError    { return nil }

func (s *sheet) cell(column int) track.Position {
	return track.Position{File: "m.sheet", Sheet: "S", Cell: fmt.Sprintf("%s%d", columnLetters(column), s.row)}
}

func (s *sheet) linesWithin() iter.Seq2[int, []string] { return func(func(int, []string) bool) {} }

// asSheets replaces a format by sheets while a test runs.
func asSheets(t *testing.T) {
	known := formats
	t.Cleanup(func() { formats = known })
	formats = append(known[:len(known):len(known)],
		format{name: "sheet", extensions: []string{".sheet"}, magic: "SHEET\n",
			readAt: func(p *pass, file io.ReaderAt, size int64) error {
				content := make([]byte, size)
				if _, err := file.ReadAt(content, 0); err != nil && err != io.EOF {
					return err
				}
				s := &sheet{}
				for line := range strings.Lines(string(content[len("SHEET\n"):])) {
					s.rows = append(s.rows, strings.Split(strings.TrimSuffix(line, "\n"), "|"))
				}
				return p.readTable(s)
			}})
}

// A table of another format gets the same header mapping, rules, positions, order and
// list of rows to run again.
func TestTableOfAnotherFormat(t *testing.T) {
	asSheets(t)
	text := "SHEET\nTrack Name|ID||Volume|#note\na|17||5|x\nb|18|stray|200|\n|||\nc|19\n"
	opts := Options{OnInvalid: Skip, Columns: map[string]string{"name": "Track Name"}}
	rows, summary, problems := readWritten(t, opts, file{"m.sheet", text})
	if problems != nil || len(rows) != 3 || summary.Valid != 1 || summary.Sources[0].Format != "sheet" {
		t.Fatalf("%d rows, %+v, %v", len(rows), summary, problems)
	}
	if says(rows[0].Row) != `1 m.sheet:S!A2 id=17 name="a" volume=5` {
		t.Error(says(rows[0].Row))
	}
	wantProblems(t, summary.Problems,
		`m.sheet:S!C3: the value "stray" is in a column without a name`,
		"m.sheet:S!D3: volume 200 is more than 100",
		"m.sheet:S!A5: the row has 2 cells, the header has 5")
	list, _ := failedList(t, summary, rows, func(track.WrittenRow) bool { return true })
	if !strings.HasPrefix(list, "Track Name,ID,,Volume,#note,#error\na,17,,5,x,") ||
		!strings.Contains(list, "\nc,19?,,,,") {
		t.Errorf("the list is\n%s", list)
	}
	_, _, problems = read(t, opts, file{"m.sheet", "SHEET\nID|Volume|volume\n1|1|1\n"})
	wantProblems(t, problems, `m.sheet:S!A1: there is no column "Track Name"`,
		`m.sheet:S!C1: columns "Volume" and "volume" are both volume`)
	_, _, problems = read(t, Options{}, file{"m.sheet", "SHEET\nid|name\n10|a\n2|b\n10|c\n"})
	wantProblems(t, problems, "m.sheet:S!A4: id 10 is already at m.sheet:S!A2")
}

// No code above the seam knows how a format is parsed.
func TestSeam(t *testing.T) {
	mayImport := map[string][]string{
		"encoding/csv":              {"csvreader.go", "failedlist.go", "writetable.go"},
		"github.com/gocarina/gocsv": {"binder.go", "writetable.go"},
		"go.yaml.in/yaml/v4": {"entry.go", "entryfield.go", "expect.go", "json.go", "jsonparse.go", "jsonscalar.go",
			"scalar.go",
			"yaml.go", "yamlchunk.go", "yamldocument.go", "yamlitems.go"},
		"compress/gzip": {"gunzip.go", "text.go"},
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range f.Imports {
			path := strings.Trim(spec.Path.Value, `"`)
			if allowed, bound := mayImport[path]; bound && !slices.Contains(allowed, name) {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}
