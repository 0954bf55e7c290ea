package input

import (
	"archive/zip"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

const (
	maxSheetRows = 1<<20 - 1 // entries of a sheet, which has one more row for the header
	maxCellUnits = 32767     // UTF-16 units of a cell
	workbookName = "tracks"  // of the only sheet
)

// workbookLayout writes a workbook with one sheet. excelize collects the sheet in a
// temporary file if it is large, and writes the workbook at the end.
//
// Ids and names are texts in cells that are formatted as text: then no spreadsheet
// rounds an id or takes a name for a formula, even when somebody edits it. The cells of
// volumes and projects have validations that refuse what the API would.
type workbookLayout struct {
	columns []string
	max     int // the largest volume; 0: any
	file    *excelize.File
	sheet   *excelize.StreamWriter
	cells   []any
	row     int
	styles  workbookStyles
}

// workbookStyles are numbers of styles.
type workbookStyles struct{ text, number, grey, head, greyHead int }

func writeWorkbook(o WriterOptions) layout {
	columns := slices.Clone(o.Columns)
	if len(columns) == 0 {
		columns = track.Columns()
	}
	w := &workbookLayout{columns: columns, max: o.MaxVolume, cells: make([]any, len(columns))}
	switch {
	case w.max == 0:
		w.max = usualMaxVolume
	case w.max < 0:
		w.max = 0
	}
	return w
}

func (w *workbookLayout) limit() int { return maxRecord }

// head starts the sheet with the names of the columns.
func (w *workbookLayout) head(b []byte, _ WriterOptions) ([]byte, error) {
	if err := checkColumns(w.columns); err != nil {
		return nil, err
	}
	w.file = excelize.NewFile()
	err := w.file.SetSheetName("Sheet1", workbookName)
	for _, s := range []struct {
		number *int
		style  excelize.Style
	}{
		{&w.styles.text, excelize.Style{NumFmt: textFormat}},
		{&w.styles.number, excelize.Style{NumFmt: wholeFormat}},
		{&w.styles.grey, excelize.Style{NumFmt: textFormat, Font: &excelize.Font{Color: "808080"}}},
		{&w.styles.head, excelize.Style{NumFmt: textFormat, Font: &excelize.Font{Bold: true}}},
		{&w.styles.greyHead, excelize.Style{NumFmt: textFormat, Font: &excelize.Font{Bold: true, Color: "808080"}}},
	} {
		if err == nil {
			*s.number, err = w.file.NewStyle(&s.style)
		}
	}
	if err == nil {
		w.sheet, err = w.file.NewStreamWriter(workbookName)
	}
	if err == nil {
		err = w.sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	}
	for i, name := range w.columns {
		if err == nil {
			err = w.column(i, name)
		}
	}
	if err == nil {
		err = w.put()
	}
	return b, err
}

// The numbers of formats that every spreadsheet knows.
const (
	wholeFormat = 1  // 0
	textFormat  = 49 // @
)

// column formats a column and sets its name.
func (w *workbookLayout) column(i int, name string) error {
	style, head, width := w.styles.text, w.styles.head, 20.0
	switch name {
	case track.FieldName:
		width = 40
	case track.FieldVolume:
		style, width = w.styles.number, 10
	case track.FieldMedia:
		width = 60
	case ColumnShownMedia, ColumnComment:
		style, head, width = w.styles.grey, w.styles.greyHead, 60
	}
	w.cells[i] = excelize.Cell{StyleID: head, Value: name}
	return errors.Join(w.sheet.SetColWidth(i+1, i+1, width), w.sheet.SetColStyle(i+1, i+1, style), w.validate(i, name))
}

// validate lets a spreadsheet refuse values of a column that the API would refuse.
func (w *workbookLayout) validate(i int, name string) error {
	letter, err := excelize.ColumnNumberToName(i + 1)
	if err != nil {
		return err
	}
	v := excelize.NewDataValidation(true)
	v.SetSqref(fmt.Sprintf("%s2:%s%d", letter, letter, maxSheetRows+1))
	switch {
	case name == track.FieldVolume && w.max > 0:
		err = v.SetRange(0, w.max, excelize.DataValidationTypeWhole, excelize.DataValidationOperatorBetween)
		v.SetError(excelize.DataValidationErrorStyleStop, "Volume", fmt.Sprintf("A whole number from 0 to %d.", w.max))
	case name == track.FieldVolume:
		err = v.SetRange(0, 0, excelize.DataValidationTypeWhole, excelize.DataValidationOperatorGreaterThanOrEqual)
		v.SetError(excelize.DataValidationErrorStyleStop, "Volume", "A whole number, 0 or more.")
	case name == track.FieldProject:
		v.Type, v.Formula1 = "custom", html.EscapeString(strings.ReplaceAll(projectRule, "CELL", letter+"2"))
		v.SetError(excelize.DataValidationErrorStyleStop, "Project",
			"The id of a project, or the word null to take the track out of its project.")
	default:
		return nil
	}
	return errors.Join(err, w.file.AddDataValidation(workbookName, v))
}

// projectRule is true for the word null, and for a text or a number of 1 to 18 digits,
// the first of which is not 0.
const projectRule = `OR(EXACT(CELL,"null"),AND(LEN(CELL)<19,LEFT(CELL,1)<>"0",` +
	`SUMPRODUCT(--ISNUMBER(FIND(MID(CELL&REPT("0",18),ROW($1:$18),1),"0123456789")))=18))`

// entry adds a row to the sheet. Nothing is appended to b: the sheet is written at the end.
func (w *workbookLayout) entry(b []byte, e *Entry, _ bool) ([]byte, error) {
	if w.row > maxSheetRows {
		return b, errNoRoom(w.row)
	}
	v := e.Update.Values
	for i, name := range w.columns {
		w.cells[i] = nil
		switch name {
		case track.FieldID:
			w.cells[i] = w.text(e.Update.ID.String())
		case track.FieldName:
			w.cells[i] = w.text(v.Name.String())
		case track.FieldVolume:
			if n, ok := v.Volume.Get(); ok {
				w.cells[i] = excelize.Cell{StyleID: w.styles.number, Value: n}
			}
		case track.FieldProject:
			w.cells[i] = w.text(v.Project.String())
		case track.FieldMedia:
			w.cells[i] = w.text(v.Media.String())
		case ColumnShownMedia:
			w.cells[i] = w.grey(e.ShownMedia.String())
		case ColumnComment:
			w.cells[i] = w.grey(e.Comment)
		}
	}
	return b, w.put()
}

func (w *workbookLayout) text(text string) any {
	if text == "" {
		return nil
	}
	return excelize.Cell{StyleID: w.styles.text, Value: text}
}

func (w *workbookLayout) grey(text string) any {
	if text == "" {
		return nil
	}
	return excelize.Cell{StyleID: w.styles.grey, Value: safe.Line(text)}
}

// put adds the cells as the next row.
func (w *workbookLayout) put() error {
	w.row++
	return w.sheet.SetRow("A"+strconv.Itoa(w.row), w.cells)
}

// ErrNoRoom is the error of more entries than a sheet has rows for.
var ErrNoRoom = errors.New("a sheet has no room for so many rows")

func errNoRoom(entries int) error {
	return fmt.Errorf("%w: %d, and at most %d are possible", ErrNoRoom, entries, maxSheetRows)
}

// end writes the workbook.
func (w *workbookLayout) end(to io.Writer, _ int) error {
	if err := w.sheet.Flush(); err != nil {
		return err
	}
	// excelize would make the whole workbook in memory first.
	w.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(to) })
	return w.file.Write(io.Discard)
}

// discard removes the temporary file.
func (w *workbookLayout) discard() error {
	if w.file == nil {
		return nil
	}
	return w.file.Close()
}

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

// notEscaped finds texts like _x000D_, which is what workbooks have for a character that XML
// cannot have. excelize writes one so that it is read as it is, but not two that share an
// underscore, and not half a surrogate pair.
var notEscaped = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_x[0-9A-Fa-f]{4}_|_x[Dd][89A-Fa-f][0-9A-Fa-f]{2}_`)

// notInCell says why a cell would not show a text as it is; "" if it would.
func notInCell(text string) string {
	if n := len(utf16.Encode([]rune(text))); n > maxCellUnits {
		return fmt.Sprintf("%d characters are more than the %d that a cell holds", n, maxCellUnits)
	}
	if found := notEscaped.FindString(text); found != "" {
		return show(found) + " stands for a character in a workbook"
	}
	if strings.ContainsFunc(text, func(c rune) bool { return c == '\ufffe' || c == '\uffff' }) {
		return "a workbook cannot have the characters U+FFFE and U+FFFF"
	}
	return ""
}
