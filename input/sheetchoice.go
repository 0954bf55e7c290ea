package input

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"tracksync/input/workbook"
	"tracksync/internal/track"
)

// headerWithin is how many rows of a table are searched for its header.
const headerWithin = 50

// chooseSheet finds the sheet to read and its header.
func (p *pass) chooseSheet(b *openBook) error {
	if given := p.m.opts.Sheet; given != "" {
		return p.useGivenSheet(b, given)
	}
	if before := p.sheetBefore(); slices.ContainsFunc(b.book.Sheets,
		func(s workbook.Sheet) bool { return s.Name == before }) {
		return p.useGivenSheet(b, before)
	}
	var looks []*sheetLook
	var with []int // visible sheets with an id column
	visible := 0
	for i, sheet := range b.book.Sheets {
		look, err := p.look(b.book, i)
		if err != nil {
			return err
		}
		looks = append(looks, look)
		if sheet.Hidden || !sheet.Cells {
			continue
		}
		visible++
		if look.hasID {
			with = append(with, i)
		}
	}
	switch {
	case len(with) == 1:
		return p.useSheet(b, looks[with[0]])
	case len(with) == 0 && len(looks) == 1 && visible == 1: // the header says what is wrong
		return p.useSheet(b, looks[0])
	case len(with) == 0 && visible == 0:
		return p.sheetsProblem(b, looks, "all sheets with cells are hidden")
	case len(with) == 0:
		return p.sheetsProblem(b, looks, "no visible sheet has an id column")
	}
	return p.sheetsProblem(b, looks, fmt.Sprintf("%d sheets have an id column", len(with)))
}

// sheetBefore is the sheet that was read before, or "".
func (p *pass) sheetBefore() string {
	if i := p.src.index; i < len(p.m.opts.Sheets) {
		return p.m.opts.Sheets[i]
	}
	return ""
}

// useGivenSheet uses the sheet that Options.Sheet names.
func (p *pass) useGivenSheet(b *openBook, given string) error {
	sheets := b.book.Sheets
	i := slices.IndexFunc(sheets, func(s workbook.Sheet) bool { return s.Name == given })
	if i < 0 {
		i = slices.IndexFunc(sheets, func(s workbook.Sheet) bool { return strings.EqualFold(s.Name, given) })
	}
	if n, err := strconv.Atoi(given); i < 0 && err == nil {
		i = nthVisible(sheets, n)
	}
	if i < 0 {
		names := make([]string, len(sheets))
		for j, s := range sheets {
			names[j] = s.Name
		}
		hint := "the sheets are " + p.m.list(names)
		if !allDigits(given) {
			hint = orElse(p.m.didYouMean(given, names), hint)
		}
		return p.workbookProblem("", "", "there is no sheet "+p.m.quote(given), hint)
	}
	if !sheets[i].Cells {
		return p.workbookProblem(sheets[i].Name, "", "the sheet has no cells: it is a chart, a dialog or a macro",
			"name another one with --sheet")
	}
	look, err := p.look(b.book, i)
	if err != nil {
		return err
	}
	return p.useSheet(b, look)
}

// nthVisible is the index of the nth visible tab, or -1.
func nthVisible(sheets []workbook.Sheet, n int) int {
	for i, s := range sheets {
		if !s.Hidden {
			if n--; n == 0 {
				return i
			}
		}
	}
	return -1
}

// useSheet uses a sheet, and complains about rows above its header that look like rows of
// the table.
func (p *pass) useSheet(b *openBook, look *sheetLook) error {
	b.sheet, b.headerRow = look.sheet, look.headerRow
	sheet := b.book.Sheets[look.sheet].Name
	if given := p.m.opts.HeaderRow; given > 0 && look.names == nil {
		return p.workbookProblem(sheet, workbook.CellName(0, given), "the row that --header-row names is empty",
			"name the row with the names of the columns")
	}
	p.src.shape.Above = len(look.above)
	p.complainOfStray(&look.tableHead, func(row headRow) track.Position {
		return track.Position{File: p.src.name, Sheet: sheet, Cell: workbook.CellName(look.id, row.number)}
	})
	return nil
}

// sheetLook is what the beginning of a sheet shows.
type sheetLook struct {
	sheet int
	tableHead
}

// look reads the beginning of a sheet up to its header.
func (p *pass) look(book *workbook.Book, sheet int) (*sheetLook, error) {
	look := &sheetLook{sheet: sheet}
	if !book.Sheets[sheet].Cells {
		return look, nil
	}
	rows, err := book.Read(sheet)
	if err != nil {
		return nil, p.workbookFailure(err)
	}
	defer rows.Close()
	finder := p.newHeaderFinder()
	for {
		row, err := rows.Next()
		if err == io.EOF || err == nil && finder.see(row.Number, p.textsOf(row)) {
			look.tableHead = finder.head()
			return look, nil
		}
		if err != nil {
			return nil, p.workbookFailure(err)
		}
	}
}

// sheetsProblem lists the sheets of a workbook of which none or several can be read.
func (p *pass) sheetsProblem(b *openBook, looks []*sheetLook, message string) error {
	const listed = 20
	var list []string
	for i, look := range looks[:min(len(looks), listed)] {
		text, err := p.describeSheet(b.book, look)
		if err != nil {
			return err
		}
		list = append(list, p.m.quote(b.book.Sheets[i].Name)+" ("+text+")")
	}
	if len(looks) > listed {
		list = append(list, fmt.Sprintf("and %d more", len(looks)-listed))
	}
	return p.workbookProblem("", "", message, "name the sheet with --sheet; the sheets are "+strings.Join(list, ", "))
}

// describeSheet says what a sheet has.
func (p *pass) describeSheet(book *workbook.Book, look *sheetLook) (string, error) {
	sheet := book.Sheets[look.sheet]
	hidden := ""
	if sheet.Hidden {
		hidden = "hidden; "
	}
	switch {
	case !sheet.Cells:
		return hidden + "a chart or a dialog", nil
	case look.names == nil:
		return hidden + "empty", nil
	}
	rows, err := p.countRows(book, look)
	if err != nil {
		return "", err
	}
	named := slices.DeleteFunc(slices.Clone(look.names),
		func(name string) bool { return strings.TrimSpace(name) == "" })
	return hidden + "columns " + p.m.list(named) + "; " + plural(rows, "row"), nil
}

// countRows counts the rows below a sheet's header that have content.
func (p *pass) countRows(book *workbook.Book, look *sheetLook) (n int, err error) {
	rows, err := book.Read(look.sheet)
	if err != nil {
		return 0, p.workbookFailure(err)
	}
	defer rows.Close()
	for {
		row, err := rows.Next()
		switch {
		case err == io.EOF:
			return n, nil
		case err != nil:
			return 0, p.workbookFailure(err)
		case row.Number > look.headerRow && len(row.Cells) > 0:
			n++
		}
		if err := p.interrupted(); err != nil {
			return 0, err
		}
	}
}
