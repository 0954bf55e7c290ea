package input

import (
	"fmt"
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
	if err := j.skip(); err != nil {
		return nil, err
	}
	b := j.scratch[:0]
	for {
		run, characters := j.run(&inString)
		whole := !j.discarding && len(b) == 0 && len(run) < len(j.in.ahead) && j.in.ahead[len(run)] == '"'
		if whole {
			n.Value = textOf(run)
		} else if !j.discarding {
			b = append(b, run...)
		}
		if err := j.pass(run, characters); err != nil {
			return nil, err
		}
		c, err := j.peek()
		if err != nil {
			return nil, err
		}
		switch {
		case whole:
			return n, j.skip()
		case c == '"':
			n.Value, j.scratch = textOf(b), b
			return n, j.skip()
		case c == '\\':
			b, err = j.escape(b)
		case c == 0:
			return nil, &fileError{track.Problem{Position: j.p.nodePosition(n),
				Message: "the string that begins here is never closed"}}
		case c < ' ':
			return nil, j.fail(fmt.Sprintf("a string contains the control character %U", rune(c)),
				`write it as an escape, for example \n`)
		}
		if err != nil {
			return nil, err
		}
		if j.discarding {
			b = b[:0]
		}
	}
}

// inString is the set of bytes that a string may contain unescaped.
var inString = bytesWhere(func(c byte) bool { return c >= ' ' && c != '"' && c != '\\' })

// inWord is the set of bytes that a word may contain.
var inWord = bytesWhere(func(c byte) bool {
	return c >= utf8.RuneSelf || isAlphanumeric(rune(c)) || c == '+' || c == '-' || c == '.' || c == '_'
})

func bytesWhere(is func(c byte) bool) (set [256]bool) {
	for c := range set {
		set[c] = is(byte(c))
	}
	return set
}

// textOf is b as a string. For common keys it allocates nothing.
func textOf(b []byte) string {
	switch string(b) {
	case "id":
		return "id"
	case "name":
		return "name"
	case "volume":
		return "volume"
	case "project":
		return "project"
	case "project_id":
		return "project_id"
	case "media":
		return "media"
	case "media_url":
		return "media_url"
	case "url":
		return "url"
	}
	return string(b)
}

// escape reads an escape sequence, and appends what it means to b.
func (j *jsonParser) escape(b []byte) ([]byte, error) {
	const plain, meant = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	if err := j.in.fill(6); err != nil {
		return b, err
	}
	ahead := j.in.ahead
	if len(ahead) >= 2 {
		if i := strings.IndexByte(plain, ahead[1]); i >= 0 {
			return append(b, meant[i]), j.skipAll(2)
		}
	}
	r, ok := hexEscape(ahead)
	if !ok {
		return b, j.fail(`a backslash that begins no escape of JSON`, `write \\ for a backslash`)
	}
	length := 6
	if utf16.IsSurrogate(r) {
		if err := j.in.fill(12); err != nil {
			return b, err
		}
		ahead = j.in.ahead
		low, _ := hexEscape(ahead[min(6, len(ahead)):])
		if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
			return b, j.fail("half of a surrogate pair",
				`a character beyond U+FFFF is written as two escapes, for example \ud83c\udfb5`)
		}
		length = 12
	}
	return utf8.AppendRune(b, r), j.skipAll(length)
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
	began, size := j.at, j.size
	b := j.scratch[:0]
	for {
		run, characters := j.run(&inWord)
		b = append(b, run...)
		if len(b) > maxEntry && (size == 0 || j.discarding) { // otherwise pass reports a too long entry
			return nil, j.failAt(began, fmt.Sprintf("a number of more than %d bytes", maxEntry), "")
		}
		if err := j.pass(run, characters); err != nil {
			return nil, err
		}
		c, err := j.peek()
		if err != nil {
			return nil, err
		}
		if !inWord[c] {
			break
		}
	}
	n.Value, j.scratch = string(b), b
	switch n.Value {
	case "true", "false", "null":
		return n, nil
	}
	if !isJSONNumber(n.Value) {
		return nil, j.failAt(began, j.p.m.quote(n.Value)+" is not a value of JSON",
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
