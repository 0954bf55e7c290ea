package input

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
)

var errExpansion = fmt.Errorf("the gzip file unpacks to more than %d times its size", maxExpansion)

// gunzip unpacks all members of a gzip file. It refuses a file that unpacks to far more
// than its own size (see maxExpansion).
type gunzip struct {
	*gzip.Reader
	packed   *counter
	unpacked int64
}

func newGunzip(r io.Reader) (*gunzip, error) {
	packed := &counter{r: r}
	z, err := gzip.NewReader(bufio.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	return &gunzip{Reader: z, packed: packed}, nil
}

func (g *gunzip) Read(p []byte) (int, error) {
	n, err := g.Reader.Read(p)
	g.unpacked += int64(n)
	if g.unpacked > freeExpansion && g.unpacked > maxExpansion*g.packed.n {
		return 0, errExpansion
	}
	return n, err
}

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// gzipMagic is how a gzip file begins.
const gzipMagic = "\x1f\x8b"

// unpack returns the content of r, and whether it was packed with gzip.
func unpack(r io.Reader) (content *bufio.Reader, packed bool, err error) {
	b := bufio.NewReaderSize(r, 4096)
	head, err := peekHead(b)
	if err != nil || !bytes.HasPrefix(head, []byte(gzipMagic)) {
		return b, false, err
	}
	unpacked, err := newGunzip(b)
	if err != nil {
		return b, true, err
	}
	return bufio.NewReaderSize(unpacked, 4096), true, nil
}

// peekHead returns the beginning of a content, long enough to recognize a binary format.
func peekHead(b *bufio.Reader) ([]byte, error) {
	head, err := b.Peek(8)
	if err == io.EOF {
		err = nil
	}
	return head, err
}
