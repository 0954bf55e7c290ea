package input

import (
	"bufio"
	"bytes"
	"io"
)

// lines reads a text line by line.
type lines struct {
	b   *bufio.Reader
	at  place // where the next line begins
	buf []byte
}

// next returns the next line and the place where it begins. The line includes its line
// break, except perhaps the last one, and is valid until the next call. For a line of
// more than maxRecord bytes the error is errTooLong.
func (l *lines) next() ([]byte, place, error) {
	l.buf = l.buf[:0]
	if line, ok := l.buffered(); ok {
		began := l.at
		l.at.nextLine()
		_, err := l.b.Discard(len(line))
		return line, began, err
	}
	for {
		if _, err := l.b.Peek(1); err != nil {
			if err == io.EOF && len(l.buf) > 0 {
				return l.end()
			}
			return nil, l.at, err
		}
		ahead, _ := l.b.Peek(l.b.Buffered())
		end, complete := bytes.IndexAny(ahead, "\r\n")+1, true
		switch {
		case end == 0:
			end, complete = len(ahead), false
		case ahead[end-1] == '\r' && end < len(ahead):
			if ahead[end] == '\n' {
				end++
			}
		case ahead[end-1] == '\r':
			complete = false // an LF may follow
		}
		l.buf = append(l.buf, ahead[:end]...)
		if _, err := l.b.Discard(end); err != nil {
			return nil, l.at, err
		}
		if !complete && l.buf[len(l.buf)-1] == '\r' {
			if next, _ := l.b.Peek(1); len(next) == 1 && next[0] == '\n' {
				l.buf = append(l.buf, '\n')
				if _, err := l.b.Discard(1); err != nil {
					return nil, l.at, err
				}
			}
			complete = true
		}
		if len(l.buf) > maxRecord {
			return nil, l.at, errTooLong
		}
		if complete {
			return l.end()
		}
	}
}

// buffered returns the next line if all of it is in the buffer and an LF alone ends it,
// as in most files. Such a line is not copied.
func (l *lines) buffered() ([]byte, bool) {
	ahead, _ := l.b.Peek(l.b.Buffered())
	line := firstLF(ahead)
	return line, len(line) > 0 && len(line) <= maxRecord && !l.at.afterCR && bytes.IndexByte(line, '\r') < 0
}

func (l *lines) end() ([]byte, place, error) {
	began := l.at
	l.at.advance(l.buf)
	return l.buf, began, nil
}
