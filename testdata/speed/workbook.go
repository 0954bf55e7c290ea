//go:build unix

package main

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

const (
	mainSpace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	linkSpace = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	linksHead = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
)

// bookParts are the small parts of the workbook.
var bookParts = [][2]string{
	{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`},
	{"_rels/.rels", linksHead + `<Relationship Id="r1" Type="` + linkSpace +
		`/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/workbook.xml", `<workbook xmlns="` + mainSpace + `" xmlns:r="` + linkSpace +
		`"><sheets><sheet name="Tracks" sheetId="1" r:id="r1"/></sheets></workbook>`},
	{"xl/_rels/workbook.xml.rels", linksHead + `<Relationship Id="r1" Type="` + linkSpace +
		`/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="` + linkSpace +
		`/styles" Target="styles.xml"/><Relationship Id="r3" Type="` + linkSpace +
		`/sharedStrings" Target="sharedStrings.xml"/></Relationships>`},
	{"xl/styles.xml", `<styleSheet xmlns="` + mainSpace +
		`"><cellXfs><xf numFmtId="0"/><xf numFmtId="1"/></cellXfs></styleSheet>`},
}

// The texts of a track in a workbook that are different for every one, and the same ones.
var (
	ownTexts = []string{"Background track number %d of all", "https://media.example.com/tracks/%09d/loop.mp3",
		"Note about %d"}
	commonTexts = []string{"id", "name", "volume", "project_id", "media_url", "#note", "#mood", "#year", "calm", "busy"}
)

// writeWorkbook writes a workbook as spreadsheet programs do: numbers in the cells, and
// texts in a part of their own. Its columns are those of a track and three for people.
func (b *bench) writeWorkbook(tracks int) (string, error) {
	name := filepath.Join(b.dir, fmt.Sprintf("tracks-%d.xlsx", tracks))
	file, err := os.Create(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	out := zip.NewWriter(file)
	put := func(part string, write func(w io.Writer)) {
		w, failed := out.Create(part)
		if err = errors.Join(err, failed); err != nil {
			return
		}
		buffered := bufio.NewWriter(w)
		write(buffered)
		err = buffered.Flush()
	}
	for _, part := range bookParts {
		put(part[0], func(w io.Writer) { io.WriteString(w, part[1]) })
	}
	put("xl/worksheets/sheet1.xml", func(w io.Writer) { writeRows(w, tracks) })
	put("xl/sharedStrings.xml", func(w io.Writer) { writeTexts(w, tracks) })
	return name, errors.Join(err, out.Close())
}

func writeRows(w io.Writer, tracks int) {
	fmt.Fprintf(w, `<worksheet xmlns="%s"><sheetData><row r="1" spans="1:8">`, mainSpace)
	for i := range 8 {
		fmt.Fprintf(w, `<c r="%c1" t="s"><v>%d</v></c>`, 'A'+i, i)
	}
	io.WriteString(w, "</row>")
	for i := range tracks {
		own, row := len(commonTexts)+len(ownTexts)*i, i+2
		fmt.Fprintf(w, `<row r="%[1]d" spans="1:8"><c r="A%[1]d" s="1"><v>%[2]d</v></c>`+
			`<c r="B%[1]d" t="s"><v>%[3]d</v></c><c r="C%[1]d" s="1"><v>%[4]d</v></c>`+
			`<c r="D%[1]d" s="1"><v>%[5]d</v></c><c r="E%[1]d" t="s"><v>%[6]d</v></c>`+
			`<c r="F%[1]d" t="s"><v>%[7]d</v></c><c r="G%[1]d" t="s"><v>%[8]d</v></c>`+
			`<c r="H%[1]d"><v>%[9]d</v></c></row>`,
			row, 100_000+i, own, i%101, 1+i%7, own+1, own+2, 8+i%2, 1990+i%35)
	}
	io.WriteString(w, "</sheetData></worksheet>")
}

func writeTexts(w io.Writer, tracks int) {
	fmt.Fprintf(w, `<sst xmlns="%s">`, mainSpace)
	for _, text := range commonTexts {
		fmt.Fprintf(w, "<si><t>%s</t></si>", text)
	}
	for i := range tracks {
		for _, text := range ownTexts {
			fmt.Fprintf(w, "<si><t>"+text+"</t></si>", 100_000+i)
		}
	}
	io.WriteString(w, "</sst>")
}
