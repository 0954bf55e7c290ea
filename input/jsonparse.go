package input

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"tracksync/internal/track"
)

// jsonParser reads strict JSON (RFC 8259) into the nodes that the YAML reader
// makes, with scalars as they are written. YAML is nearly a superset of JSON,
// but a YAML reader takes much that is not JSON, refuses surrogate pairs and
// keys of more than 1,024 characters, and has to hold the whole document.
type jsonParser struct {
	p     *pass
	b     *bufio.Reader
	at    place // of the next byte
	size  int   // bytes of the current element
	began place // where it began
	depth int

	// discarding is set while a value is read that nobody needs: it may have
	// any size, and nothing of it is kept.
	discarding bool
}

// peek returns the next byte, or 0 at the end: text has no NUL.
func (j *jsonParser) peek() (byte, error) {
	b, err := j.b.Peek(1)
	if err == io.EOF {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

// skip goes past the next byte, which is part of an element.
func (j *jsonParser) skip() error {
	if j.size++; j.size > maxEntry && !j.discarding {
		j.at = j.began
		return j.fail(fmt.Sprintf("an entry of more than %d bytes begins here", maxEntry), "")
	}
	return j.move()
}

// move goes past the next byte.
func (j *jsonParser) move() error {
	c, err := j.b.ReadByte()
	if err != nil {
		return err
	}
	switch {
	case c == '\n' && j.at.afterCR:
	case c == '\n' || c == '\r':
		j.at.line++
		j.at.col = 1
	case utf8.RuneStart(c):
		j.at.col++
	}
	j.at.afterCR = c == '\r'
	return nil
}

// next skips blanks and returns the byte after them.
func (j *jsonParser) next() (byte, error) {
	for {
		c, err := j.peek()
		if err != nil || c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c, err
		}
		if err := j.move(); err != nil {
			return 0, err
		}
	}
}

// fail is a syntax error at the next byte.
func (j *jsonParser) fail(message, hint string) error {
	return &fileError{track.Problem{Position: j.p.position(j.at), Message: message, Hint: hint}}
}

// unexpected says what stands where something else should.
func (j *jsonParser) unexpected(c byte, expected string) error {
	found := "the end of the text"
	if c != 0 {
		ahead, _ := j.b.Peek(utf8.UTFMax)
		r, _ := utf8.DecodeRune(ahead)
		found = show(string(r))
	}
	hint := ""
	switch c {
	case '/', '#':
		hint = "JSON has no comments"
	case '\'':
		hint = "JSON has double quotation marks"
	}
	return j.fail(fmt.Sprintf("expected %s, found %s", expected, found), hint)
}

func (j *jsonParser) node(kind yaml.Kind) *yaml.Node {
	return &yaml.Node{Kind: kind, Line: j.at.line, Column: j.at.col}
}

// value reads any value.
func (j *jsonParser) value() (*yaml.Node, error) {
	c, err := j.next()
	if err != nil {
		return nil, err
	}
	switch {
	case c == '{':
		return j.object()
	case c == '[':
		return j.array()
	case c == '"':
		return j.text()
	case c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		return j.word()
	}
	return nil, j.unexpected(c, "a value")
}

// discard reads any value without keeping it.
func (j *jsonParser) discard() error {
	j.discarding = true
	_, err := j.value()
	j.discarding, j.size = false, 0
	return err
}

func (j *jsonParser) object() (*yaml.Node, error) {
	n := j.node(yaml.MappingNode)
	err := j.members(func(key *yaml.Node) error {
		value, err := j.value()
		if !j.discarding {
			n.Content = append(n.Content, key, value)
		}
		return err
	})
	return n, err
}

func (j *jsonParser) array() (*yaml.Node, error) {
	n := j.node(yaml.SequenceNode)
	err := j.elements(func() error {
		value, err := j.value()
		if !j.discarding {
			n.Content = append(n.Content, value)
		}
		return err
	})
	return n, err
}

// members reads an object; each is called after a key's colon, to read the
// value.
func (j *jsonParser) members(each func(key *yaml.Node) error) error {
	return j.list('}', func() error {
		c, err := j.next()
		if err != nil {
			return err
		}
		if c != '"' {
			return j.unexpected(c, "a key in quotation marks")
		}
		key, err := j.text()
		if err != nil {
			return err
		}
		if c, err = j.next(); err != nil {
			return err
		}
		if c != ':' {
			return j.unexpected(c, `":"`)
		}
		if err := j.skip(); err != nil {
			return err
		}
		return each(key)
	})
}

// elements reads an array; each is called to read a value.
func (j *jsonParser) elements(each func() error) error { return j.list(']', each) }

// list reads what stands between brackets and is separated by commas.
func (j *jsonParser) list(end byte, each func() error) error {
	if j.depth++; j.depth > maxDepth {
		return j.fail(fmt.Sprintf("more than %d brackets within each other", maxDepth), "")
	}
	if err := j.skip(); err != nil {
		return err
	}
	c, err := j.next()
	for err == nil && c != end {
		if err := each(); err != nil {
			return err
		}
		if c, err = j.next(); err != nil {
			return err
		}
		if c == end {
			break
		}
		if c != ',' {
			return j.unexpected(c, fmt.Sprintf(`"," or "%c"`, end))
		}
		if err = j.skip(); err != nil {
			return err
		}
		if c, err = j.next(); c == end {
			return j.fail(fmt.Sprintf(`a comma before "%c"`, end), "JSON has none there")
		}
	}
	if err != nil {
		return err
	}
	j.depth--
	return j.skip()
}

// text reads a string.
func (j *jsonParser) text() (*yaml.Node, error) {
	n := j.node(yaml.ScalarNode)
	n.Style = yaml.DoubleQuotedStyle
	var b strings.Builder
	if err := j.skip(); err != nil {
		return nil, err
	}
	for {
		c, err := j.peek()
		if err != nil {
			return nil, err
		}
		switch {
		case c == '"':
			n.Value = b.String()
			return n, j.skip()
		case c == '\\':
			err = j.escape(&b)
		case c == 0:
			return nil, &fileError{track.Problem{Position: j.p.nodePosition(n), Message: "the string that begins here is never closed"}}
		case c < ' ':
			return nil, j.fail(fmt.Sprintf("a string holds the control character %U", rune(c)), `write it as an escape, such as \n`)
		default:
			b.WriteByte(c)
			err = j.skip()
		}
		if err != nil {
			return nil, err
		}
		if j.discarding {
			b.Reset()
		}
	}
}

// escape reads a backslash and what belongs to it.
func (j *jsonParser) escape(b *strings.Builder) error {
	const plain, meant = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	ahead, err := j.b.Peek(6)
	if err != nil && err != io.EOF {
		return err
	}
	if len(ahead) >= 2 {
		if i := strings.IndexByte(plain, ahead[1]); i >= 0 {
			b.WriteByte(meant[i])
			return j.skipAll(2)
		}
	}
	r, ok := hexEscape(ahead)
	if !ok {
		return j.fail(`a backslash that begins no escape of JSON`, `write \\ for a backslash`)
	}
	length := 6
	if utf16.IsSurrogate(r) {
		ahead, err := j.b.Peek(12)
		if err != nil && err != io.EOF {
			return err
		}
		low, _ := hexEscape(ahead[min(6, len(ahead)):])
		if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
			return j.fail("half of a surrogate pair", `a character beyond U+FFFF is written as two escapes, such as \ud83c\udfb5`)
		}
		length = 12
	}
	b.WriteRune(r)
	return j.skipAll(length)
}

