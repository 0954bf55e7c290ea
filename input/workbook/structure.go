package workbook

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// readStructure reads the list of sheets and the number formats.
func (b *Book) readStructure(main string, links []link) error {
	styles, err := b.linked(links, "styles")
	if err != nil {
		return err
	}
	if err := b.readWorkbook(main, links); err != nil {
		return err
	}
	if styles == "" {
		return nil
	}
	return b.readStyles(styles)
}

// maxSheets is the most sheets of a workbook. The beginning of each is read.
const maxSheets = 4096

// readWorkbook reads the list of sheets, and what holds for the whole workbook.
func (b *Book) readWorkbook(main string, links []link) error {
	byID := make(map[string]link, len(links))
	for _, l := range links {
		byID[l.ID] = l
	}
	return b.each(main, "workbook", func(p *parser, start xml.StartElement) (err error) {
		switch {
		case p.isAt("workbook", "workbookPr"):
			b.Date1904, err = truthOf(start, "date1904")
		case p.isAt("workbook", "calcPr"):
			b.uncalculated, err = truthOf(start, "fullCalcOnLoad")
		case p.isAt("workbook", "sheets", "sheet"):
			err = b.addSheet(start, byID)
		}
		return err
	})
}

// addSheet adds the sheet that start describes. links are the relationships of the workbook
// by their ids.
func (b *Book) addSheet(start xml.StartElement, links map[string]link) error {
	if len(b.Sheets) == maxSheets {
		return &Error{Message: fmt.Sprintf("the workbook has more than %d sheets", maxSheets), Hint: saveSmaller}
	}
	state := attribute(start, "state")
	sheet := Sheet{Name: attribute(start, "name"), Hidden: state != "" && state != "visible"}
	if l, found := links[linkID(start)]; found {
		if err := b.exists(l.Target); err != nil {
			return err
		}
		sheet.Cells, sheet.part = l.is("worksheet"), l.Target
	}
	b.Sheets = append(b.Sheets, sheet)
	return nil
}

// linkID is the id of the relationship that an element names, for example r:id="rId1". Only
// this attribute has a prefix.
func linkID(start xml.StartElement) string {
	for _, a := range start.Attr {
		if a.Name.Local == "id" && a.Name.Space != "" {
			return a.Value
		}
	}
	return ""
}

// maxFormats is the most formats of a workbook, which are kept in memory. Spreadsheet programs
// write up to 65,490 of cells.
const maxFormats = 1 << 18

// readStyles reads the number formats of the cell styles.
func (b *Book) readStyles(part string) error {
	codes := make(map[int]string) // the number formats that the workbook defines
	var styles []int              // the number format of each cell style
	err := b.each(part, "styleSheet", func(p *parser, start xml.StartElement) error {
		inNumbers, inCells := p.isAt("styleSheet", "numFmts", "numFmt"), p.isAt("styleSheet", "cellXfs", "xf")
		if !inNumbers && !inCells {
			return nil
		}
		if len(codes)+len(styles) == maxFormats {
			return &Error{Message: fmt.Sprintf("the workbook has more than %d formats", maxFormats), Hint: saveSmaller}
		}
		id, err := number(start, "numFmtId")
		if inNumbers {
			codes[id] = attribute(start, "formatCode")
		} else {
			styles = append(styles, id)
		}
		return err
	})
	known := make(map[int]*Format)
	for _, id := range styles {
		if known[id] == nil {
			known[id] = newFormat(id, codes)
		}
		b.formats = append(b.formats, known[id])
	}
	return err
}

// each calls visit at the beginning of each element of a small part that has a root of a name.
func (b *Book) each(part, root string, visit func(p *parser, start xml.StartElement) error) error {
	content, err := b.open(part, maxStructure)
	if err != nil {
		return err
	}
	defer content.Close()
	p := newParser(content, maxStructure)
	for {
		token, err := p.next()
		if err == io.EOF {
			return nil
		}
		if start, ok := token.(xml.StartElement); ok && err == nil {
			if p.open[0].Local != root {
				return damaged(part, fmt.Errorf("it begins with the element %.20q, not %q", start.Name.Local, root))
			}
			err = visit(p, start)
		}
		if err != nil {
			return p.failed(part, err)
		}
	}
}

// number is a whole number that an attribute has, or 0 without the attribute.
func number(start xml.StartElement, name string) (int, error) {
	text := strings.TrimSpace(attribute(start, name))
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("%s is %.20q, which is no number", name, text)
	}
	return n, nil
}

// truthOf is the truth value of an attribute.
func truthOf(start xml.StartElement, name string) (bool, error) {
	yes, err := truth(attribute(start, name))
	if err != nil {
		return false, fmt.Errorf("%s is %w", name, err)
	}
	return yes, nil
}
