package input

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"html"
	"io"
	"iter"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"tracksync/internal/track"
)

// openWorkbook opens what was written as a spreadsheet does.
func openWorkbook(t *testing.T, content string) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

var pulledColumns = []string{track.FieldID, track.FieldName, track.FieldVolume, track.FieldProject, ColumnShownMedia}

func TestWorkbookCells(t *testing.T) {
	content := write(t, XLSX, WriterOptions{Columns: pulledColumns},
		Entry{Update: track.Update{ID: 123456789012345678, Values: track.Values{
			Name: track.Value("=1+1"), Volume: track.Value(55), Project: track.Value[track.ID](3)}},
			ShownMedia: track.Value("https://example.com/a.mp3")},
		Entry{Update: track.Update{ID: 18, Values: track.Values{Name: track.Value(" null "),
			Project: track.Null[track.ID]()}}})
	f := openWorkbook(t, content)
	rows, err := f.GetRows("tracks")
	want := [][]string{pulledColumns,
		{"123456789012345678", "=1+1", "55", "3", "https://example.com/a.mp3"}, {"18", " null ", "", "null"}}
	if err != nil || fmt.Sprint(rows) != fmt.Sprint(want) {
		t.Errorf("%v: %q", err, rows)
	}
	for cell, text := range map[string]bool{"A2": true, "B2": true, "C2": false, "D2": true, "E2": true, "D3": true} {
		kind, err := f.GetCellType("tracks", cell)
		if isText := kind == excelize.CellTypeInlineString; err != nil || isText != text {
			t.Errorf("%s: type %v, %v", cell, kind, err)
		}
		if formula, err := f.GetCellFormula("tracks", cell); err != nil || formula != "" {
			t.Errorf("%s: formula %q, %v", cell, formula, err)
		}
	}
	if panes, err := f.GetPanes("tracks"); err != nil || !panes.Freeze || panes.YSplit != 1 || panes.XSplit != 0 {
		t.Errorf("panes %+v, %v", panes, err)
	}
	for column, want := range map[string]string{"A": "@", "B": "@", "C": "0", "D": "@", "E": "@ 808080"} {
		index, err := f.GetCellStyle("tracks", column+"2")
		if err != nil {
			t.Fatal(err)
		}
		style, err := f.GetStyle(index)
		got := map[int]string{1: "0", 49: "@"}[style.NumFmt]
		if style.Font != nil && style.Font.Color != "" {
			got += " " + style.Font.Color
		}
		if err != nil || got != want {
			t.Errorf("column %s: %q, %v", column, got, err)
		}
		if of, err := f.GetColStyle("tracks", column); err != nil || of != index { // cells that are added
			t.Errorf("column %s: style %d, of its cells %d, %v", column, of, index, err)
		}
	}
}

// A spreadsheet refuses a volume or a project that the API would refuse.
func TestWorkbookValidations(t *testing.T) {
	for max, want := range map[int]string{
		0: "whole between 0 100 C2:C1048576", 150: "whole between 0 150 C2:C1048576",
		-1: "whole greaterThanOrEqual 0  C2:C1048576",
	} {
		f := openWorkbook(t, write(t, XLSX, WriterOptions{MaxVolume: max}))
		list, err := f.GetDataValidations("tracks")
		if err != nil || len(list) != 2 {
			t.Fatalf("%v, %d validations", err, len(list))
		}
		v := list[0]
		if got := fmt.Sprint(v.Type, " ", v.Operator, " ", v.Formula1, " ", v.Formula2, " ", v.Sqref); got != want ||
			!v.ShowErrorMessage || *v.ErrorStyle != "stop" || !v.AllowBlank {
			t.Errorf("volume up to %d: %s, %+v", max, got, v)
		}
		p := list[1]
		p.Formula1 = html.UnescapeString(p.Formula1)
		if p.Type != "custom" || !strings.Contains(p.Formula1, `EXACT(D2,"null")`) || p.Sqref != "D2:D1048576" ||
			len(p.Formula1) > 255 { // Excel's limit
			t.Errorf("project: %+v", p)
		}
	}
}

// Every text comes back as it was, or is refused.
func TestWorkbookRoundTrip(t *testing.T) {
	long := strings.Repeat("x", maxCellUnits)
	for _, name := range []string{
		"=1", "+1", "-1", "@x", "'x", "null", "017", "1e5", "TRUE", "#N/A", " x", "x ", "\tx", "x\n", "a\r\nb", "a\rb",
		"x\u00a0", "<b>&amp;</b>", "]]>", "\ufeffx", "a\u2028", "👩\u200d👩", "\U0010ffff", "_x",
		"_x00_", "x0041_", "_xrays_", "a_x000D_b", "_x005F_", "_x0041__x0042_", "_x0041_x0042_", "_xd83d_", "_x005F_x000D_", long,
	} {
		content := write(t, XLSX, WriterOptions{}, named17(name))
		rows := readBack(t, XLSX, []byte(content))
		if got, _ := rows[0].Update.Name.Get(); len(rows) != 1 || got != name {
			t.Errorf("%.50q came back as %.50q", name, got)
		}
	}
	for name, says := range map[string]string{
		"\uffff":   "U+FFFE and U+FFFF",
		long + "x": "32768 characters are more than the 32767 that a cell holds", "\x01": "control character",
		strings.Repeat("👩", 16384): "32768 characters",
	} {
		w, err := NewWriter(io.Discard, XLSX, WriterOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var bad *RoundTripError
		err = w.Write(named17(name))
		if !errors.As(err, &bad) || bad.Field != track.FieldName || !strings.Contains(bad.Message, says) {
			t.Errorf("%.50q: %v", name, err)
		}
	}
	media := Entry{Update: track.Update{ID: 1, Values: track.Values{Media: track.Value("https://h/" + long)}}}
	w, err := NewWriter(io.Discard, XLSX, WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var bad *RoundTripError
	if err := w.Write(media); !errors.As(err, &bad) || bad.Field != track.FieldMedia {
		t.Error(err)
	}
}

// Equal entries give equal bytes, without the time of the day.
func TestWorkbookBytes(t *testing.T) {
	first, again := write(t, XLSX, WriterOptions{}, named17("a")), write(t, XLSX, WriterOptions{}, named17("a"))
	if first != again {
		t.Error("two workbooks of the same entries differ")
	}
	z, err := zip.NewReader(strings.NewReader(first), int64(len(first)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range z.File {
		if !part.Modified.IsZero() && part.Modified.Year() > 1980 {
			t.Errorf("%s has the time %v", part.Name, part.Modified)
		}
	}
}

// What has no room in a sheet is refused before anything is written.
func TestWorkbookWithoutRoom(t *testing.T) {
	var b bytes.Buffer
	nothing := func(yield func(track.Track, error) bool) { t.Error("tracks were read") }
	o := TracksOptions{Format: XLSX, Tracks: 1048576}
	_, err := WriteTracks(t.Context(), &b, o, iter.Seq2[track.Track, error](nothing))
	if !errors.Is(err, ErrNoRoom) || b.Len() > 0 || !regexp.MustCompile("1048576.*1048575").MatchString(err.Error()) {
		t.Errorf("%v, %d bytes", err, b.Len())
	}
}
