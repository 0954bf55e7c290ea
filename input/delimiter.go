package input

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"unicode/utf8"
)

// preamble skips what precedes the header (records without content, Excel's sep= line,
// titles and notes) and finds the delimiter.
func (c *csvReader) preamble(text *bufio.Reader, usual rune) (delimiter rune, empty bool, err error) {
	if delimiter = c.p.m.opts.Delimiter; delimiter == 0 {
		delimiter = usual
	}
	for {
		ahead, err := peekLine(text)
		if err != nil && err != io.EOF && len(ahead) == 0 {
			return 0, false, err
		}
		if len(ahead) == 0 {
			return 0, true, nil
		}
		line := firstLine(ahead)
		named, isSep := sepLine(strings.TrimSpace(string(line)))
		c.sep = c.sep || isSep
		if isSep && delimiter == 0 {
			delimiter = named
		}
		length := len(line)
		if !isSep {
			found, blank := c.look(text, ahead, delimiter)
			if blank == 0 {
				found, err = c.skipTitles(text, delimiter, found)
				return found, false, err
			}
			length = blank
			c.row++ // a spreadsheet does not show the line sep=
		}
		c.start.advance(peeked(text, length))
		if _, err := text.Discard(length); err != nil {
			return 0, false, err
		}
	}
}

// look inspects the record at the beginning of ahead. If the record has no content,
// blank is its length; otherwise delimiter separates its cells.
func (c *csvReader) look(text *bufio.Reader, ahead []byte, given rune) (delimiter rune, blank int) {
	line := firstLine(ahead)
	if bytes.IndexByte(line, '"') < 0 {
		if strings.Trim(string(line), ",;|\t\r\n ") == "" {
			return 0, len(line)
		}
	} else if ahead, _ = text.Peek(text.Size()); len(ahead) == 0 { // a record may have several lines
		return given, 0
	}
	record := string(ahead)
	if delimiter = given; delimiter == 0 {
		delimiter = c.p.findDelimiter(record)
	}
	names, _, length := splitHeader(record, delimiter)
	if length > 0 && strings.Trim(strings.Join(names, ""), ",;|\t\r\n ") == "" {
		return 0, length
	}
	return delimiter, 0
}

// peeked returns the next n bytes, which are in the buffer.
func peeked(text *bufio.Reader, n int) []byte {
	b, _ := text.Peek(n)
	return b
}

// peekLine returns the buffered text. It fills the buffer only if that text has no
// whole line: filling it for every one of very many blank lines would be slow, because
// each time the whole buffer moves.
func peekLine(text *bufio.Reader) ([]byte, error) {
	if ahead, err := text.Peek(text.Buffered()); err == nil {
		if i := bytes.IndexAny(ahead, "\r\n"); i >= 0 && i+1 < len(ahead) {
			return ahead, nil
		}
	}
	return text.Peek(text.Size())
}

// firstLine is b up to and including its first line break.
func firstLine(b []byte) []byte {
	i := bytes.IndexAny(b, "\r\n")
	switch {
	case i < 0:
		return b
	case b[i] == '\r' && i+1 < len(b) && b[i+1] == '\n':
		return b[:i+2]
	}
	return b[:i+1]
}

// sepLine reads Excel's "sep=;".
func sepLine(line string) (rune, bool) {
	line = strings.Trim(line, `"`)
	if len(line) < 4 || !strings.EqualFold(line[:4], "sep=") {
		if strings.EqualFold(line, "sep=") { // a tab, trimmed as a blank
			return '\t', true
		}
		return 0, false
	}
	r, n := utf8.DecodeRuneInString(line[4:])
	if len(line) == 4 {
		return '\t', true
	}
	return r, n == len(line)-4 && usableDelimiter(r)
}

// delimiters are tried in this order.
var delimiters = []rune{',', ';', '\t', '|'}

// findDelimiter finds the delimiter of the header that text begins with: the one
// that yields the most known columns, and among equals the most columns.
func (p *pass) findDelimiter(text string) rune {
	best, bestKnown, bestCount := delimiters[0], -1, 0
	for _, d := range delimiters {
		names, _, _ := splitHeader(text, d)
		known := 0
		for _, n := range names {
			if p.fieldOf(n, names) >= 0 || alwaysIgnored(n) {
				known++
			}
		}
		if known > bestKnown || known == bestKnown && len(names) > bestCount {
			best, bestKnown, bestCount = d, known, len(names)
		}
	}
	return best
}

// splitHeader splits the record that text begins with, which may have line breaks
// between quotation marks. It is used for guesses and for a header that cannot be
// read, so it accepts misplaced quotation marks. starts are the offsets of the names.
// length includes the line break; it is 0 if text ends between quotation marks.
func splitHeader(text string, delimiter rune) (names []string, starts []int, length int) {
	d := string(delimiter)
	for at := 0; ; {
		name, end, closed := headerName(text[at:], d)
		names, starts = append(names, name), append(starts, at)
		if at += end; !closed {
			return names, starts, 0
		}
		rest := text[at:]
		if !strings.HasPrefix(rest, d) {
			return names, starts, at + len(firstLine([]byte(rest[:min(len(rest), 2)])))
		}
		at += len(d)
	}
}

// headerName returns the name that text begins with, and the offset of its end.
func headerName(text, delimiter string) (name string, end int, closed bool) {
	start := len(text) - len(strings.TrimLeft(text, blanksBut(delimiter)))
	if !strings.HasPrefix(text[start:], `"`) {
		end = nameEnd(text, 0, delimiter)
		return strings.TrimSpace(text[:end]), end, true
	}
	var b strings.Builder
	for i := start + 1; i < len(text); i++ {
		if text[i] == '"' {
			if !strings.HasPrefix(text[i+1:], `"`) {
				end = nameEnd(text, i+1, delimiter)
				return b.String() + strings.TrimSpace(text[i+1:end]), end, true
			}
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String(), len(text), false
}

// nameEnd is the offset of the next delimiter or line break, or of the end of text.
func nameEnd(text string, from int, delimiter string) int {
	if i := strings.IndexAny(text[from:], "\r\n"+delimiter); i >= 0 {
		return from + i
	}
	return len(text)
}

// blanksBut are the blanks of a line that are not the delimiter.
func blanksBut(delimiter string) string {
	return strings.ReplaceAll(" \t\u00a0", delimiter, "")
}
