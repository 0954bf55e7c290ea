package journal

import (
	"errors"
	"io"
)

// blockReader reads a file by blocks, of which it keeps the last few. Rows end almost in the
// order in which they stand in the manifest, so most lines are in a block that was read
// before. It is a File that cannot be written, and the zero value is an empty one. It is for
// one goroutine.
type blockReader struct {
	File
	blocks [16]block // by their numbers
}

type block struct {
	number int64 // from 1; 0: none
	bytes  []byte
	err    error // of reading it: io.EOF for the last block of the file
}

// inBlocks returns a reader of a file by blocks. It does not see what is appended later.
func inBlocks(f File) *blockReader {
	if r, is := f.(*blockReader); is {
		return r
	}
	return &blockReader{File: f}
}

const blockSize = 64 << 10

func (r *blockReader) ReadAt(p []byte, offset int64) (n int, err error) {
	if r.File == nil {
		return 0, io.EOF
	}
	for n < len(p) {
		b := r.block((offset + int64(n)) / blockSize)
		rest := b.bytes[min(int((offset+int64(n))%blockSize), len(b.bytes)):]
		n += copy(p[n:], rest)
		if n < len(p) && b.err != nil {
			return n, b.err
		}
	}
	return n, nil
}

func (r *blockReader) block(index int64) *block {
	b := &r.blocks[index%int64(len(r.blocks))]
	if b.number == index+1 {
		return b
	}
	if b.bytes == nil {
		b.bytes = make([]byte, blockSize)
	}
	b.number = index + 1
	var n int
	n, b.err = r.File.ReadAt(b.bytes[:blockSize], index*blockSize)
	b.bytes = b.bytes[:n]
	return b
}

var errReadOnly = errors.New("the file is only read")

func (r *blockReader) Write([]byte) (int, error) { return 0, errReadOnly }
func (r *blockReader) Sync() error               { return errReadOnly }
func (r *blockReader) Close() error              { return nil } // its opener closes the file
