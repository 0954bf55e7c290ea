package input

import (
	"errors"
	"io"
	"math"

	"tracksync/input/workbook"
	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// readWorkbook reads a sheet of a workbook as a table. The first pass finds the sheet and
// its header; later ones read the same.
func (p *pass) readWorkbook(file io.ReaderAt, size int64) error {
	src := p.src
	if src.book == nil {
		book, err := workbook.Open(file, size)
		if err != nil {
			return p.workbookFailure(err)
		}
		src.book = &openBook{book: book}
		err = p.chooseSheet(src.book)
		if err == nil {
			err = p.readDone(src.book)
		}
		if err != nil {
			src.book = nil
			return err
		}
	}
	rows, err := src.book.book.Read(src.book.sheet)
	if err != nil {
		return p.workbookFailure(err)
	}
	w := &worksheet{p: p, rows: rows, name: src.book.name(), headerRow: src.book.headerRow, most: maxRecord}
	return errors.Join(p.readTable(w), rows.Close())
}

// openBook is a workbook that the first pass has opened, and what it reads of it. The
// texts that cells share are read once, and later passes use what was checked.
type openBook struct {
	book      *workbook.Book
	sheet     int // its index
	headerRow int
	done      map[doneRow]struct{} // the rows that are done
}

func (b *openBook) name() string { return b.book.Sheets[b.sheet].Name }

// refuseOld refuses a file of the time before XLSX, or one with a password.
func (p *pass) refuseOld(file io.ReaderAt, _ int64) error {
	bad, err := workbook.Old(io.NewSectionReader(file, 0, math.MaxInt64))
	if err != nil {
		return err
	}
	return p.workbookFailure(bad)
}

// workbookFailure is the problem of a workbook that cannot be read, or cannot be read any
// further.
func (p *pass) workbookFailure(err error) error {
	var bad *workbook.Error
	if errors.Is(err, ErrChanged) || !errors.As(err, &bad) {
		return err
	}
	// The error of a library may contain bytes of the file.
	return p.workbookProblem(bad.Sheet, bad.Cell, safe.Line(p.m.rules.redact.Text(bad.Message)), bad.Hint)
}

func (p *pass) workbookProblem(sheet, cell, message, hint string) error {
	return &fileError{track.Problem{Position: track.Position{File: p.src.name, Sheet: sheet, Cell: cell},
		Message: message, Hint: hint}}
}

// readingFailure is the error of rows that cannot be read any further.
func (p *pass) readingFailure(err error) error {
	if err == io.EOF {
		return err
	}
	return restNotChecked(p.workbookFailure(err))
}
