package input

import (
	"errors"
	"io"
)

// errTooLong says that one record fills more bytes than it may.
var errTooLong = errors.New("record too long")

// tee keeps what a reader above it has read ahead of what it has used up, so
// that a record can be looked at as it was written. It fails when that grows
// beyond one record and a buffer.
type tee struct {
	r    io.Reader
	most int // bytes of a record
	buf  []byte
	head int // of what is not used up
}

func (t *tee) Read(p []byte) (int, error) {
	if len(t.buf)-t.head > t.most+readAhead {
		return 0, errTooLong
	}
	n, err := t.r.Read(p)
	t.buf = append(t.buf, p[:n]...)
	return n, err
}

// readAhead is the size of the buffer between a tee and its reader.
const readAhead = 32 << 10

func (t *tee) kept() []byte { return t.buf[t.head:] }

// drop uses up n bytes.
func (t *tee) drop(n int) {
	t.head += n
	if t.head > len(t.buf)/2 && t.head > readAhead {
		t.buf = t.buf[:copy(t.buf, t.buf[t.head:])]
		t.head = 0
	}
}
