package journal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"

	"tracksync/internal/track"
)

// ErrTorn is what the error of a last line Is when that line is damaged, as a
// kill or a power cut leaves it: everything before it is good.
var ErrTorn = errors.New("the last line is incomplete")

// LineError is a line that is not a result.
type LineError struct {
	Line   int   // from 1
	Offset int64 // of the line's first byte; cut a torn file off here
	Torn   bool  // it is the last line; errors.Is says ErrTorn
	Err    error // what is wrong with it
}

func (e *LineError) Error() string {
	if e.Torn {
		return fmt.Sprintf("line %d: %v: %v", e.Line, ErrTorn, e.Err)
	}
	return fmt.Sprintf("line %d: %v", e.Line, e.Err)
}

func (e *LineError) Unwrap() error { return e.Err }

// Is makes a torn line match ErrTorn.
func (e *LineError) Is(target error) bool { return e.Torn && target == ErrTorn }

// Entry is a result and where its line begins.
type Entry struct {
	track.Result
	Offset int64
}

// Read goes over the results of a journal in the order they were written. A
// line that is no result is a *LineError, and what comes after it is read on:
// each line stands for itself. One that Is ErrTorn is the last thing; after any
// other error, which is that of r, there is nothing more. A line counts only
// with its line break, even when it looks complete. Memory is bounded by MaxLine
// whatever r holds.
func Read(r io.Reader) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for l, err := range linesOf(r, decode) {
			if !yield(Entry{l.value, l.offset}, err) {
				return
			}
		}
	}
}

// lineOf is what a line says, and where it stands.
type lineOf[T any] struct {
	value        T
	offset, size int64
}

// linesOf is Read for what parse makes of a line, whose text it must not retain.
func linesOf[T any](r io.Reader, parse func(text []byte) (T, error)) iter.Seq2[lineOf[T], error] {
	return func(yield func(lineOf[T], error) bool) {
		in := bufio.NewReaderSize(r, 64<<10)
		var offset int64
		for number := 1; ; number++ {
			text, size, err := readLine(in)
			if err == io.EOF && size == 0 {
				return
			}
			if err != nil && err != io.EOF {
				yield(lineOf[T]{}, fmt.Errorf("journal: %w", err))
				return
			}
			value, bad := parseLine(text, size, err == nil, parse)
			if bad == nil {
				if !yield(lineOf[T]{value, offset, size}, nil) {
					return
				}
				offset += size
				continue
			}
			_, peek := in.Peek(1)
			if peek != nil && peek != io.EOF { // who knows whether it was the last
				yield(lineOf[T]{}, fmt.Errorf("journal: %w", peek))
				return
			}
			torn := peek == io.EOF
			if !yield(lineOf[T]{}, &LineError{Line: number, Offset: offset, Torn: torn, Err: bad}) || torn {
				return
			}
			offset += size
		}
	}
}

// parseLine parses one line of size bytes, of which text is what was read.
func parseLine[T any](text []byte, size int64, ended bool, parse func([]byte) (T, error)) (none T, err error) {
	switch {
	case size > MaxLine+1:
		return none, fmt.Errorf("longer than %d bytes", MaxLine)
	case !ended:
		return none, errors.New("no line break at its end")
	}
	return parse(text[:len(text)-1])
}

// readLine reads up to and with the next line break and returns the line's
// text and its size in the file. Of a line longer than MaxLine only a part is
// kept. The text is good until the next read.
func readLine(in *bufio.Reader) (text []byte, size int64, err error) {
	for {
		part, err := in.ReadSlice('\n')
		size += int64(len(part))
		if err == nil && size == int64(len(part)) {
			return part, size, nil
		}
		if size <= MaxLine+1 {
			text = append(text, part...)
		}
		if err != bufio.ErrBufferFull {
			return text, size, err
		}
	}
}
