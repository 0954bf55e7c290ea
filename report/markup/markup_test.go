package markup

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// manifest is a workbook with two sheets, as a user may have it.
func manifest(t testing.TB, more func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fail := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	fail(f.SetSheetName("Sheet1", "Tracks"))
	for i, row := range [][]any{{"id", "name", "volume", "project_id"}, {17, "a", 40, nil}, {18, "b", 500, nil},
		{19, "c", 50, "x"}, {20, "d", 60, nil}} {
		fail(f.SetSheetRow("Tracks", fmt.Sprintf("A%d", i+1), &row))
	}
	yellow, err := f.NewStyle(&excelize.Style{NumFmt: 9, Font: &excelize.Font{Bold: true},
		Border: []excelize.Border{{Type: "left", Color: "000000", Style: 1}},
		Fill:   excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFFF00"}}})
	fail(err)
	fail(f.SetCellStyle("Tracks", "C3", "C3", yellow))
	_, err = f.NewSheet("Other")
	fail(err)
	fail(f.SetCellValue("Other", "A1", "x"))
	fail(f.SetCellFormula("Tracks", "B7", "SUM(C2:C5)"))
	if more != nil {
		more(f)
	}
	b, err := f.WriteToBuffer()
	fail(err)
	return b.Bytes()
}

var marks = Sheet{Name: "Tracks", Header: 1, First: 1, Last: 4, Rows: []Row{
	{Number: 2, Text: "✓ updated"},
	{Number: 3, Text: "✗ volume: 500 is more than 100", Bad: true, Cells: []Cell{{3,
		"500 is more than 100\nwrite less"}}},
	{Number: 4, Text: "✗ two", Bad: true, Cells: []Cell{{1, "one"}, {4, "two"}, {4, "three"}}},
}, Done: []Done{{17, "0011223344556677"}}}

// markedUp is a workbook with marks.
func markedUp(t testing.TB, workbook []byte, s Sheet) ([]byte, Outcome) {
	t.Helper()
	var b bytes.Buffer
	outcome, err := Write(&b, bytes.NewReader(workbook), int64(len(workbook)), s)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), outcome
}

func opened(t testing.TB, workbook []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(workbook))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// notes are the notes of a sheet, by cell.
func notes(t testing.TB, f *excelize.File) map[string]string {
	t.Helper()
	list, err := f.GetComments("Tracks")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, c := range list {
		text := c.Text
		for _, r := range c.Paragraph {
			text += r.Text
		}
		found[c.Cell] = text
	}
	return found
}

func fillOf(t testing.TB, f *excelize.File, cell string) (string, *excelize.Style) {
	t.Helper()
	i, err := f.GetCellStyle("Tracks", cell)
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.GetStyle(i)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(s.Fill.Color, " "), s
}

// parts are the parts of a workbook.
func parts(t testing.TB, workbook []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(f.Name, err)
		}
		list[f.Name] = string(b)
	}
	return list
}

func TestMarks(t *testing.T) {
	before := manifest(t, nil)
	after, outcome := markedUp(t, before, marks)
	if want := (Outcome{Column: "E", First: "C3"}); outcome != want {
		t.Errorf("%+v", outcome)
	}
	f := opened(t, after)
	rows, err := f.GetRows("Tracks")
	want := [][]string{{"id", "name", "volume", "project_id", "#tracksync"}, {"17", "a", "40", "", "✓ updated"},
		{"18", "b", "50000%", "", "✗ volume: 500 is more than 100"}, {"19", "c", "50", "x", "✗ two"},
		{"20", "d", "60"}, nil, {"", ""}}
	if err != nil || fmt.Sprint(rows) != fmt.Sprint(want) {
		t.Errorf("%v: %q", err, rows)
	}
	if got, want := fmt.Sprint(notes(t, f)), fmt.Sprint(map[string]string{"A4": "tracksync:\none",
		"C3": "tracksync:\n500 is more than 100\nwrite less", "D4": "tracksync:\ntwo\n\nthree"}); got != want {
		t.Errorf("notes %s", got)
	}
	for cell, want := range map[string]string{"A3": "", "C3": "FEC1DA", "A4": "FFC6CD", "D4": "FFC6CD", "C4": "",
		"E3": "FFC6CD", "E2": "", "E1": ""} {
		if got, _ := fillOf(t, f, cell); got != want {
			t.Errorf("fill of %s: %q", cell, got)
		}
	}
	if _, s := fillOf(t, f, "C3"); s.NumFmt != 9 || s.Font == nil || !s.Font.Bold || len(s.Border) != 1 {
		t.Errorf("the format of C3: %+v", s)
	}
	if formula, err := f.GetCellFormula("Tracks", "B7"); err != nil || formula != "SUM(C2:C5)" {
		t.Errorf("formula %q, %v", formula, err)
	}
	for row := 1; row <= 7; row++ {
		visible, err := f.GetRowVisible("Tracks", row)
		if want := row == 1 || row == 3 || row == 4 || row == 6; err != nil || visible != want {
			t.Errorf("row %d: visible %v, %v", row, visible, err)
		}
	}
	if visible, err := f.GetSheetVisible("_tracksync"); err != nil || visible {
		t.Errorf("the hidden sheet: %v, %v", visible, err)
	}
	if done, err := f.GetRows("_tracksync"); err != nil ||
		fmt.Sprint(done) != "[[id fingerprint] [17 0011223344556677]]" {
		t.Errorf("%v: %q", err, done)
	}
	untouched(t, before, after, "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml",
		"xl/_rels/workbook.xml.rels")
}

