package markup

import (
	"fmt"
	"io"
	"maps"
	"path"

	"tracksync/internal/track"
)

// What texts in the added column begin with.
const (
	Bad    = track.MarkBad
	IsDone = track.MarkDone
)

const (
	columnMarks = track.ColumnMarks
	maxText     = 2000 // characters of a row's text
)

// Sheet says what is to be marked in a sheet.
type Sheet struct {
	Name        string
	Header      int  // row of the header, from 1
	First, Last int  // columns of the header's first and last name, from 1
	Column      int  // the column track.ColumnMarks, if the sheet has one; otherwise 0
	Unfiltered  bool // no filter is set: the reader leaves out hidden rows
	Rows        []Row
	Done        []Done // the rows that a reader skips
}

// Row is a row that gets a text.
type Row struct {
	Number int    // from 1, ascending
	Text   string // in the added column, after Bad or IsDone if it needs attention or is done
	Bad    bool   // it needs attention
	Cells  []Cell // its bad cells
}

// Cell is a bad cell.
type Cell struct {
	Column int    // from 1
	Note   string // what is wrong with it, and what to do
}

// Done is a row that is done with these values.
type Done struct {
	ID          track.ID
	Fingerprint string // track.Values.Fingerprint
}

// Outcome tells what the reader of the workbook should know.
type Outcome struct {
	Column string // letters of the added column
	First  string // the first cell that is marked; "" if none is
	// Unfiltered is why no filter shows the marked rows; "" if one does, or if none is
	// marked.
	Unfiltered string
	// Threads is how many bad cells have a conversation, which hides the note.
	Threads int
}

// Write writes a workbook again, with what is to be marked, and without what was marked
// before.
func Write(w io.Writer, workbook io.ReaderAt, size int64, s Sheet) (Outcome, error) {
	m := &marking{Sheet: s}
	if err := m.open(workbook, size); err != nil {
		return Outcome{}, err
	}
	if err := m.mark(); err != nil {
		return Outcome{}, err
	}
	return m.outcome, m.archive.write(w, m.book.sheet, m.writeSheet, m.stylesPart, m.finish)
}

// marking is a workbook that is being marked.
type marking struct {
	Sheet
	archive    *archive
	book       *book
	styles     *styles
	stylesPart string
	found      *found
	column     int  // of the texts
	filter     bool // a filter shows the marked rows
	cells      area // of the filter
	drawing    string
	outcome    Outcome
}

// open reads everything that marking depends on.
func (m *marking) open(workbook io.ReaderAt, size int64) (err error) {
	if m.archive, err = openArchive(workbook, size); err != nil {
		return err
	}
	if m.book, err = openBook(m.archive, m.Name); err != nil {
		return err
	}
	if err = m.openStyles(); err != nil {
		return err
	}
	r, err := m.archive.files[m.book.sheet].Open()
	if err != nil {
		return partError(m.book.sheet, err)
	}
	defer r.Close()
	if m.found, err = scan(r, m.Sheet); err != nil {
		return partError(m.book.sheet, err)
	}
	m.column, err = m.found.column(m.Sheet)
	m.outcome.Column = columnName(m.column)
	return err
}

func (m *marking) openStyles() error {
	relations, err := m.archive.relations(m.book.name)
	if err != nil {
		return err
	}
	if r, found := find(relations, "styles"); found {
		m.stylesPart = r.target
	} else {
		m.stylesPart = path.Join(path.Dir(m.book.name), "styles.xml")
		m.archive.set(m.stylesPart, []byte(bareStyles))
		const kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
		if err := m.archive.declare(m.stylesPart, kind); err != nil {
			return err
		}
		if _, err := m.archive.relate(m.book.name, m.book.kind+"/styles", m.stylesPart); err != nil {
			return err
		}
	}
	text, err := m.archive.part(m.stylesPart)
	if err == nil {
		m.styles, err = readStyles(text)
	}
	return partError(m.stylesPart, err)
}

// mark changes all parts but the sheet and the styles.
func (m *marking) mark() error {
	notes := map[string]string{}
	for _, row := range m.Rows {
		for _, c := range row.Cells {
			name := cellName(c.Column, row.Number)
			if m.outcome.First == "" {
				m.outcome.First = name
			}
			if notes[name] != "" {
				notes[name] += "\n\n"
			}
			notes[name] += c.Note
		}
	}
	m.planFilter()
	if err := m.note(notes); err != nil {
		return err
	}
	if m.outcome.First != "" {
		if err := m.book.show(); err != nil {
			return err
		}
	}
	if err := m.book.record(m.Done); err != nil {
		return err
	}
	if m.filter || m.found.filter.ours > 0 {
		m.book.nameFilter(m.cells)
	}
	if len(m.book.doc.changes) > 0 {
		m.archive.set(m.book.name, m.book.doc.changed())
	}
	return nil
}

