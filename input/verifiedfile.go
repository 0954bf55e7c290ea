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

// ErrChanged says that a manifest's file was written to after it was checked.
// Nothing is ever read from the part that changed.
var ErrChanged = errors.New("the file has changed since it was checked")

const blockSize = 64 << 10

// verifiedFile is the bytes of one manifest. They stay the same from the first
// pass to the last, or else the pass fails.
//
// The first pass reads the file from its start to its end with record, which
// remembers eight bytes for each block of 64 KiB, the last and shorter one
// included: a hash with a seed of its own.
// From then on verified reads it, at any offset. A block is compared with its
// hash before any of its bytes is handed out.
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

// readBlock reads the block of an index. It is shorter than blockSize at the end
// of the file.
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
	pending []byte // of buf, not handed out yet
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

// finish reads what was not read yet. From here on the file is compared.
func (r *recorder) finish() error {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	f := r.of
	f.blocks, f.size, f.sum = r.hashes, r.size, hex.EncodeToString(r.sum.Sum(nil))
	f.recorded = true
	return nil
}

// verifiedReader reads a recorded file at any offset. It keeps the last block
// that it has verified, so that a reader that goes through the file in small
// steps verifies no block twice. It is safe for concurrent use.
type verifiedReader struct {
	of    *verifiedFile
	mu    sync.Mutex
	buf   []byte
	block []byte // in buf
	index int64  // of block; -1 when there is none
}

func (f *verifiedFile) verified() *verifiedReader {
	return &verifiedReader{of: f, buf: make([]byte, blockSize), index: -1}
}

// sequential reads the file from its start. Its end is known only when nothing
// was added to it, so the end is verified too.
func (r *verifiedReader) sequential() io.Reader { return io.NewSectionReader(r, 0, math.MaxInt64) }

// ReadAt returns ErrChanged where the file is not what it was.
func (r *verifiedReader) ReadAt(p []byte, offset int64) (n int, err error) {
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

// verify returns the block of an index, which has been compared. Behind the last
// block there are empty ones.
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