// untouched checks that parts stay as they were, except some.
func untouched(t *testing.T, before, after []byte, except ...string) {
	t.Helper()
	now := parts(t, after)
	for name, text := range parts(t, before) {
		if now[name] != text && !slices.Contains(except, name) {
			t.Errorf("%s was changed", name)
		}
	}
}

// Without its marks the workbook looks as before, whatever it had.
func TestMarksAreRemoved(t *testing.T) {
	before := manifest(t, func(f *excelize.File) {
		f.AddComment("Tracks", excelize.Comment{Cell: "C3", Author: "Ann", Text: "look here"})
		f.AddComment("Tracks", excelize.Comment{Cell: "B2", Author: "Ann", Text: "and here"})
	})
	again, _ := markedUp(t, before, marks)
	f := opened(t, again)
	if got := notes(t, f); got["C3"] != "look here\n— tracksync —\n500 is more than 100\nwrite less" ||
		got["B2"] != "and here" ||
		got["A4"] != "tracksync:\none" || len(got) != 4 {
		t.Errorf("notes %q", got)
	}
	reused := marks
	reused.Column = 5
	again, outcome := markedUp(t, again, reused)
	if outcome.Column != "E" {
		t.Errorf("%+v", outcome)
	}
	if got := notes(t, opened(t, again)); got["C3"] != "look here\n— tracksync —\n500 is more than 100\nwrite less" ||
		len(got) != 4 {
		t.Errorf("marked twice: notes %q", got)
	}
	cleared, outcome := markedUp(t, again, Sheet{Name: "Tracks", Header: 1, First: 1, Last: 4, Column: 5})
	if want := (Outcome{Column: "E"}); outcome != want {
		t.Errorf("%+v", outcome)
	}
	f, was := opened(t, cleared), opened(t, before)
	if got := notes(t, f); fmt.Sprint(got) != fmt.Sprint(map[string]string{"C3": "look here", "B2": "and here"}) {
		t.Errorf("notes %q", got)
	}
	for row := 1; row <= 7; row++ {
		if visible, err := f.GetRowVisible("Tracks", row); err != nil || !visible {
			t.Errorf("row %d is hidden, %v", row, err)
		}
		for _, column := range "ABCD" {
			cell := fmt.Sprintf("%c%d", column, row)
			got, err := f.GetCellStyle("Tracks", cell)
			want, err2 := was.GetCellStyle("Tracks", cell)
			if got != want || err != nil || err2 != nil {
				t.Errorf("%s has format %d, had %d", cell, got, want)
			}
		}
	}
	rows, err := f.GetRows("Tracks")
	if err != nil || fmt.Sprint(rows[0]) != "[id name volume project_id #tracksync]" || len(rows[2]) != 3 {
		t.Errorf("%v: %q", err, rows)
	}
	vml := parts(t, cleared)["xl/drawings/vmlDrawing1.vml"]
	if strings.Count(vml, "<v:shape ") != 2 {
		t.Errorf("drawings of notes that are gone: %s", vml)
	}
}

// The text goes where nothing is.
func TestPlaceOfColumn(t *testing.T) {
	for want, cell := range map[string]string{"H": "G3", "E": "Z1"} {
		workbook := manifest(t, func(f *excelize.File) {
			if want == "H" {
				f.SetCellValue("Tracks", "E9", "mine")
				f.SetCellValue("Tracks", cell, "mine too")
			} else {
				f.SetColWidth("Tracks", "D", "Z", 3)
				f.SetColVisible("Tracks", "D:XFD", false)
			}
		})
		after, outcome := markedUp(t, workbook, marks)
		if outcome.Column != want {
			t.Errorf("%s: %+v", want, outcome)
		}
		f := opened(t, after)
		if width, err := f.GetColWidth("Tracks", want); err != nil || width != 60 {
			t.Errorf("%s: width %v, %v", want, width, err)
		}
		if visible, err := f.GetColVisible("Tracks", want); err != nil || !visible {
			t.Errorf("%s is hidden, %v", want, err)
		}
		if visible, err := f.GetColVisible("Tracks", "F"); err != nil || visible != (want == "H") {
			t.Errorf("%s: F visible: %v, %v", want, visible, err)
		}
		if got, err := f.GetCellValue("Tracks", want+"3"); err != nil || !strings.HasPrefix(got, "✗ volume") {
			t.Errorf("%s: %q, %v", want, got, err)
		}
	}
}

