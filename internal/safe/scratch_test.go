package safe

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A Scratch returns what was written, whether it is in a file or in memory, and leaves
// nothing behind.
func TestScratch(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing")
	for name, dirs := range map[string][]string{
		"first": {dir, missing}, "second": {missing, dir}, "memory": {missing},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScratch(dirs...)
			if inFile := s.file != nil; inFile != (name != "memory") {
				t.Errorf("in a file: %v", inFile)
			}
			var want []byte
			for i := range 100 {
				part := bytes.Repeat([]byte{byte(i)}, i*100)
				want = append(want, part...)
				if n, err := s.Write(part); n != len(part) || err != nil {
					t.Fatal(n, err)
				}
			}
			var all bytes.Buffer
			if _, err := s.WriteTo(&all); err != nil || !bytes.Equal(all.Bytes(), want) || s.Size() != int64(len(want)) {
				t.Errorf("%d of %d bytes, %v", all.Len(), len(want), err)
			}
			part := make([]byte, 100_000)
			for _, at := range []int64{0, scratchChunk - 1, scratchChunk, 200_000, s.Size() - 1, s.Size(), 1 << 40} {
				n, err := s.ReadAt(part, at)
				rest := want[min(at, s.Size()):]
				if n != min(len(part), len(rest)) || !bytes.Equal(part[:n], rest[:n]) || (n < len(part)) != (err == io.EOF) {
					t.Errorf("at %d: %d bytes, %v", at, n, err)
				}
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("%v is left, %v", left, err)
			}
		})
	}
}

// What does not fit into the memory is refused as a whole.
func TestScratchIsBounded(t *testing.T) {
	defer func(was int) { scratchMemory = was }(scratchMemory)
	scratchMemory = 10
	s := newScratch()
	if _, err := io.Copy(s, strings.NewReader("0123456789")); err != nil {
		t.Error(err)
	}
	if n, err := s.Write([]byte("x")); n != 0 || !errors.Is(err, errScratchFull) || s.Size() != 10 {
		t.Errorf("%d, %v, %d bytes", n, err, s.Size())
	}
}
