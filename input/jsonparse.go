package input

import (
	"bufio"
	"fmt"
	"io"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"tracksync/internal/track"
)

// jsonParser reads strict JSON (RFC 8259) into YAML nodes, with scalars as they are
// written. YAML is nearly a superset of JSON, but a YAML parser would not do: it
// accepts much that is not JSON, refuses surrogate pairs and keys of more than 1,024
// characters, and holds the whole document in memory.
type jsonParser struct {
	p     *pass
	in    jsonText
	at    place // of the next byte
	size  int   // bytes read of the current element
	began place // where the element began
	depth int

	// discarding is set while a value is skipped. Such a value may have any size,
	// because it is not stored.
	discarding bool

	nodes   jsonNodes
	scratch []byte // of the current scalar
}

// reset prepares for another text, which begins at a place.
func (j *jsonParser) reset(at place) {
	j.at, j.depth = at, 0
	j.startElement()
}

// startElement starts an element. It reuses the nodes of the previous one.
func (j *jsonParser) startElement() {
	j.began, j.size = j.at, 0
	j.nodes.used = 0
}

// jsonText is the text of a jsonParser.
type jsonText struct {
	b      *bufio.Reader // nil if ahead is all there is
	ahead  []byte        // buffered bytes that were not read yet
	passed int           // number of buffered bytes that were read
}

// fill makes ahead at least this many bytes long, unless the text ends earlier. After an
// error, ahead has the bytes before it.
func (t *jsonText) fill(least int) error {
	if len(t.ahead) >= least || t.b == nil {
		return nil
	}
	if _, err := t.b.Discard(t.passed); err != nil {
		return err
	}
	_, err := t.b.Peek(least)
	t.passed = 0
	t.ahead, _ = t.b.Peek(t.b.Buffered()) // what is there, also after an error
	if err == io.EOF {
		return nil
	}
	return err
}

// pass skips a number of bytes of ahead.
func (t *jsonText) pass(bytes int) { t.ahead, t.passed = t.ahead[bytes:], t.passed+bytes }

// peek returns the next byte, or 0 at the end: text has no NUL.
func (j *jsonParser) peek() (byte, error) {
	if len(j.in.ahead) == 0 {
		if err := j.in.fill(1); err != nil || len(j.in.ahead) == 0 {
			return 0, err
		}
	}
	return j.in.ahead[0], nil
}

// skip skips the next byte, which is a character of its own and no line break, and counts it
// as part of the element.
func (j *jsonParser) skip() error {
	if j.size++; j.size > maxEntry && !j.discarding {
		return j.tooLong()
	}
	j.at.col++
	j.at.afterCR = false
	j.in.pass(1)
	return nil
}

// skipBlank skips the next byte, which is a blank or a line break.
func (j *jsonParser) skipBlank() {
	c := j.in.ahead[0]
	switch {
	case c == '\n' && j.at.afterCR:
	case c == '\n' || c == '\r':
		j.at.line++
		j.at.col = 1
	default:
		j.at.col++
	}
	j.at.afterCR = c == '\r'
	j.in.pass(1)
}

// run returns the longest prefix of ahead whose bytes are all in a set, and how many
// characters it has. It is valid until more is read. pass skips it.
func (j *jsonParser) run(set *[256]bool) (run []byte, characters int) {
	n := 0
	for _, c := range j.in.ahead {
		if !set[c] {
			break
		}
		n++
		if utf8.RuneStart(c) {
			characters++
		}
	}
	return j.in.ahead[:n], characters
}

// pass skips a run without line breaks and counts it as part of the element.
func (j *jsonParser) pass(run []byte, characters int) error {
	if len(run) == 0 {
		return nil
	}
	if j.size += len(run); j.size > maxEntry && !j.discarding {
		return j.tooLong()
	}
	j.at.col += characters
	j.at.afterCR = false
	j.in.pass(len(run))
	return nil
}

// tooLong refuses the current element.
func (j *jsonParser) tooLong() error {
	j.at = j.began
	return j.fail(fmt.Sprintf("an entry of more than %d bytes begins here", maxEntry), "")
}

// next skips blanks and returns the byte after them.
func (j *jsonParser) next() (byte, error) {
	for {
		c, err := j.peek()
		if err != nil || c > ' ' || c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c, err
		}
		j.skipBlank()
	}
}

// fail is a syntax error at the next byte.
func (j *jsonParser) fail(message, hint string) error { return j.failAt(j.at, message, hint) }

func (j *jsonParser) failAt(at place, message, hint string) error {
	return &fileError{track.Problem{Position: j.p.position(at), Message: message, Hint: hint}}
}

// unexpected is a syntax error: c was found instead of what is expected.
func (j *jsonParser) unexpected(c byte, expected string) error {
	found := "the end of the text"
	if c != 0 {
		_ = j.in.fill(utf8.UTFMax) // after an error the bytes that are there must do
		r, _ := utf8.DecodeRune(j.in.ahead)
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
	n := &j.nodes.discarded
	if !j.discarding {
		n = j.nodes.next()
	}
	// These fields are all that are ever set. To clear the others too takes a tenth of the time.
	n.Kind, n.Style, n.Value = kind, 0, ""
	n.Line, n.Column, n.Content = j.at.line, j.at.col, n.Content[:0]
	return n
}

// jsonNodes are the nodes of an element. The first ones are reused for the next
// element, with the memory of their contents. Few elements need more.
type jsonNodes struct {
	room      [32]yaml.Node
	used      int       // number of nodes of room in use
	discarded yaml.Node // stands for every node of a discarded value
}

func (s *jsonNodes) next() *yaml.Node {
	if s.used == len(s.room) {
		return &yaml.Node{}
	}
	s.used++
	n := &s.room[s.used-1]
	if cap(n.Content) > len(s.room) {
		n.Content = nil
	}
	return n
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

// discard reads any value without storing it.
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

// members reads an object. After each key and its colon it calls each, which must read
// the value.
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

// elements reads an array. It calls each, which must read a value, for every element.
func (j *jsonParser) elements(each func() error) error { return j.list(']', each) }

// list reads items between brackets, separated by commas.
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
