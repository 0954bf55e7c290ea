package input

import (
	"context"
	"io"
	"iter"

	"tracksync/internal/track"
)

// SheetRow is a row of a table, whether it is part of the run or not.
type SheetRow struct {
	Row  track.Row // its Number is 0 if it is not part of the run
	Done bool      // it was left out because it is done, see Contents.Done
}

// SheetRows yields every row of the manifests: those of the run, those that are done
// already, and those that Options leave out. Check must have succeeded.
func (m *Manifest) SheetRows(ctx context.Context) iter.Seq2[SheetRow, error] {
	return func(yield func(SheetRow, error) bool) {
		if !m.checked {
			yield(SheetRow{}, errUnchecked)
			return
		}
		s := &selection{m: m}
		s.yield = func(raw *rawRow, err error) bool {
			if err != nil {
				return yield(SheetRow{}, err)
			}
			return yield(SheetRow{Row: raw.row}, nil)
		}
		s.others = func(raw *rawRow, done bool) bool { return yield(SheetRow{Row: raw.row, Done: done}, nil) }
		m.eachOf(ctx, false, s)
	}
}

// ListedRows yields the rows of a table with their cells, as far as they can be read, also
// if Check found them to be unusable.
func (m *Manifest) ListedRows(ctx context.Context) iter.Seq2[track.WrittenRow, error] {
	return func(yield func(track.WrittenRow, error) bool) {
		m.each(ctx, !m.checked, func(raw *rawRow, err error) bool {
			if err != nil {
				return yield(track.WrittenRow{}, err)
			}
			return yield(track.WrittenRow{Row: raw.row, Cells: raw.cells}, nil)
		})
	}
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
