package markup

import (
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"

	"tracksync/internal/track"
)

// book is the part of a workbook that lists its sheets.
type book struct {
	archive *archive
	name    string // of the part
	kind    string // what types of relations begin with
	doc     *document
	sheets  []*element
	index   int    // of the sheet that is marked
	sheet   string // its part
	active  int    // index of the sheet that is shown first
}

func plainText(value string) string { return html.UnescapeString(value) }

// openBook finds the sheet with a name.
func openBook(a *archive, sheet string) (*book, error) {
	top, err := a.relations("")
	if err != nil {
		return nil, err
	}
	main, found := find(top, "officeDocument")
	if !found {
		return nil, fmt.Errorf("the archive is no workbook")
	}
	b := &book{archive: a, name: main.target, kind: strings.TrimSuffix(main.kind, "/officeDocument"), index: -1}
	if b.doc, err = a.document(b.name); err != nil {
		return nil, err
	}
	list := b.doc.root.child("sheets")
	if list == nil {
		return nil, partError(b.name, fmt.Errorf("it lists no sheets"))
	}
	b.sheets = list.all("sheet")
	for i, s := range b.sheets {
		if plainText(s.tag.get("name")) == sheet {
			b.index = i
		}
	}
	if b.index < 0 {
		return nil, fmt.Errorf("the workbook has no sheet %q", sheet)
	}
	if view := b.view(); view != nil {
		b.active, _ = strconv.Atoi(view.tag.get("activeTab")) // absent means the first
	}
	b.sheet, err = b.partOf(b.index)
	return b, err
}

func (b *book) view() *element { return b.doc.root.child("bookViews").child("workbookView") }

// partOf is the part of a sheet.
func (b *book) partOf(index int) (string, error) {
	id := ""
	for _, attr := range b.sheets[index].tag.attrs {
		if attr.name == "id" || strings.HasSuffix(attr.name, ":id") {
			id = attr.value
		}
	}
	list, err := b.archive.relations(b.name)
	if err != nil {
		return "", err
	}
	for _, r := range list {
		if r.id == id && b.archive.files[r.target] != nil {
			return r.target, nil
		}
	}
	return "", partError(b.name, fmt.Errorf("a sheet has no part"))
}

// show makes the marked sheet the one that is shown first. A sheet that was shown first
// must not stay selected, because then whatever is typed would go into both.
func (b *book) show() error {
	if b.index == b.active {
		return nil
	}
	if view := b.view(); view != nil {
		b.doc.set(view, "activeTab", strconv.Itoa(b.index))
	} else {
		p := b.doc.prefix()
		b.doc.insert(b.doc.root.child("sheets").from,
			fmt.Sprintf(`<%[1]sbookViews><%[1]sworkbookView activeTab="%[2]d"/></%[1]sbookViews>`, p, b.index))
	}
	for i := range b.sheets {
		name, err := b.partOf(i)
		if err != nil || i == b.index {
			continue // a sheet of macros or of a chart that is not there is not shown
		}
		if err := b.deselect(name); err != nil {
			return err
		}
	}
	return nil
}

// deselect lets a sheet be selected no longer.
func (b *book) deselect(name string) error {
	selected := regexp.MustCompile(` tabSelected=["'](1|true)["']`)
	head, err := b.archive.head(name)
	if err != nil {
		return err
	}
	at := selected.FindIndex(head)
	if at == nil {
		return nil
	}
	b.archive.cuts[name] = [2]int64{int64(at[0]), int64(at[1])}
	return nil
}

// filterName is the name of the cells of a sheet's filter.
const filterName = "_xlnm._FilterDatabase"

// nameFilter names the cells of the sheet's filter, as spreadsheets do.
func (b *book) nameFilter(cells area) {
	p, sheet := b.doc.prefix(), plainText(b.sheets[b.index].tag.get("name"))
	text := escaped("'" + strings.ReplaceAll(sheet, "'", "''") + "'!" + cells.absolute())
	list := b.doc.root.child("definedNames")
	if list != nil {
		for _, n := range list.children {
			if n.tag.get("name") == filterName && n.tag.get("localSheetId") == strconv.Itoa(b.index) {
				b.doc.changes = append(b.doc.changes, change{n.inner, n.end, text})
				return
			}
		}
	}
	name := fmt.Sprintf(`<%[1]sdefinedName name="%[2]s" localSheetId="%[3]d" hidden="1">%[4]s</%[1]sdefinedName>`,
		p, filterName, b.index, text)
	if list != nil {
		b.doc.add(list, name)
		return
	}
	before := b.doc.root.child("sheets")
	for _, e := range b.doc.root.children {
		if e.name == "functionGroups" || e.name == "externalReferences" {
			before = e
		}
	}
	b.doc.insert(before.to, fmt.Sprintf("<%[1]sdefinedNames>%[2]s</%[1]sdefinedNames>", p, name))
}

const sheetType = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"

// record writes the sheet of rows that are done. Without rows, a sheet that is there is
// emptied, and none is made.
func (b *book) record(done []Done) error {
	for i, s := range b.sheets {
		if s.tag.get("name") == track.DoneSheet {
			name, err := b.partOf(i)
			if err == nil {
				b.archive.set(name, recordSheet(done))
			}
			return err
		}
	}
	if len(done) == 0 {
		return nil
	}
	name := b.archive.freeName("xl/worksheets/sheet", ".xml")
	b.archive.set(name, recordSheet(done))
	if err := b.archive.declare(name, sheetType); err != nil {
		return err
	}
	id, err := b.archive.relate(b.name, b.kind+"/worksheet", name)
	if err != nil {
		return err
	}
	number := 0
	for _, s := range b.sheets {
		n, _ := strconv.Atoi(s.tag.get("sheetId")) // always a number
		number = max(number, n)
	}
	b.doc.add(b.doc.root.child("sheets"), fmt.Sprintf(
		`<%ssheet name="%s" sheetId="%d" state="veryHidden" xmlns:tr="%s" tr:id="%s"/>`,
		b.doc.prefix(), track.DoneSheet, number+1, b.kind, id))
	return nil
}

// recordSheet is a sheet with two columns of texts.
func recordSheet(done []Done) []byte {
	var s strings.Builder
	s.WriteString(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" +
		`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
	row := func(i int, id, fingerprint string) {
		fmt.Fprintf(&s, `<row r="%d">%s%s</row>`, i, textCell("", 1, i, 0, id), textCell("", 2, i, 0, fingerprint))
	}
	row(1, "id", "fingerprint")
	for i, d := range done {
		row(i+2, d.ID.String(), d.Fingerprint)
	}
	s.WriteString(`</sheetData></worksheet>`)
	return []byte(s.String())
}

// textCell is a cell with a text. prefix is that of the elements' names.
func textCell(prefix string, column, row, style int, text string) string {
	return fmt.Sprintf(`<%[1]sc r="%[2]s" s="%[3]d" t="inlineStr"><%[1]sis><%[1]st xml:space="preserve">%[4]s</%[1]st></%[1]sis></%[1]sc>`,
		prefix, cellName(column, row), style, escaped(text))
}
