package workbook

import (
	"archive/zip"
	"bytes"
	"fmt"

	"github.com/xuri/excelize/v2"
)

// rootLinks leads excelize to the workbook.
const rootLinks = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
	`<Relationship Id="rId1" Type="` + excelize.SourceRelationshipOfficeDocument + `" Target="xl/workbook.xml"/>` +
	`</Relationships>`

// readStructure reads the list of sheets and the styles.
func (b *Book) readStructure(main string, links []link) error {
	styles, err := b.linked(links, "styles")
	if err != nil {
		return err
	}
	lean, err := b.lean(main, styles)
	if err != nil {
		return err
	}
	file, err := excelize.OpenReader(bytes.NewReader(lean))
	if err != nil {
		return damaged(main, err)
	}
	defer file.Close() // it has no files
	properties, err := file.GetWorkbookProps()
	if err != nil {
		return damaged(main, err)
	}
	b.Date1904 = properties.Date1904 != nil && *properties.Date1904
	calculation, err := file.GetCalcProps()
	if err != nil {
		return damaged(main, err)
	}
	b.uncalculated = calculation.FullCalcOnLoad != nil && *calculation.FullCalcOnLoad
	if err := b.readSheets(file, links); err != nil {
		return err
	}
	b.readFormats(file)
	return nil
}

// maxSheets is the most sheets of a workbook. The beginning of each is read.
const maxSheets = 4096

// readSheets reads the list of sheets.
func (b *Book) readSheets(file *excelize.File, links []link) error {
	list := file.WorkBook.Sheets.Sheet
	if len(list) > maxSheets {
		return &Error{Message: fmt.Sprintf("the workbook has more than %d sheets", maxSheets), Hint: saveSmaller}
	}
	byID := make(map[string]link, len(links))
	for _, l := range links {
		byID[l.ID] = l
	}
	for _, s := range list {
		sheet := Sheet{Name: s.Name, Hidden: s.State != "" && s.State != "visible"}
		if l, found := byID[s.ID]; found {
			if err := b.exists(l.Target); err != nil {
				return err
			}
			sheet.Cells, sheet.part = l.is("worksheet"), l.Target
		}
		b.Sheets = append(b.Sheets, sheet)
	}
	return nil
}

// readFormats reads the number formats of the cell styles.
func (b *Book) readFormats(file *excelize.File) {
	codes := make(map[int]string)
	if file.Styles.NumFmts != nil {
		for _, f := range file.Styles.NumFmts.NumFmt {
			codes[f.NumFmtID] = f.FormatCode
		}
	}
	if file.Styles.CellXfs == nil {
		return
	}
	known := make(map[int]*Format)
	for _, style := range file.Styles.CellXfs.Xf {
		id := 0
		if style.NumFmtID != nil {
			id = *style.NumFmtID
		}
		if known[id] == nil {
			known[id] = newFormat(id, codes)
		}
		b.formats = append(b.formats, known[id])
	}
}

// maxTags is the most tags of a part that excelize reads into memory. A workbook may have 65,490
// formats of cells.
const maxTags = 1 << 19

// lean is an archive of the workbook's structure and its styles alone, under the names
// that excelize looks for.
func (b *Book) lean(main, styles string) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	add := func(name string, content []byte) error {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = f.Write(content)
		}
		return err
	}
	if err := add("_rels/.rels", []byte(rootLinks)); err != nil {
		return nil, err
	}
	for _, part := range []struct{ name, at string }{{main, "xl/workbook.xml"}, {styles, "xl/styles.xml"}} {
		content, err := b.readPart(part.name)
		if err == nil && bytes.Count(content, []byte("<")) > maxTags {
			err = &Error{Message: fmt.Sprintf("the workbook's part %s has more than %d tags", part.name, maxTags),
				Hint: saveSmaller}
		}
		if err != nil {
			return nil, err
		}
		if err := add(part.at, content); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return out.Bytes(), err
}
