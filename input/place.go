package input

import (
	"bytes"
	"unicode/utf8"
)

// place is a line and a column of a text, as an editor shows them. It starts as
// origin, and advance moves it over the text.
type place struct {
	line, col int
	afterCR   bool // the last byte was a CR: a following LF belongs to the same line break
	doubled   bool // CR LF stands for CR CR LF, which an editor shows as two line breaks
}

func origin() place { return place{line: 1, col: 1} }

// advance moves p past b. A character must not be split between two calls.
func (p *place) advance(b []byte) {
	if len(b) == 0 {
		return
	}
	breaks := bytes.Count(b, lf)
	if crs := bytes.Count(b, cr); crs > 0 {
		breaks += crs - bytes.Count(b, crlf)
	}
	if p.doubled {
		breaks += bytes.Count(b, crlf)
	}
	if p.afterCR && b[0] == '\n' && !p.doubled {
		breaks-- // counted at its CR
	}
	p.line += breaks
	if last := bytes.LastIndexAny(b, "\r\n"); last >= 0 {
		p.col = 1 + utf8.RuneCount(b[last+1:])
	} else {
		p.col += utf8.RuneCount(b)
	}
	p.afterCR = b[len(b)-1] == '\r'
}

// isLine reports whether b is one line that ends with an LF alone, as most lines do.
func isLine(b []byte) bool {
	return len(b) > 0 && bytes.IndexByte(b, '\n') == len(b)-1 && bytes.IndexByte(b, '\r') < 0
}

// nextLine moves p past a line for which isLine is true and which no CR precedes.
func (p *place) nextLine() {
	p.line++
	p.col = 1
}

// after returns p moved past b.
func (p place) after(b []byte) place {
	p.advance(b)
	return p
}

// firstLF is b up to and including its first LF.
func firstLF(b []byte) []byte { return b[:bytes.IndexByte(b, '\n')+1] }

var (
	lf   = []byte("\n")
	cr   = []byte("\r")
	crlf = []byte("\r\n")

	crcrlf = []byte("\r\r\n")
)
