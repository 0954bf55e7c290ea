package input

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"tracksync/input/workbook"
	"tracksync/internal/safe"
	"tracksync/internal/track"
)

const (
	maxSheetRows = 1<<20 - 1 // entries of a sheet, which has one more row for the header
	maxCellUnits = 32767     // UTF-16 units of a cell
)

// workbookLayout writes a workbook with one sheet, row by row into the archive: nothing is
// collected in memory or in a temporary file. It writes the XML itself. A library that can
// write every kind of sheet is a third of the program's size, because a linker cannot tell
// which of its parts are used.
//
// Ids and names are texts in cells that are formatted as text: then no spreadsheet
// rounds an id or takes a name for a formula, even when somebody edits it. The cells of
// volumes and projects have validations that refuse what the API would.
type workbookLayout struct {
	columns []string
	max     int          // the largest volume; 0: any
	made    bytes.Buffer // what the archive has written, for Writer
	archive *zip.Writer
	sheet   io.Writer
	xml     []byte // the current row
	row     int
}

func writeWorkbook(o WriterOptions) layout {
	columns := slices.Clone(o.Columns)
	if len(columns) == 0 {
		columns = track.Columns()
	}
	w := &workbookLayout{columns: columns, max: o.MaxVolume}
	switch {
	case w.max == 0:
		w.max = usualMaxVolume
	case w.max < 0:
		w.max = 0
	}
	return w
}

func (w *workbookLayout) limit() int { return maxRecord }

// head writes every part of the archive but the sheet, and starts the sheet with the names
// of the columns.
func (w *workbookLayout) head(b []byte, _ WriterOptions) ([]byte, error) {
	if err := checkColumns(w.columns); err != nil {
		return nil, err
	}
	w.archive = zip.NewWriter(&w.made)
	for _, part := range workbookParts {
		if err := w.part(part.name, part.content); err != nil {
			return nil, err
		}
	}
	if err := w.part("xl/worksheets/sheet1.xml", sheetHead); err != nil {
		return nil, err
	}
	w.xml = append(w.xml[:0], "<cols>"...)
	for i, name := range w.columns {
		c := columnOf(name)
		w.xml = fmt.Appendf(w.xml, `<col min="%d" max="%d" width="%d" style="%d" customWidth="1"/>`, i+1, i+1, c.width, c.style)
	}
	w.xml = append(w.xml, "</cols><sheetData>"...)
	w.startRow()
	for i, name := range w.columns {
		w.text(i, columnOf(name).head, name)
	}
	return w.endRow(b)
}

// part begins a part of the archive.
func (w *workbookLayout) part(name, content string) (err error) {
	if w.sheet, err = w.archive.Create(name); err == nil {
		_, err = io.WriteString(w.sheet, content)
	}
	return err
}

// sheetColumn is how a column looks: its width in characters, and the styles of its cells.
type sheetColumn struct{ width, style, head int }

func columnOf(name string) sheetColumn {
	switch name {
	case track.FieldName:
		return sheetColumn{40, styleText, styleHead}
	case track.FieldVolume:
		return sheetColumn{10, styleNumber, styleHead}
	case track.FieldMedia:
		return sheetColumn{60, styleText, styleHead}
	case ColumnShownMedia, ColumnComment:
		return sheetColumn{60, styleGrey, styleGreyHead}
	}
	return sheetColumn{20, styleText, styleHead}
}

// entry adds a row to the sheet. What is appended to b is what the archive has written
// meanwhile.
func (w *workbookLayout) entry(b []byte, e *Entry, _ bool) ([]byte, error) {
	if w.row > maxSheetRows {
		return b, errNoRoom(w.row)
	}
	w.xml = w.xml[:0]
	w.startRow()
	v := e.Update.Values
	for i, name := range w.columns {
		switch name {
		case track.FieldID:
			w.text(i, styleText, e.Update.ID.String())
		case track.FieldName:
			w.text(i, styleText, v.Name.String())
		case track.FieldVolume:
			if n, ok := v.Volume.Get(); ok {
				w.number(i, n)
			}
		case track.FieldProject:
			w.text(i, styleText, v.Project.String())
		case track.FieldMedia:
			w.text(i, styleText, v.Media.String())
		case ColumnShownMedia:
			w.text(i, styleGrey, safe.Line(e.ShownMedia.String()))
		case ColumnComment:
			w.text(i, styleGrey, safe.Line(e.Comment))
		}
	}
	return w.endRow(b)
}

func (w *workbookLayout) startRow() {
	w.row++
	w.xml = fmt.Appendf(w.xml, `<row r="%d">`, w.row)
}

func (w *workbookLayout) endRow(b []byte) ([]byte, error) {
	w.xml = append(w.xml, "</row>"...)
	if _, err := w.sheet.Write(w.xml); err != nil {
		return b, err
	}
	b = append(b, w.made.Bytes()...)
	w.made.Reset()
	return b, nil
}

func (w *workbookLayout) number(column, n int) {
	w.xml = fmt.Appendf(w.xml, `<c r="%s" s="%d"><v>%d</v></c>`, workbook.CellName(column, w.row), styleNumber, n)
}

