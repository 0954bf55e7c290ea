package markup

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"unicode/utf16"
)

// PlainSheet is the name of the sheet of a workbook that WritePlain writes.
const PlainSheet = "tracks"

// ErrLongText is the error of a text that is too long for a cell.
var ErrLongText = errors.New("a cell holds at most 32,767 characters")

const maxCell = 32_767 // UTF-16 units

// plainParts are the parts of a workbook with one sheet, except the sheet.
var plainParts = []struct{ name, text string }{
	{typesName, `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.` +
		`spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="` + sheetType +
		`"/></Types>`},
	{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="` + officeKind + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="` +
		officeKind + `">` +
		`<bookViews><workbookView/></bookViews><sheets><sheet name="` + PlainSheet +
		`" sheetId="1" r:id="rId1"/></sheets></workbook>`},
	{"xl/_rels/workbook.xml.rels",
		`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			`<Relationship Id="rId1" Type="` + officeKind + `/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
}

// officeKind is what types of relations begin with.
const officeKind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

// WritePlain writes a workbook with one sheet of texts. The first row is the header, which
// stays in sight. Write marks such a workbook.
func WritePlain(w io.Writer, rows iter.Seq2[[]string, error]) error {
	out := zip.NewWriter(w)
	for _, p := range plainParts {
		if err := put(out, p.name, []byte(declaration+p.text)); err != nil {
			return err
		}
	}
	styles, err := readStyles([]byte(bareStyles))
	if err != nil {
		return err
	}
	format := styles.text()
	if err := put(out, "xl/styles.xml", styles.changed()); err != nil {
		return err
	}
	part, err := out.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return err
	}
	sheet := bufio.NewWriterSize(part, 64<<10)
	if err := plainSheet(sheet, format, rows); err != nil {
		return err
	}
	if err := sheet.Flush(); err != nil {
		return err
	}
	return out.Close()
}

const declaration = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// plainSheet writes the sheet. An error of w comes again when it is flushed.
func plainSheet(w *bufio.Writer, format int, rows iter.Seq2[[]string, error]) error {
	fmt.Fprintf(w,
		declaration+`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews>`+
			`<sheetView tabSelected="1" workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>`+
			`</sheetView></sheetViews><cols><col min="1" max="%d" width="20" style="%d" customWidth="1"/></cols><sheetData>`,
		mostColumns, format)
	number := 0
	for cells, err := range rows {
		if err != nil {
			return err
		}
		number++
		fmt.Fprintf(w, `<row r="%d">`, number)
		for i, text := range cells {
			if len(text) > maxCell && len(utf16.Encode([]rune(text))) > maxCell {
				return fmt.Errorf("%s: %w", cellName(i+1, number), ErrLongText)
			}
			if text != "" {
				w.WriteString(textCell("", i+1, number, format, text))
			}
		}
		w.WriteString("</row>")
	}
	w.WriteString("</sheetData></worksheet>")
	return nil
}
