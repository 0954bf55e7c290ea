package workbook

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

const benchRows = 20_000

// benchBook is a workbook of eight columns, as spreadsheet programs write it.
func benchBook(b *testing.B) []byte {
	var rows, shared strings.Builder
	for i := range benchRows {
		n := i + 1
		fmt.Fprintf(&rows, `<row r="%d" spans="1:8">`, n)
		for column := range 8 {
			at := CellName(column, n)
			if column%3 == 0 {
				fmt.Fprintf(&rows, `<c r="%s" s="1"><v>%d</v></c>`, at, i)
				continue
			}
			fmt.Fprintf(&rows, `<c r="%s" t="s"><v>%d</v></c>`, at, 5*i+column-1-column/3)
			fmt.Fprintf(&shared, "<si><t>Text number %d of row %d</t></si>", column, n)
		}
		rows.WriteString("</row>")
	}
	return zipped(b, book(strings.Replace(sheetOf(rows.String()), ">", mainSpace+">", 1),
		part{sharedName, "<sst" + mainSpace + ">" + shared.String() + "</sst>"}))
}

// BenchmarkRows measures Open and Rows, to compare with BenchmarkExcelize.
func BenchmarkRows(b *testing.B) {
	data := benchBook(b)
	b.ReportAllocs()
	for b.Loop() {
		book, err := Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			b.Fatal(err)
		}
		rows, err := book.Read(0)
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for ; err == nil; n++ {
			_, err = rows.Next()
		}
		if err != io.EOF || n != benchRows+1 {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkExcelize measures excelize's iterator over rows.
func BenchmarkExcelize(b *testing.B) {
	data := benchBook(b)
	b.ReportAllocs()
	for b.Loop() {
		file, err := excelize.OpenReader(bytes.NewReader(data))
		if err != nil {
			b.Fatal(err)
		}
		rows, err := file.Rows("S")
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for ; rows.Next(); n++ {
			if _, err := rows.Columns(); err != nil {
				b.Fatal(err)
			}
		}
		if err := rows.Close(); err != nil || n != benchRows {
			b.Fatal(n, err)
		}
		file.Close()
	}
	b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds(), "rows/s")
}
