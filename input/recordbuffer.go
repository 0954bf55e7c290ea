package input

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// errTooLong says that a record is longer than allowed.
var errTooLong = errors.New("record too long")

// recordBuffer is a reader that stores the bytes that were read from it until drop
// removes them, so that a record is available as it was written. Reading fails when
// more than one record and one buffer are stored. It drops blank lines before a record
// by itself, because there may be any number of them.
type recordBuffer struct {
	r     io.Reader
	most  int // the most bytes that a record may have
	buf   []byte
	head  int                // offset in buf of the first stored byte
	blank func(lines []byte) // called with blank lines that are dropped
}

func (t *recordBuffer) Read(p []byte) (int, error) {
	t.dropBlank(int64(len(t.stored())))
	if len(t.buf)-t.head > t.most+readAhead {
		return 0, errTooLong
	}
	n, err := t.r.Read(p)
	t.buf = append(t.buf, p[:n]...)
	return n, err
}

// singleCRReader replaces CR CR LF with CR LF, and CR LF with LF, so that its reader
// can tell the two apart when it counts lines. See place.doubled.
type singleCRReader struct {
	r     *bufio.Reader
	inEnd bool // the first CR of a CR CR LF was skipped, and the rest comes next
}

func (o *singleCRReader) Read(p []byte) (n int, err error) {
	for n < len(p) {
		ahead, err := o.r.Peek(len(crcrlf))
		switch {
		case len(ahead) == 0:
			return n, err
		case bytes.Equal(ahead, crcrlf):
			o.inEnd = true
		case bytes.HasPrefix(ahead, crlf) && !o.inEnd:
		default:
			p[n] = ahead[0]
			n++
			o.inEnd = false
		}
		if _, err := o.r.Discard(1); err != nil {
			return n, err
		}
	}
	return n, nil
}

// readAhead is the size of the buffer between a recordBuffer and its reader.
const readAhead = 32 << 10

// stored is the bytes that were read and not dropped.
func (t *recordBuffer) stored() []byte { return t.buf[t.head:] }

// drop removes the first n bytes.
func (t *recordBuffer) drop(n int) {
	t.head += n
	if t.head > len(t.buf)/2 && t.head > readAhead {
		t.buf = t.buf[:copy(t.buf, t.buf[t.head:])]
		t.head = 0
	}
}

// dropBlank drops blank lines at the beginning of the next n bytes.
func (t *recordBuffer) dropBlank(n int64) {
	stored, end := t.stored()[:n], 0
	for {
		rest := stored[end:]
		switch {
		case bytes.HasPrefix(rest, lf):
			end++
		case bytes.HasPrefix(rest, crlf):
			end += 2
		default:
			if end > 0 {
				t.blank(stored[:end])
				t.drop(end)
			}
			return
		}
	}
}
