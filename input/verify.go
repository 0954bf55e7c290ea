package input

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/maphash"
	"io"
)

// ErrChanged says that a manifest's file was written to after it was checked.
// Nothing is ever read from the part that changed.
var ErrChanged = errors.New("the file has changed since it was checked")

const blockSize = 64 << 10

// content is the bytes of one manifest, which stay the same from the first
// pass to the last, or else the pass fails. It keeps eight bytes for each
// 64 KiB: a hash with a seed of its own, made by the first pass.
type content struct {
	file   io.ReaderAt
	seed   maphash.Seed
	blocks []uint64
	size   int64
	sum    string // SHA-256, hexadecimal
	sealed bool   // the first pass has seen everything
}

func newContent(file io.ReaderAt) *content {
	return &content{file: file, seed: maphash.MakeSeed()}
}

// open returns a reader for one pass from the start. The first one records;
// those after seal compare.
func (c *content) open() *contentReader {
	r := &contentReader{content: c, buf: make([]byte, blockSize)}
	if !c.sealed {
		c.blocks, c.size = nil, 0
		r.sum = sha256.New()
	}
	return r
}

// contentReader reads content block by block. A block is compared before any
// of its bytes is handed out. Not safe for concurrent use.
type contentReader struct {
	*content
	sum     hash.Hash // first pass only
	buf     []byte
	pending []byte
	next    int // index of the next block
	done    bool
	err     error
}

func (r *contentReader) Read(p []byte) (int, error) {
	for len(r.pending) == 0 {
		if r.err == nil {
			r.err = r.fill()
		}
		if r.err != nil {
			return 0, r.err
		}
	}
	n := copy(p, r.pending)
	r.pending = r.pending[n:]
	return n, nil
}

func (r *contentReader) fill() error {
	if r.done {
		return io.EOF
	}
	n, err := r.file.ReadAt(r.buf, int64(r.next)*blockSize)
	if err != nil && err != io.EOF {
		return fmt.Errorf("cannot be read: %w", err)
	}
	r.done = n < blockSize
	block := r.buf[:n]
	if r.sum != nil {
		r.sum.Write(block)
		r.size += int64(n)
		if n > 0 {
			r.blocks = append(r.blocks, maphash.Bytes(r.seed, block))
		}
	} else if !r.same(block) {
		return ErrChanged
	}
	r.next++
	r.pending = block
	return nil
}

// same compares a block with what the first pass saw at its place.
func (r *contentReader) same(block []byte) bool {
	if int64(r.next)*blockSize+int64(len(block)) > r.size {
		return false
	}
	if len(block) < blockSize && int64(r.next)*blockSize+int64(len(block)) != r.size {
		return false
	}
	return len(block) == 0 || maphash.Bytes(r.seed, block) == r.blocks[r.next]
}

// seal ends the first pass: what was not read yet is, and from here on the
// content is compared.
func (r *contentReader) seal() error {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	r.content.sum = hex.EncodeToString(r.sum.Sum(nil))
	r.sealed = true
	return nil
}
