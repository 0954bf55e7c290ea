package safe

import (
	"errors"
	"io"
	"os"
)

// scratchMemory is how many bytes a Scratch holds if it has no file. It is variable for
// tests.
var scratchMemory = 64 << 20

const scratchChunk = 64 << 10

// errScratchFull means that a Scratch without a file is full.
var errScratchFull = errors.New("no directory for temporary files can be written, and 64 MiB of memory are full")

// Scratch is bytes for as long as a command lasts: in a temporary file or, where no file can
// be made, as in a container without a volume, in memory up to 64 MiB. It may be read by
// several goroutines at once, but not while it is written.
type Scratch struct {
	file   *os.File // nil: in memory
	remove bool     // the file still has a name
	chunks [][]byte // of scratchChunk bytes each
	size   int64
}

// NewScratch returns an empty Scratch. Its file is in the first of these directories in
// which one can be made: those named, that of temporary files (TMPDIR), the working directory.
func NewScratch(dirs ...string) *Scratch { return newScratch(append(dirs, os.TempDir(), ".")...) }

func newScratch(dirs ...string) *Scratch {
	for _, dir := range dirs {
		f, err := os.CreateTemp(dir, ".tracksync.tmp-*")
		if err == nil {
			// Where the system allows it, a kill then leaves no file.
			return &Scratch{file: f, remove: os.Remove(f.Name()) != nil}
		}
	}
	return &Scratch{}
}

// Size is how many bytes were written.
func (s *Scratch) Size() int64 { return s.size }

// Write appends p.
func (s *Scratch) Write(p []byte) (n int, err error) {
	if s.file != nil {
		n, err = s.file.Write(p)
		s.size += int64(n)
		return n, err
	}
	if s.size+int64(len(p)) > int64(scratchMemory) {
		return 0, errScratchFull
	}
	for n < len(p) {
		if s.size%scratchChunk == 0 {
			s.chunks = append(s.chunks, make([]byte, scratchChunk))
		}
		copied := copy(s.chunks[len(s.chunks)-1][s.size%scratchChunk:], p[n:])
		n += copied
		s.size += int64(copied)
	}
	return n, nil
}

// ReadAt implements io.ReaderAt.
func (s *Scratch) ReadAt(p []byte, offset int64) (n int, err error) {
	if s.file != nil {
		return s.file.ReadAt(p, offset)
	}
	for n < len(p) && offset < s.size {
		chunk := s.chunks[offset/scratchChunk]
		end := min(scratchChunk, s.size-offset/scratchChunk*scratchChunk)
		copied := copy(p[n:], chunk[offset%scratchChunk:end])
		n += copied
		offset += int64(copied)
	}
	if n < len(p) {
		err = io.EOF
	}
	return n, err
}

// WriteTo writes everything to w.
func (s *Scratch) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, io.NewSectionReader(s, 0, s.size))
}

// Close removes the file, or gives the memory back.
func (s *Scratch) Close() error {
	s.chunks, s.size = nil, 0
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if s.remove {
		err = errors.Join(err, Remove(s.file.Name()))
	}
	return err
}