// text adds a cell with a text, unless it is empty.
func (w *workbookLayout) text(column, style int, text string) {
	if text == "" {
		return
	}
	w.xml = fmt.Appendf(w.xml, `<c r="%s" s="%d" t="inlineStr"><is><t xml:space="preserve">`,
		workbook.CellName(column, w.row), style)
	w.xml = append(w.xml, html.EscapeString(cellText(text))...)
	w.xml = append(w.xml, "</t></is></c>"...)
}

// escapedCharacter matches the form in which a workbook has a character that XML cannot
// have: _x000D_ is a carriage return.
var escapedCharacter = regexp.MustCompile(`^_x[0-9A-Fa-f]{4}_`)

// cellText is a text in the form that workbooks have. The underscore of a text that only
// looks like an escaped character is itself escaped.
func cellText(text string) string {
	if !strings.ContainsAny(text, "_\r") {
		return text
	}
	var b strings.Builder
	for i := range len(text) {
		switch c := text[i]; {
		case c == '\r':
			b.WriteString("_x000D_")
		case c == '_' && escapedCharacter.MatchString(text[i:]):
			b.WriteString("_x005F_")
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// ErrNoRoom is the error of more entries than a sheet has rows for.
var ErrNoRoom = errors.New("a sheet has no room for so many rows")

func errNoRoom(entries int) error {
	return fmt.Errorf("%w: %d, and at most %d are possible", ErrNoRoom, entries, maxSheetRows)
}

// end writes the end of the sheet and of the archive.
func (w *workbookLayout) end(to io.Writer, _ int) error {
	var rules []string
	for i, name := range w.columns {
		if rule := w.validation(i, name); rule != "" {
			rules = append(rules, rule)
		}
	}
	tail := "</sheetData>"
	if len(rules) > 0 {
		tail += `<dataValidations count="` + strconv.Itoa(len(rules)) + `">` + strings.Join(rules, "") + "</dataValidations>"
	}
	_, err := io.WriteString(w.sheet, tail+"</worksheet>")
	if err == nil {
		err = w.archive.Close()
	}
	if err == nil {
		_, err = w.made.WriteTo(to)
	}
	return err
}

// validation lets a spreadsheet refuse values of a column that the API would refuse.
func (w *workbookLayout) validation(i int, name string) string {
	letter := workbook.ColumnName(i)
	rule := func(attributes, title, message string, formulas ...string) string {
		text := fmt.Sprintf(`<dataValidation %s allowBlank="1" showErrorMessage="1" errorStyle="stop" errorTitle="%s" `+
			`error="%s" sqref="%s2:%s%d">`, attributes, title, message, letter, letter, maxSheetRows+1)
		for n, formula := range formulas {
			text += fmt.Sprintf("<formula%d>%s</formula%d>", n+1, html.EscapeString(formula), n+1)
		}
		return text + "</dataValidation>"
	}
	switch {
	case name == track.FieldVolume && w.max > 0:
		return rule(`type="whole" operator="between"`, "Volume", fmt.Sprintf("A whole number from 0 to %d.", w.max),
			"0", strconv.Itoa(w.max))
	case name == track.FieldVolume:
		return rule(`type="whole" operator="greaterThanOrEqual"`, "Volume", "A whole number, 0 or more.", "0")
	case name == track.FieldProject:
		return rule(`type="custom"`, "Project",
			"The id of a project, or the word null to take the track out of its project.",
			strings.ReplaceAll(projectRule, "CELL", letter+"2"))
	}
	return ""
}

// projectRule is true for the word null, and for a text or a number of 1 to 18 digits,
// the first of which is not 0.
const projectRule = `OR(EXACT(CELL,"null"),AND(LEN(CELL)<19,LEFT(CELL,1)<>"0",` +
	`SUMPRODUCT(--ISNUMBER(FIND(MID(CELL&REPT("0",18),ROW($1:$18),1),"0123456789")))=18))`

// refuse finds what a workbook cannot hold.
func (w *workbookLayout) refuse(e *Entry) *RoundTripError {
	if bad := lacksColumn(w.columns, e); bad != nil {
		return bad
	}
	field, message := track.FieldName, notInCell(e.Update.Name.String())
	if message == "" {
		field, message = track.FieldMedia, notInCell(e.Update.Media.String())
	}
	if message == "" {
		return nil
	}
	return &RoundTripError{Field: field, Message: message, Hint: "write CSV, YAML or JSON, or leave it out"}
}

// notInCell says why a cell would not show a text as it is; "" if it would.
func notInCell(text string) string {
	if n := len(utf16.Encode([]rune(text))); n > maxCellUnits {
		return fmt.Sprintf("%d characters are more than the %d that a cell holds", n, maxCellUnits)
	}
	if strings.ContainsFunc(text, func(c rune) bool { return c == '\ufffe' || c == '\uffff' }) {
		return "a workbook cannot have the characters U+FFFE and U+FFFF"
	}
	return ""
}
