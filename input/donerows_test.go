package input

import (
	"fmt"
	"strings"
	"testing"

	"tracksync/internal/track"
)

func volume(n int) string { return track.Values{Volume: track.Value(n)}.Fingerprint() }

// markedSheet is a workbook of which rows were done.
func markedSheet(rows [][]string, done ...[]string) file {
	hidden := sheetFile{name: track.DoneSheet, state: "veryHidden", rows: rowsXML(append([][]string{{"id",
		"fingerprint"}}, done...)...)}
	return bookOf("", sheetFile{name: "Tracks", rows: rowsXML(rows...)}, hidden).file("failed.xlsx")
}

// Rows that are done are left out, unless they were edited.
func TestDoneRows(t *testing.T) {
	f := markedSheet([][]string{{"id", "volume", "#tracksync"}, {"17", "n:40", "✓ updated"}, {"18", "n:41",
		"✓ updated"},
		{"19", "n:42", "✗ server error"}, {"20", "n:43", ""}, {"21", "n:44", "✓ updated"}, {"22", "n:1000",
			"✓ updated"}, {"23", "n:5", "✓ updated"}},
		[]string{"17", volume(40)}, []string{"18", volume(40)}, []string{"19", volume(42)}, []string{"20", volume(43)},
		[]string{"22", volume(1000)}, []string{"23", volume(5)}, []string{"23", volume(6)})
	rows, s, problems := read(t, Options{OnInvalid: Skip}, f)
	var ids []string
	for _, r := range rows {
		ids = append(ids, fmt.Sprint(r.Number, ":", r.Update.ID))
	}
	// 18 was edited, 21 is not on the list, 22 is invalid.
	if got := strings.Join(ids, " "); got != "1:18 2:19 3:20 4:21 5:22" || len(problems) > 0 {
		t.Errorf("%s, %v", got, problems)
	}
	if s.Rows != 5 || s.Sources[0].Done != 2 || s.Warned != 1 || !strings.Contains(s.Warnings[0].Error(),
		"2 rows are done already and left out") {
		t.Errorf("%d rows, %d done, %v", s.Rows, s.Sources[0].Done, s.Warnings)
	}
}

// Whoever wants all rows of the sheet gets them in order.
func TestSheetRows(t *testing.T) {
	f := markedSheet([][]string{{"id", "volume", "#tracksync"}, {"17", "n:40", "✓ updated"}, {"18", "n:41"}, {"19",
		"n:42"}, {"20", "n:43"}},
		[]string{"17", volume(40)})
	for want, o := range map[string]Options{
		"A2:0 done, A3:1, A4:2, A5:3": {},
		"A2:0 done, A3:0, A4:1, A5:0": {Only: []track.ID{19}},
		"A2:0 done, A3:1, A4:0, A5:0": {Limit: 1},
		"A2:0 done, A3:1, A4:2, A5:0": {Limit: 2},
	} {
		m := openFiles(o, f)
		if _, err := m.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		var got []string
		for row, err := range m.SheetRows(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			text := fmt.Sprintf("%s:%d", row.Row.Position.Cell, row.Row.Number)
			if row.Done {
				text += " done"
			}
			got = append(got, text)
		}
		if got := strings.Join(got, ", "); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		wanted := 0
		for _, err := range m.WrittenRows(t.Context(), func(n int) bool { return n == 1 }) {
			if wanted++; err != nil {
				t.Error(err)
			}
		}
		if wanted != 1 {
			t.Errorf("%d rows with the number 1", wanted)
		}
	}
}

func TestAllRowsDone(t *testing.T) {
	f := markedSheet([][]string{{"id", "volume", "#tracksync"}, {"17", "n:40", "✓ updated"}}, []string{"17",
		volume(40)})
	_, _, problems := read(t, Options{}, f)
	wantProblems(t, problems,
		"failed.xlsx: all rows of the manifest are done already (--allow-empty accepts it anyway)")
	// A CSV file cannot list what is done.
	rows, _, _ := read(t, Options{}, file{"a.csv", "id,volume,#tracksync\n17,40,✓ updated\n"})
	if len(rows) != 1 {
		t.Errorf("%d rows", len(rows))
	}
}
