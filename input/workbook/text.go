package workbook

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// parser reads XML one token at a time. It checks that elements are closed, which
// encoding/xml does not do for raw tokens, and it bounds the size of a token.
type parser struct {
	xml   *xml.Decoder
	limit *tokenLimiter
	depth int
	open  []xml.Name // the open elements; depth is their number
	began bool       // the first element was read
}

// maxDepth is the most elements that may be open at a time.
const maxDepth = 100

// maxToken is the most bytes of a token, for example of a text without any markup.
const maxToken = 1 << 20

// tokenLimiter refuses to read too much, in a token or in all.
type tokenLimiter struct {
	r     io.Reader
	token int   // bytes that may still be read for this token
	all   int64 // bytes that may still be read in all
}

var (
	errLongToken = fmt.Errorf("a text of more than %d bytes", maxToken)
	errLongPart  = errors.New("it unpacks to more than the archive says")
)

func (l *tokenLimiter) Read(b []byte) (int, error) {
	if l.token <= 0 {
		return 0, errLongToken
	}
	n, err := l.r.Read(b)
	l.token -= n
	if l.all -= int64(n); l.all < 0 {
		return 0, errLongPart
	}
	return n, err
}

func newParser(r io.Reader, most int64) *parser {
	limit := &tokenLimiter{r: r, token: maxToken, all: most}
	return &parser{xml: xml.NewDecoder(limit), limit: limit}
}

// next is the next token, or io.EOF after the document.
func (p *parser) next() (xml.Token, error) {
	p.limit.token = maxToken
	token, err := p.xml.RawToken()
	switch t := token.(type) {
	case xml.StartElement:
		if p.depth == 0 && p.began {
			return nil, errors.New("it has two roots")
		}
		if p.depth == maxDepth {
			return nil, fmt.Errorf("more than %d elements within each other", maxDepth)
		}
		p.open = append(p.open[:p.depth], t.Name)
		p.depth++
		p.began = true
	case xml.EndElement:
		if p.depth == 0 || p.open[p.depth-1] != t.Name {
			return nil, fmt.Errorf("the element %.20q is closed and not open", t.Name.Local)
		}
		p.depth--
	}
	if err == io.EOF && (p.depth > 0 || !p.began) {
		err = errTruncated
	}
	return token, err
}

// isAt reports whether the open elements have these names, from the root on.
func (p *parser) isAt(names ...string) bool {
	return slices.EqualFunc(p.open[:p.depth], names, func(open xml.Name, name string) bool { return open.Local == name })
}

// failed is the error of a part that cannot be read any further.
func (p *parser) failed(part string, err error) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	return damaged(part, err)
}

// skip reads the rest of the element that was opened last.
func (p *parser) skip() error {
	for outer := p.depth - 1; p.depth > outer; {
		if _, err := p.next(); err != nil {
			return truncated(err)
		}
	}
	return nil
}

// truncated is the error of an end inside an element.
func truncated(err error) error {
	if err == io.EOF {
		return errTruncated
	}
	return err
}

// plainText is the text of the element that was opened last, without that of elements in
// it.
func (p *parser) plainText() (string, error) {
	var text []byte
	for outer := p.depth - 1; p.depth > outer; {
		token, err := p.next()
		if err != nil {
			return "", truncated(err)
		}
		if data, ok := token.(xml.CharData); ok && p.depth == outer+1 {
			if text = append(text, data...); len(text) > maxToken { // comments may separate many texts
				return "", errLongToken
			}
		}
	}
	return string(text), nil
}

// richText is the text of an element si or is: its texts, but not how they are pronounced.
func (p *parser) richText() (string, error) {
	var text []byte
	for outer := p.depth - 1; p.depth > outer; {
		token, err := p.next()
		if err != nil {
			return "", truncated(err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "t":
			part, err := p.plainText()
			if err != nil {
				return "", err
			}
			if text = append(text, unescape(part)...); len(text) > maxToken {
				return "", errLongToken
			}
		case "r":
		default: // rPh, phoneticPr, rPr
			if err := p.skip(); err != nil {
				return "", err
			}
		}
	}
	return string(text), nil
}

// unescape decodes _x000D_, which is how a workbook writes a character that XML cannot
// have. A text that looks like such an escape is written with its underscore escaped.
func unescape(text string) string {
	i := strings.Index(text, "_x")
	if i < 0 {
		return text
	}
	var b strings.Builder
	for ; i >= 0; i = strings.Index(text, "_x") {
		b.WriteString(text[:i])
		text = text[i:]
		code, ok := escapedUnit(text)
		if !ok {
			b.WriteString("_")
			text = text[1:]
			continue
		}
		text = text[escapeLength:]
		r := rune(code)
		if utf16.IsSurrogate(r) {
			if low, ok := escapedUnit(text); ok {
				if both := utf16.DecodeRune(r, rune(low)); both != '\uFFFD' {
					r, text = both, text[escapeLength:]
				}
			}
		}
		b.WriteRune(r)
	}
	b.WriteString(text)
	return b.String()
}

const escapeLength = len("_x000D_")

// escapedUnit is the UTF-16 code unit that text begins with as an escape.
func escapedUnit(text string) (uint16, bool) {
	if len(text) < escapeLength || text[:2] != "_x" || text[escapeLength-1] != '_' {
		return 0, false
	}
	code, err := strconv.ParseUint(text[2:escapeLength-1], 16, 16)
	return uint16(code), err == nil
}
