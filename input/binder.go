package input

import (
	"io"
	"iter"

	"github.com/gocarina/gocsv"

	"tracksync/internal/track"
)

// binder makes a struct of the cells of each record: gocsv finds by the struct's
// tags and a header which cell belongs to which field. The header is not the
// table's own but says in the names of track.Columns what each column holds.
//
// gocsv hands out structs through a channel alone. It runs as a coroutine, which
// stops whenever it asks for the next record, so that it is never ahead of the
// record whose places are known. A binder must be closed.
type binder struct {
	cells  []string // gocsv's next record
	bound  chan track.Texts
	resume func() (struct{}, bool)
	stop   func()
	err    error
}

func newBinder(header []string) *binder {
	b := &binder{cells: header, bound: make(chan track.Texts, 1)}
	b.resume, b.stop = iter.Pull(func(pause func(struct{}) bool) {
		b.err = gocsv.UnmarshalDecoderToChan(&bindDecoder{b, pause, true}, b.bound)
	})
	b.resume() // until it has the header and asks for a record
	return b
}

func (b *binder) close() { b.stop() }

// bind makes a struct of a record's cells.
func (b *binder) bind(cells []string) (track.Texts, error) {
	b.cells = cells
	b.resume()
	texts, open := <-b.bound
	if !open {
		return texts, b.err
	}
	return texts, nil
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
