package journal

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"tracksync/internal/track"
)

const (
	pageRows   = 4096
	offsetBits = 56
)

// index remembers for each row the status and the offset of its last line, in
// one word a row: the status (from 1; 0 is no line) above the offset. It grows
// by pages, so that growing copies nothing.
type index struct {
	pages []*[pageRows]uint64
}

var statuses = track.Statuses()

func (x *index) set(row int, s track.Status, offset int64) {
	page := (row - 1) / pageRows
	if page >= len(x.pages) {
		x.pages = append(x.pages, make([]*[pageRows]uint64, page+1-len(x.pages))...)
	}
	if x.pages[page] == nil {
		x.pages[page] = new([pageRows]uint64)
	}
	word := uint64(slices.Index(statuses, s)+1)<<offsetBits | uint64(offset)
	x.pages[page][(row-1)%pageRows] = word
}

func (x *index) get(row int) (track.Status, int64, bool) {
	page := (row - 1) / pageRows
	if row < 1 || page >= len(x.pages) || x.pages[page] == nil {
		return "", 0, false
	}
	word := x.pages[page][(row-1)%pageRows]
	if word == 0 {
		return "", 0, false
	}
	return statuses[word>>offsetBits-1], int64(word & (1<<offsetBits - 1)), true
}

// lineAt returns the line that begins at offset, from memory when it still
// waits there.
func (j *Journal) lineAt(offset int64) ([]byte, error) {
	if offset >= j.start {
		text, _, _ := bytes.Cut(j.waiting[offset-j.start:], []byte("\n"))
		return text, nil
	}
	return lineIn(j.file, offset)
}

// lineIn reads the line of a file that begins at offset.
func lineIn(f io.ReaderAt, offset int64) ([]byte, error) {
	for size := 1024; ; size *= 4 {
		buf := make([]byte, min(size, MaxLine+1))
		n, err := f.ReadAt(buf, offset)
		if text, _, ok := bytes.Cut(buf[:n], []byte("\n")); ok {
			return text, nil
		}
		switch {
		case err == io.EOF:
			return nil, io.ErrUnexpectedEOF
		case err != nil:
			return nil, err
		case len(buf) > MaxLine:
			return nil, errors.New("the line does not end; the file was changed by someone else")
		}
	}
}
