package input

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"tracksync/internal/track"
)

var cellName = regexp.MustCompile(`^([A-Z]{1,3}[1-9][0-9]{0,6})?$`)

// FuzzWorkbook reads any rows, shared texts and styles as a workbook: never a panic, never
// a value that does not stand in one of them, the same rows in each pass.
func FuzzWorkbook(f *testing.F) {
	for _, name := range mutated {
		data, err := os.ReadFile(filepath.Join(gallery, name))
		if err != nil {
			f.Fatal(err)
		}
		var sheet, shared, styles string
		for _, p := range unzip(f, data) {
			switch p.name {
			case "xl/worksheets/sheet1.xml":
				sheet = string(p.content)
			case "xl/sharedStrings.xml":
				shared = string(p.content)
			case "xl/styles.xml":
				styles = string(p.content)
			}
		}
		if len(sheet)+len(shared)+len(styles) < 4<<10 {
			f.Add(sheet, shared, styles)
		}
	}
	f.Add("<worksheet><sheetData/></worksheet>", "<sst>&\x99\x1b[31m</sst>", "<styleSheet>&\x99</styleSheet>")
	f.Fuzz(func(t *testing.T, sheet, shared, styles string) {
		book := bookOf("", sheetFile{name: "Tracks"})
		book["xl/worksheets/sheet1.xml"] = sheet
		book["xl/sharedStrings.xml"] = shared
		book["xl/styles.xml"] = styles
		examineWorkbook(t, string(book.zip()), sheet+shared)
	})
}

// FuzzWorkbookFile reads any bytes as a workbook.
func FuzzWorkbookFile(f *testing.F) {
	for _, name := range []string{"339-excel-full-volumes.xlsx", "352-google-sheets.xlsx", "415-sheetjs-html.xls",
		"413-sheetjs-excel2.xls", "434-zip-of-csv.zip", "443-owner-file-of-open-workbook.xlsx"} {
		data, err := os.ReadFile(filepath.Join(gallery, name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	f.Fuzz(func(t *testing.T, data string) { examineWorkbook(t, data, "") })
}

// examineWorkbook reads a workbook in several ways and checks the result. text is what its
// values stand in; "" if that is not known.
func examineWorkbook(t *testing.T, data, text string) {
	for _, opts := range []Options{
		{}, {OnInvalid: Skip, OnDuplicate: Last, IgnoreUnknown: true, AllowEmpty: true, SkipHidden: true},
		{Sheet: "1", HeaderRow: 2},
	} {
		m := openFiles(opts, file{"m.xlsx", data})
		summary, err := m.Check(context.Background())
		var problems Problems
		if err != nil && (!errors.As(err, &problems) || len(problems) == 0) {
			t.Fatalf("Check: %v", err)
		}
		for _, p := range append(problems, summary.Problems...) {
			inWorkbook(t, p.Position)
			if !utf8.ValidString(p.Error()) || strings.ContainsFunc(p.Error(), unicode.IsControl) || len(p.Error()) > 4000 {
				t.Fatalf("not fit to print: %q", p.Error())
			}
		}
		if err != nil {
			continue
		}
		rows := rowsOf(t, m)
		if len(rows) != summary.Rows || summary.Rows != summary.Valid+summary.Invalid+summary.Superseded {
			t.Fatalf("%d rows, summary %+v", len(rows), summary)
		}
		for _, row := range rows {
			inWorkbook(t, row.Position)
			if text != "" && row.Update.Project.IsNull() && !strings.Contains(text, "n") {
				t.Fatalf("a project is detached without a word: %q", text)
			}
		}
		if again := rowsOf(t, m); lines1(again) != lines1(rows) {
			t.Fatalf("another pass says\n%s\nafter\n%s", lines1(again), lines1(rows))
		}
	}
}

func inWorkbook(t *testing.T, at track.Position) {
	t.Helper()
	if !cellName.MatchString(at.Cell) {
		t.Fatalf("no cell is called %q", at.Cell)
	}
}

// FuzzEncodedTable reads any bytes as a table in an encoding. What is read does not depend
// on whether the text was decoded before.
func FuzzEncodedTable(f *testing.F) {
	for i, s := range samples {
		f.Add([]byte(encoded(f, s.label, "id,name\n17,"+s.name+"\n")), uint8(i))
	}
	f.Fuzz(func(t *testing.T, b []byte, which uint8) {
		label := samples[int(which)%len(samples)].label
		name, err := ParseEncoding(label)
		if err != nil {
			t.Fatal(err)
		}
		opts := Options{Encoding: label, IgnoreUnknown: true, OnInvalid: Skip, AllowEmpty: true}
		rows, _, problems := read(t, opts, file{"m.csv", string(b)})
		for _, p := range problems {
			if !utf8.ValidString(p.Error()) || strings.ContainsFunc(p.Error(), unicode.IsControl) {
				t.Fatalf("not fit to print: %q", p.Error())
			}
		}
		text, _, bad := newDecoder(name).decode(nil, b, true)
		if bad > 0 || len(problems) > 0 || strings.HasPrefix(string(b), "\xff\xfe") || strings.HasPrefix(string(b), "\xfe\xff") ||
			strings.HasPrefix(string(b), "\xef\xbb\xbf") || strings.HasPrefix(string(b), gzipMagic) {
			return
		}
		plain, _, problems := read(t, Options{IgnoreUnknown: true, OnInvalid: Skip, AllowEmpty: true}, file{"m.csv", string(text)})
		if lines1(plain) != lines1(rows) {
			t.Fatalf("%s %q:\n%s\ndecoded before, %v:\n%s", label, b, lines1(rows), problems, lines1(plain))
		}
	})
}

// FuzzHeaderRow reads any text as a table whose header is in some row.
func FuzzHeaderRow(f *testing.F) {
	f.Add("Tracks\n\nid,name\n17,a\n", uint8(3))
	f.Add("a;b\r\n\"x\r\n\";y\r\nid;name\r\n17;a\r\n", uint8(2))
	f.Add("id\n17\nid\n18\n", uint8(3))
	f.Fuzz(func(t *testing.T, text string, row uint8) {
		for _, given := range []int{0, 1 + int(row)%60} {
			opts := Options{HeaderRow: given, IgnoreUnknown: true, OnInvalid: Skip, AllowEmpty: true}
			rows, _, problems := read(t, opts, file{"m.csv", text})
			for _, p := range problems {
				inText(t, text, p.Position)
			}
			for _, r := range rows {
				inText(t, text, r.Position)
			}
		}
	})
}
