package input

import (
	"io"
	"iter"

	"github.com/gocarina/gocsv"

	"tracksync/internal/track"
)

// binder turns the cells of each record into a struct. gocsv passes the struct each
// cell with the name of its column. gocsv gets its own header: only the columns that
// hold a field, under the names of track.Columns. It never sees the other columns, so
// they cost nothing there.
//
// gocsv returns structs only through a channel. It runs as a coroutine, which pauses
// whenever gocsv asks for the next record. So gocsv never reads ahead of the record
// whose positions are known. A binder must be closed.
type binder struct {
	columns []int    // the columns of the table that hold a field
	cells   []string // gocsv's next record: the cells of these columns
	bound   chan boundTexts
	resume  func() (struct{}, bool)
	stop    func()
	err     error
}

// newBinder makes a binder for a table. holds[column] is the index of the field that
// the column holds, or less than 0 if it holds none.
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

// bind turns a record's cells into a struct.
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

// boundTexts is the struct that gocsv fills from a record. It sets its texts itself,
// because gocsv would use reflection, which takes several times as long.
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

// bindDecoder is what gocsv reads from: first the header, then one record at a time.
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
