package input

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/maphash"
	"io"
	"math"
	"sync"
)

// ErrChanged means that a manifest's file was changed after it was checked. No byte of
// the changed part is ever used.
var ErrChanged = errors.New("the file has changed since it was checked")

const blockSize = 64 << 10

// verifiedFile is the bytes of one manifest. If they change between two passes, the
// later pass fails.
//
// The first pass reads the file from start to end with record, which stores a hash of
// eight bytes for each block of 64 KiB, with a random seed. The last block may be
// shorter. From then on verified reads the file, at any offset. It compares a block
// with its hash before it returns any of the block's bytes.
type verifiedFile struct {
	file     io.ReaderAt
	seed     maphash.Seed
	recorded bool // the first pass has seen everything
	blocks   []uint64
	size     int64
	sum      string // SHA-256, hexadecimal
}

func newVerifiedFile(file io.ReaderAt) *verifiedFile {
	return &verifiedFile{file: file, seed: maphash.MakeSeed()}
}

// readBlock reads the block with an index. The block is shorter than blockSize at the
// end of the file.
func (f *verifiedFile) readBlock(index int64, buf []byte) ([]byte, error) {
	n, err := f.file.ReadAt(buf[:blockSize], index*blockSize)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	return buf[:n], nil
}

// recorder reads a file from its start to its end for the first time. It is not
// safe for concurrent use.
type recorder struct {
	of      *verifiedFile
	hashes  []uint64
	size    int64
	sum     hash.Hash
	buf     []byte
	pending []byte // the part of buf that was not returned yet
	done    bool   // the last block is in buf
}

func (f *verifiedFile) record() *recorder {
	return &recorder{of: f, sum: sha256.New(), buf: make([]byte, blockSize)}
}

func (r *recorder) Read(p []byte) (int, error) {
	for len(r.pending) == 0 {
		if r.done {
			return 0, io.EOF
		}
		block, err := r.of.readBlock(int64(len(r.hashes)), r.buf)
		if err != nil {
			return 0, err
		}
		r.done = len(block) < blockSize
		r.sum.Write(block)
		r.size += int64(len(block))
		r.hashes = append(r.hashes, maphash.Bytes(r.of.seed, block))
		r.pending = block
	}
	n := copy(p, r.pending)
	r.pending = r.pending[n:]
	return n, nil
}

// finish reads the rest of the file. From here on the file is verified.
func (r *recorder) finish() error {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	f := r.of
	f.blocks, f.size, f.sum = r.hashes, r.size, hex.EncodeToString(r.sum.Sum(nil))
	f.recorded = true
	return nil
}

// verifiedReader reads a recorded file at any offset. It stores the last block that it
// verified, so that many small reads in sequence verify each block only once. It is
// safe for concurrent use.
type verifiedReader struct {
	of    *verifiedFile
	mu    sync.Mutex
	buf   []byte
	block []byte // the block, in buf
	index int64  // its index; -1 if there is none
}

func (f *verifiedFile) verified() *verifiedReader {
	return &verifiedReader{of: f, buf: make([]byte, blockSize), index: -1}
}

// sequential reads the file from its start. It verifies the end too: nothing may have
// been appended.
func (r *verifiedReader) sequential() io.Reader { return io.NewSectionReader(r, 0, math.MaxInt64) }

// errOffset is the error of a place before the file: a damaged archive may name one.
var errOffset = errors.New("an offset before the start of the file")

// ReadAt returns ErrChanged if the file has changed there.
func (r *verifiedReader) ReadAt(p []byte, offset int64) (n int, err error) {
	if offset < 0 {
		return 0, errOffset
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for n < len(p) {
		block, err := r.verify((offset + int64(n)) / blockSize)
		if err != nil {
			return n, err
		}
		from := min((offset+int64(n))%blockSize, int64(len(block)))
		copied := copy(p[n:], block[from:])
		if n += copied; copied == 0 {
			return n, io.EOF
		}
	}
	return n, nil
}

// verify reads the block with an index and compares it with its hash. A block after the
// last one is empty.
func (r *verifiedReader) verify(index int64) ([]byte, error) {
	last := int64(len(r.of.blocks)) - 1
	switch {
	case index > last:
		return nil, nil
	case index == r.index:
		return r.block, nil
	}
	r.index = -1
	block, err := r.of.readBlock(index, r.buf)
	if err != nil {
		return nil, err
	}
	if maphash.Bytes(r.of.seed, block) != r.of.blocks[index] {
		return nil, ErrChanged
	}
	r.block, r.index = block, index
	return block, nil
}