func hexEscape(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	return rune(n), err == nil
}

func (j *jsonParser) skipAll(n int) error {
	for range n {
		if err := j.skip(); err != nil {
			return err
		}
	}
	return nil
}

// word reads a number, true, false or null.
func (j *jsonParser) word() (*yaml.Node, error) {
	n := j.node(yaml.ScalarNode)
	began := *j
	var b strings.Builder
	for {
		c, err := j.peek()
		if err != nil {
			return nil, err
		}
		if c < 0x80 && !isAlphanumeric(rune(c)) && c != '+' && c != '-' && c != '.' && c != '_' {
			break
		}
		b.WriteByte(c)
		if b.Len() > maxEntry { // also where it is discarded
			return nil, began.fail(fmt.Sprintf("a number of more than %d bytes", maxEntry), "")
		}
		if err := j.skip(); err != nil {
			return nil, err
		}
	}
	n.Value = b.String()
	switch n.Value {
	case "true", "false", "null":
		return n, nil
	}
	if !isJSONNumber(n.Value) {
		began.at.afterCR = false
		return nil, began.fail(j.p.m.quote(n.Value)+" is not a value of JSON", "put a text in quotation marks; numbers have no leading zeros")
	}
	return n, nil
}

// isJSONNumber follows the grammar of RFC 8259.
func isJSONNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	digits := func() bool {
		n := 0
		for n < len(s) && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		s = s[n:]
		return n > 0
	}
	if strings.HasPrefix(s, "0") {
		s = s[1:]
	} else if !digits() {
		return false
	}
	if strings.HasPrefix(s, ".") {
		if s = s[1:]; !digits() {
			return false
		}
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		s = s[1:]
		if s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		if !digits() {
			return false
		}
	}
	return s == ""
}
