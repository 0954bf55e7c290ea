package report

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"

	"tracksync/internal/testkit"
	"tracksync/internal/track"
)

// written is a row with its cells, and whether they are marked.
func written(r track.Row, marked bool, cells ...string) track.WrittenRow {
	return track.WrittenRow{Row: r, Cells: func() ([]string, bool) { return slices.Clone(cells), marked }}
}

// rowsOf numbers rows from 1 and, with an error, fails after them.
func rowsOf(err error, rows ...track.WrittenRow) iter.Seq2[track.WrittenRow, error] {
	return func(yield func(track.WrittenRow, error) bool) {
		for i, r := range rows {
			r.Number = i + 1
			if !yield(r, nil) {
				return
			}
		}
		if err != nil {
			yield(track.WrittenRow{}, err)
		}
	}
}

// tableOf is a plain table.
func tableOf(columns ...string) *track.Table {
	return &track.Table{Columns: columns, Error: track.ColumnError, Delimiter: ',', LineEnd: "\n"}
}

// all gives r as the result of every row.
func all(r track.Result) iter.Seq2[track.Result, error] {
	return func(yield func(track.Result, error) bool) {
		for r.Row = 1; yield(r, nil); r.Row++ {
		}
	}
}

var refused = track.Result{Status: track.Failed,
	Error: &track.Error{Code: "invalid_request", Message: "volume must be less"}}

// The list of a table in UTF-16 is UTF-16: with tabs, a spreadsheet opens nothing else
// rightly.
func TestWriteFailedInUTF16(t *testing.T) {
	table := tableOf("id", "name")
	table.Delimiter, table.LineEnd, table.BOM, table.UTF16 = '\t', "\r\n", true, true
	var b bytes.Buffer
	n, err := WriteFailed(&b, table, rowsOf(nil, written(track.Row{}, false, "17", "Größe 🎵")), all(refused))
	if err != nil || n != 1 {
		t.Fatal(n, err)
	}
	got, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().String(b.String())
	want := "id\tname\t#error\r\n17\tGröße 🎵\tinvalid_request: volume must be less\r\n"
	if err != nil || got != want || !strings.HasPrefix(b.String(), "\xff\xfei\x00") {
		t.Errorf("%q, %v", got, err)
	}
}

func TestWriteFailed(t *testing.T) {
	cells := func(c ...string) track.WrittenRow { return written(track.Row{}, false, c...) }
	yaml := func(line int, u track.Update) track.WrittenRow {
		return written(track.Row{Update: u, Position: track.Position{File: "tracks.yaml", Line: line, Column: 3}},
			false)
	}
	tests := []struct {
		file  string
		table *track.Table
		rows  []track.WrittenRow
	}{
		{"201-failed-own-columns.csv", tableOf("Name", "Track ID", "note"), []track.WrittenRow{
			cells("Intro", "17", "x"), cells("=SUM(A1)", "18", ""), cells("a\r\nb \"q\", c", "19", " lead"),
			cells("null", "20", `\.`), cells("Größe 漢字 🎵\xff", "21", ";"),
		}},
		{"202-failed-as-it-was.csv", &track.Table{Columns: []string{"id", "a;b"}, Error: "##error", Delimiter: ';',
			LineEnd: "\r\n", BOM: true, Sep: true},
			[]track.WrittenRow{cells("17", "x,y"), cells("18", "a\nb;\"c\"")}},
		{"203-failed-one-column.csv", tableOf("id"), []track.WrittenRow{cells("17"), cells("")}},
		{"204-failed-ragged.csv", tableOf("id", "name", "volume"),
			[]track.WrittenRow{cells("1", "2", "3", "4"), written(track.Row{}, true, "1?", "", "")}},
		{"205-failed-canonical.csv", nil, []track.WrittenRow{
			yaml(4, track.Update{ID: 17,
				Values: track.Values{Name: track.Value("null"), Project: track.Null[track.ID]()}}),
			yaml(9, track.Update{ID: 18, Values: track.Values{Volume: track.Value(0), Project: track.Value(track.ID(3)),
				Media: track.Value("https://x/y.mp3?a=1&b=2")}}),
			written(track.Row{Problems: []track.Problem{{}},
				Position: track.Position{File: "=evil\x1b.yaml", Line: 12}}, false, "17.5", "n", "55%x", "", ""),
			written(track.Row{Problems: []track.Problem{{}}, Position: track.Position{File: "-"}}, false, "1", "", "",
				"", ""),
			written(track.Row{Problems: []track.Problem{{}},
				Position: track.Position{File: "a.xlsx", Sheet: "S", Cell: "B7"}}, false, "1", "", "", "", ""),
		}},
		{"207-failed-none.csv", tableOf("id"), nil},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			before := fmt.Sprintf("%v", tt.rows)
			defer func() {
				if after := fmt.Sprintf("%v", tt.rows); after != before {
					t.Errorf("the rows were changed: %s", after)
				}
			}()
			var b bytes.Buffer
			n, err := WriteFailed(&b, tt.table, rowsOf(nil, tt.rows...), all(refused))
			if err != nil || n != len(tt.rows) {
				t.Errorf("%d rows, %v", n, err)
			}
			testkit.Golden(t, filepath.Join("testdata", tt.file), b.Bytes())
		})
	}
}