// planFilter decides whether a filter shows the marked rows. A filter that the user has
// set stays, and so does that of a table.
func (m *marking) planFilter() {
	f, wanted, last := m.found.filter, false, 0
	for _, row := range m.Rows {
		if row.Bad && row.Number > m.Header {
			wanted, last = true, row.Number
		}
	}
	m.cells = area{m.First, m.Header, m.column, m.found.lastRow}
	if f.cells.left > 0 {
		m.cells.left, m.cells.bottom = min(f.cells.left, m.column), f.cells.bottom
	}
	m.cells.bottom = max(m.cells.bottom, m.Header+1, last)
	switch {
	case !wanted || m.Header == 0 || m.First == 0:
	case m.Sheet.Unfiltered:
		m.outcome.Unfiltered = "the rows that it hides would be left out too"
	case f.other:
		m.outcome.Unfiltered = "the sheet is filtered already, and stays so"
	case f.cells.left > 0 && f.cells.top != m.Header:
		m.outcome.Unfiltered = "the sheet's filter does not begin at the header"
	case f.cells.left == 0 && m.found.table:
		m.outcome.Unfiltered = "the sheet has a table with a filter of its own"
	default:
		m.filter = true
	}
}

// note gives cells their notes, and removes ours from others.
func (m *marking) note(notes map[string]string) error {
	relations, err := m.archive.relations(m.book.sheet)
	if err != nil {
		return err
	}
	old, exists := find(relations, "comments")
	if !exists && len(notes) == 0 {
		return nil
	}
	text := []byte(bareComments)
	if exists {
		if text, err = m.archive.part(old.target); err != nil {
			return err
		}
	}
	c, err := readComments(text)
	if err != nil {
		return partError(old.target, err)
	}
	c.mark(maps.Clone(notes))
	m.outcome.Threads = c.threaded
	if len(c.doc.changes) == 0 {
		return nil
	}
	if !exists {
		old.target = m.archive.freeName(path.Join(path.Dir(m.book.name), "comments"), ".xml")
		const kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
		if err := m.archive.declare(old.target, kind); err != nil {
			return err
		}
		if _, err := m.archive.relate(m.book.sheet, m.book.kind+"/comments", old.target); err != nil {
			return err
		}
	}
	m.archive.set(old.target, c.doc.changed())
	return m.draw(relations, c.shown, notes)
}

// draw changes the drawings of the notes.
func (m *marking) draw(relations []relation, shown map[string]bool, notes map[string]string) error {
	if len(shown) == 0 {
		return nil
	}
	name := ""
	for _, r := range relations {
		if m.found.drawing != "" && r.id == m.found.drawing {
			name = r.target
		}
	}
	text := []byte(bareDrawing)
	var err error
	if name != "" {
		if text, err = m.archive.part(name); err != nil {
			return err
		}
	}
	if text, err = redraw(text, shown, notes); err != nil {
		return partError(name, err)
	}
	if name == "" {
		name = m.archive.freeName(path.Join(path.Dir(m.book.name), "drawings/vmlDrawing"), ".vml")
		const kind = "application/vnd.openxmlformats-officedocument.vmlDrawing"
		if err := m.archive.declareExtension("vml", kind); err != nil {
			return err
		}
		if m.drawing, err = m.archive.relate(m.book.sheet, m.book.kind+"/vmlDrawing", name); err != nil {
			return err
		}
	}
	m.archive.set(name, text)
	return nil
}

// writeSheet writes the sheet.
func (m *marking) writeSheet(w io.Writer) error {
	r, err := m.archive.files[m.book.sheet].Open()
	if err != nil {
		return partError(m.book.sheet, err)
	}
	defer r.Close()
	if err := m.rewrite(r, w); err != nil {
		return fmt.Errorf("%s: %w", m.book.sheet, err)
	}
	return nil
}

// finish makes the styles, which are known once the sheet is written.
func (m *marking) finish() error {
	m.archive.set(m.stylesPart, m.styles.changed())
	return nil
}
