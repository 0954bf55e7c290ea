package input

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"tracksync/internal/track"
)

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
			return nil, &fileError{track.Problem{Position: j.p.nodePosition(n),
				Message: "the string that begins here is never closed"}}
		case c < ' ':
			return nil, j.fail(fmt.Sprintf("a string contains the control character %U", rune(c)),
				`write it as an escape, for example \n`)
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

// escape reads an escape sequence.
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
			return j.fail("half of a surrogate pair",
				`a character beyond U+FFFF is written as two escapes, for example \ud83c\udfb5`)
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
		return nil, began.fail(j.p.m.quote(n.Value)+" is not a value of JSON",
			"put a text in quotation marks; numbers have no leading zeros")
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
