package input

import (
	"context"
	"io"
	"iter"

	"tracksync/internal/track"
)

// SheetRow is a row of a table, whether it is part of the run or not.
type SheetRow struct {
	track.Row              // its Number is 0 if it is not part of the run
	Own       track.Values // those of the row without those of Options.Set
	Done      bool         // it was left out because it is done, see Contents.Done
	// Cells are those of the row, as they are read, in the columns of track.Table. Surplus
	// cells come at the end. Call it before the next row is read.
	Cells func() []string
}

// SheetRows yields every row of a table: those of the run, those that are done already, and
// those that Options leave out. If Check found the table to be unusable, it yields the rows
// that can be read.
func (m *Manifest) SheetRows(ctx context.Context) iter.Seq2[SheetRow, error] {
	return func(yield func(SheetRow, error) bool) {
		pass := func(raw *rawRow, done bool) bool { return yield(SheetRow{raw.row, raw.own, done, raw.sheetCells}, nil) }
		s := &selection{m: m, others: pass}
		s.yield = func(raw *rawRow, err error) bool {
			if err != nil {
				return yield(SheetRow{}, err)
			}
			return pass(raw, false)
		}
		m.eachOf(ctx, !m.checked, s)
	}
}

// sheetCells are the cells of a row of a table; none if the row cannot be read.
func (raw *rawRow) sheetCells() []string {
	if raw.table == nil {
		return nil
	}
	return raw.table.ownCells()
}

// Original is the file of the only source, if it is a workbook that was read to its end;
// otherwise the size is 0. A file that changes is an error when it is read.
func (m *Manifest) Original() (file io.ReaderAt, size int64) {
	if len(m.sources) != 1 || m.sources[0].format != XLSX || !m.sources[0].file.recorded {
		return nil, 0
	}
	f := m.sources[0].file
	return f.verified(), f.size
}