// A filter that the user has set stays; one without criteria is used.
func TestFilters(t *testing.T) {
	for name, tc := range map[string]struct {
		more  func(f *excelize.File)
		says  string
		shows bool
	}{
		"none":   {nil, "", true},
		"unused": {func(f *excelize.File) { f.AutoFilter("Tracks", "A1:D5", nil) }, "", true},
		"set": {func(f *excelize.File) {
			f.AutoFilter("Tracks", "A1:D5", []excelize.AutoFilterOptions{{Column: "B", Expression: "x == a"}})
		}, "filtered already", false},
		"a table": {func(f *excelize.File) { f.AddTable("Tracks", &excelize.Table{Range: "A1:D5", Name: "T"}) },
			"has a table", false},
		"below": {func(f *excelize.File) { f.AutoFilter("Tracks", "A2:D5", nil) }, "does not begin at the header",
			false},
	} {
		before := manifest(t, tc.more)
		after, outcome := markedUp(t, before, marks)
		sheet := parts(t, after)["xl/worksheets/sheet1.xml"]
		if got := strings.Contains(sheet, `<customFilter val="✗*"/>`); got != tc.shows ||
			!strings.Contains(outcome.Unfiltered, tc.says) || (outcome.Unfiltered == "") != tc.shows {
			t.Errorf("%s: filtered %v, %q", name, got, outcome.Unfiltered)
		}
		if tc.shows && !strings.Contains(sheet, `filterMode="1"`) {
			t.Errorf("%s: the sheet is not said to be filtered", name)
		}
		opened(t, after)
	}
}

// A marked row that was hidden is shown, and no row is hidden where hidden rows are not read.
func TestHiddenRows(t *testing.T) {
	before := manifest(t, func(f *excelize.File) { f.SetRowVisible("Tracks", 2, false) })
	all := Sheet{Name: "Tracks", Header: 1, First: 1, Last: 4, Rows: []Row{{Number: 2, Text: "✗ a", Bad: true,
		Cells: []Cell{{1, "a"}}}}}
	for _, unfiltered := range []bool{false, true} {
		all.Unfiltered = unfiltered
		after, outcome := markedUp(t, before, all)
		f := opened(t, after)
		marked, _ := f.GetRowVisible("Tracks", 2)
		other, err := f.GetRowVisible("Tracks", 3)
		if err != nil || marked == unfiltered || other != unfiltered || (outcome.Unfiltered != "") != unfiltered {
			t.Errorf("unfiltered %v: marked %v, other %v, %q, %v", unfiltered, marked, other, outcome.Unfiltered, err)
		}
	}
}

// The sheet with the problem is shown, and no other sheet stays selected beside it.
func TestShownSheet(t *testing.T) {
	before := manifest(t, func(f *excelize.File) {
		f.SetActiveSheet(1)
		f.SetPanes("Tracks", &excelize.Panes{Freeze: true, YSplit: 1, XSplit: 1, TopLeftCell: "C2",
			ActivePane: "bottomRight",
			Selection:  []excelize.Selection{{Pane: "bottomRight", ActiveCell: "C2", SQRef: "C2"}}})
	})
	if !strings.Contains(parts(t, before)["xl/worksheets/sheet2.xml"], "tabSelected") {
		t.Fatal("the other sheet is not selected")
	}
	after, _ := markedUp(t, before, marks)
	f := opened(t, after)
	if i := f.GetActiveSheetIndex(); i != 0 {
		t.Errorf("sheet %d is shown", i)
	}
	if strings.Contains(parts(t, after)["xl/worksheets/sheet2.xml"], "tabSelected") {
		t.Error("the other sheet is still selected")
	}
	panes, err := f.GetPanes("Tracks")
	if err != nil || panes.TopLeftCell != "C3" || panes.Selection[0].ActiveCell != "C3" {
		t.Errorf("%+v, %v", panes, err)
	}
}

// A problem of the header is a note there, and hides no rows.
func TestHeaderProblem(t *testing.T) {
	s := Sheet{Name: "Tracks", Header: 1, First: 1, Last: 4, Rows: []Row{
		{Number: 1, Text: "✗ no id", Bad: true, Cells: []Cell{{2, "unknown column"}}}}}
	after, outcome := markedUp(t, manifest(t, nil), s)
	f := opened(t, after)
	if got := notes(t, f); got["B1"] != "tracksync:\nunknown column" || outcome.First != "B1" {
		t.Errorf("%q, %+v", got, outcome)
	}
	if visible, err := f.GetRowVisible("Tracks", 3); err != nil || !visible {
		t.Error("rows are hidden")
	}
}

func TestUnusable(t *testing.T) {
	good := manifest(t, nil)
	for says, workbook := range map[string][]byte{
		"no ZIP archive": []byte("x"), `no sheet "Gone"`: good,
	} {
		s := Sheet{Name: "Gone"}
		if _, err := Write(io.Discard, bytes.NewReader(workbook), int64(len(workbook)), s); err == nil ||
			!strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %s", err, says)
		}
	}
}
