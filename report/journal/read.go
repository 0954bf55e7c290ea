package journal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
)

// ErrTorn means that the last line is damaged, as after a kill or a power cut. All lines
// before it can be read.
var ErrTorn = errors.New("the last line is incomplete")

// LineError is a line that is not a result.
type LineError struct {
	Line   int   // from 1
	Offset int64 // offset of the line's first byte; truncate a torn file here
	Torn   bool  // it is the last line; the error is ErrTorn
	Err    error // what is wrong with the line
}

func (e *LineError) Error() string {
	if e.Torn {
		return fmt.Sprintf("line %d: %v: %v", e.Line, ErrTorn, e.Err)
	}
	return fmt.Sprintf("line %d: %v", e.Line, e.Err)
}

func (e *LineError) Unwrap() error { return e.Err }

// Is reports whether target is ErrTorn and the line is torn.
func (e *LineError) Is(target error) bool { return e.Torn && target == ErrTorn }

// lineOf is the content of a line, and its position.
type lineOf[T any] struct {
	value        T
	offset, size int64
}

// linesOf yields what the lines of a journal contain, in the order in which they were written.
// parse reads a line, and must not retain its text. For a line that it cannot read, linesOf
// yields a *LineError and continues, because lines do not depend on each other. A LineError that is
// ErrTorn is the last item. Any other error is one of r and ends the sequence. A line without a
// line break does not count, even if it looks complete. Memory is bounded by MaxLine, whatever r
// contains.
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
			if peek != nil && peek != io.EOF { // it is not known whether the line was the last
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

// parseLine parses one line of size bytes. text is the part of it that was stored.
func parseLine[T any](text []byte, size int64, ended bool, parse func([]byte) (T, error)) (none T, err error) {
	switch {
	case size > MaxLine+1:
		return none, fmt.Errorf("longer than %d bytes", MaxLine)
	case !ended:
		return none, errors.New("no line break at its end")
	}
	return parse(text[:len(text)-1])
}

// readLine reads up to and including the next line break. It returns the line's text and its
// size in the file. Only a part of a line longer than MaxLine is stored. The text is valid
// until the next read.
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
