package input

import (
	"io"
	"iter"

	"github.com/gocarina/gocsv"

	"tracksync/internal/track"
)

// binder makes a struct of the cells of each record: gocsv hands the struct each cell
// with what the header says of its column. The header is not the table's own. It has
// the columns that hold a field, and names them as track.Columns does. What a table
// has beside them never gets to gocsv, and costs nothing there.
//
// gocsv hands out structs through a channel alone. It runs as a coroutine, which
// stops whenever it asks for the next record, so that it is never ahead of the
// record whose places are known. A binder must be closed.
type binder struct {
	columns []int    // of the table, that hold a field
	cells   []string // gocsv's next record: those of columns
	bound   chan boundTexts
	resume  func() (struct{}, bool)
	stop    func()
	err     error
}

// newBinder makes a binder for a table. holds says what each of its columns holds: a
// field's index, or something less than 0.
func newBinder(holds []int) *binder {
	b := &binder{bound: make(chan boundTexts, 1)}
	for column, field := range holds {
		if field >= 0 {
			b.columns, b.cells = append(b.columns, column), append(b.cells, fieldNames[field])
		}
	}
	b.resume, b.stop = iter.Pull(func(pause func(struct{}) bool) {
		b.err = gocsv.UnmarshalDecoderToChan(&bindDecoder{b, pause, true}, b.bound)
	})
	b.resume() // until it has the header and asks for a record
	return b
}

func (b *binder) close() { b.stop() }

// bind makes a struct of a record's cells.
func (b *binder) bind(cells []string) (track.Texts, error) {
	for i, column := range b.columns {
		b.cells[i] = cells[column]
	}
	b.resume()
	bound, open := <-b.bound
	if !open {
		return bound.Texts, b.err
	}
	return bound.Texts, nil
}

// boundTexts is what gocsv makes of a record. It sets the texts itself: gocsv would
// set them by reflection, which takes several times as long.
type boundTexts struct{ track.Texts }

// UnmarshalCSVWithFields implements gocsv.TypeUnmarshalCSVWithFields: gocsv calls it for
// each cell of a record.
func (t *boundTexts) UnmarshalCSVWithFields(column, cell string) error {
	switch column {
	case track.FieldID:
		t.ID = cell
	case track.FieldName:
		t.Name = cell
	case track.FieldVolume:
		t.Volume = cell
	case track.FieldProject:
		t.Project = cell
	case track.FieldMedia:
		t.Media = cell
	}
	return nil
}

// bindDecoder is what gocsv reads from: the header, and then record by record.
type bindDecoder struct {
	*binder
	pause  func(struct{}) bool
	header bool
}

// GetCSVRow implements gocsv.SimpleDecoder.
func (d *bindDecoder) GetCSVRow() ([]string, error) {
	if d.header {
		d.header = false
		return d.cells, nil
	}
	if !d.pause(struct{}{}) {
		return nil, io.EOF
	}
	return d.cells, nil
}

// GetCSVRows implements gocsv.SimpleDecoder. It is not called for a channel.
func (d *bindDecoder) GetCSVRows() ([][]string, error) { return nil, io.EOF }
