package api

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
)

const (
	// maxDrain is how much of an unneeded answer is read so that its connection can
	// be reused.
	maxDrain = 64 << 10
	// maxSpare is the largest buffer that is kept for the next answer.
	maxSpare = 64 << 10
)

var errTooLong = errors.New("too long")

// body reads the body of one answer into memory that is used again for others.
type body struct {
	text   bytes.Buffer
	rest   io.LimitedReader
	packed bufio.Reader // has no buffer until an answer was packed
	gzip   gzip.Reader  // of packed
}

var spareBodies = sync.Pool{New: func() any { return new(body) }}

func newBody() *body { return spareBodies.Get().(*body) }

// free ends the use of what was read.
func (b *body) free() {
	b.text.Reset()
	b.rest.R = nil
	if b.packed.Size() > 0 {
		b.packed.Reset(nil)
	}
	if b.text.Cap() <= maxSpare {
		spareBodies.Put(b)
	}
}

// read reads the whole body of an answer, unpacked, and closes it. If there are more than
// limit bytes, it returns the first limit of them and errTooLong. What it returns is good
// until free.
func (b *body) read(resp *http.Response, limit int64) ([]byte, error) {
	r, err := b.unpacked(resp)
	if err == nil {
		b.rest = io.LimitedReader{R: r, N: limit + 1}
		_, err = b.text.ReadFrom(&b.rest)
	}
	text := b.text.Bytes()
	if err == nil && int64(len(text)) > limit {
		text, err = text[:limit], errTooLong
		_, _ = io.CopyN(io.Discard, resp.Body, maxDrain)
	}
	// After another error the rest is not worth a wait: it may never come.
	_ = resp.Body.Close() // this only frees the connection for the next call
	return text, err
}

// unpacked reads the body of an answer, and unpacks it if it is packed as was asked for.
func (b *body) unpacked(resp *http.Response) (io.Reader, error) {
	if !strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") {
		return resp.Body, nil
	}
	b.packed.Reset(resp.Body)
	if err := b.gzip.Reset(&b.packed); err == io.EOF {
		return resp.Body, nil // it is empty, which is no failure of the connection
	} else if err != nil {
		return nil, err
	}
	return &b.gzip, nil
}