func TestWriteFailedTakesFourStatuses(t *testing.T) {
	var rows []track.WrittenRow
	for _, s := range append(track.Statuses(), "") {
		rows = append(rows, written(track.Row{}, false, string(s)))
	}
	var b bytes.Buffer
	var results []track.Result // of all rows but the last
	for i, status := range track.Statuses() {
		results = append(results, track.Result{Row: i + 1, Status: status})
	}
	n, err := WriteFailed(&b, tableOf("id"), rowsOf(nil, rows...), stream(results...))
	want := "id,#error\nfailed,failed\ninvalid,invalid\nnot_applied,not_applied\nunknown,unknown\n"
	if err != nil || n != 4 || b.String() != want {
		t.Errorf("%d rows, %v:\n%s", n, err, b.String())
	}
}

func TestWriteFailedTellsErrors(t *testing.T) {
	broken := errors.New("broken")
	row := written(track.Row{}, false, strings.Repeat("x", 10_000))
	tests := []struct {
		name    string
		w       io.Writer
		rows    iter.Seq2[track.WrittenRow, error]
		results iter.Seq2[track.Result, error]
	}{
		{"writer", failingWriter{broken}, rowsOf(nil), all(refused)},
		{"writer, at a row", &failsAfter{1, broken}, rowsOf(nil, row), all(refused)},
		{"rows", io.Discard, rowsOf(broken, row), all(refused)},
		{"results", io.Discard, rowsOf(nil, row),
			func(yield func(track.Result, error) bool) { yield(track.Result{}, broken) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := WriteFailed(tt.w, tableOf("id"), tt.rows, tt.results); !errors.Is(err, broken) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// failsAfter takes n writes.
type failsAfter struct {
	n   int
	err error
}

func (w *failsAfter) Write(b []byte) (int, error) {
	if w.n--; w.n < 0 {
		return 0, w.err
	}
	return len(b), nil
}

func TestErrorText(t *testing.T) {
	tests := []struct {
		name string
		err  *track.Error
		want string
	}{
		{"both", &track.Error{Code: "c", Message: "m"}, "c: m"},
		{"code alone", &track.Error{Code: "c"}, "c"},
		{"message alone", &track.Error{Message: "m"}, "m"},
		{"nothing", &track.Error{}, "unknown"},
		{"none", nil, "unknown"},
		{"formula", &track.Error{Message: `=HYPERLINK("http://x")`}, `'=HYPERLINK("http://x")`},
		{"formula after blanks", &track.Error{Message: "  @SUM(A1)"}, "'  @SUM(A1)"},
		{"wide formula", &track.Error{Message: "＝1+1"}, "'＝1+1"},
		{"plus and minus", &track.Error{Code: "-1", Message: "+2"}, "'-1: +2"},
		{"formula after a semicolon", &track.Error{Code: "c", Message: "x;=cmd|' /C calc'!A0"},
			"c: x,=cmd|' /C calc'!A0"},
		{"tab and escapes", &track.Error{Message: "\t=1\r\n\x1b[2J\u202e"}, `\t=1\r\n\x1b[2J\u202e`},
		{"a sign alone", &track.Error{Message: "-"}, "-"},
		{"long", &track.Error{Message: strings.Repeat("ä", 1000)}, strings.Repeat("ä", maxError-1) + "…"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := errorText(track.Result{Status: track.Unknown, Error: tt.err}, false); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// FuzzFailedRoundTrip: what is written is read back by a plain CSV reader,
// cell for cell. Such a reader turns \r\n within quotes into \n; the bytes in
// the file are checked by the golden file.
func FuzzFailedRoundTrip(f *testing.F) {
	f.Add("17", "a\r\nb", "=1", "message")
	f.Add("", "", "", "")
	f.Add(`\.`, " \"x\" ", "a,b", "=\x00\r;\n")
	f.Add("\ufeff", "\r", "#\n", "\"")
	f.Fuzz(func(t *testing.T, a, b, c, message string) {
		cells := []string{a, b, c}
		var out bytes.Buffer
		n, err := WriteFailed(&out, tableOf("id", "name", "note"), rowsOf(nil, written(track.Row{}, false, cells...)),
			all(track.Result{Status: track.Failed, Error: &track.Error{Code: "c", Message: message}}))
		if err != nil || n != 1 {
			t.Fatal(n, err)
		}
		got, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
		if err != nil {
			t.Fatalf("%v in\n%q", err, out.String())
		}
		if len(got) != 2 || len(got[1]) != 4 {
			t.Fatalf("read back as %q", got)
		}
		for i := range cells {
			cells[i] = strings.ReplaceAll(cells[i], "\r\n", "\n")
		}
		if !reflect.DeepEqual(got[1][:3], cells) {
			t.Fatalf("read back as %q, want %q", got[1], cells)
		}
		if why := got[1][3]; why == "" || strings.ContainsAny(why, "\r\n\t\x00\x1b;") {
			t.Fatalf("the error column is %q", why)
		}
	})
}
