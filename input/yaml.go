package input

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"tracksync/internal/track"
)

// A YAML manifest is read entry by entry where its writing allows that: a
// list in block style at the top, or under the key tracks, whose items begin
// in one column. Such a list is cut into items by its lines, and each item is
// parsed as a document of its own. The cut is exact: in a text that is YAML, a
// line that begins with "- " in the items' column begins an item, because
// scalars that go on over lines go on further to the right. A quotation that
// is not closed leaves an item that does not parse, and so a file that is
// refused.
//
// Everything else (flow style, directives, other shapes) is parsed as a whole,
// up to maxDocument bytes.

// yamlReader reads the documents of a file.
type yamlReader struct {
	p     *pass
	lines lines

	opened  bool   // "---" was read, and nothing of its document yet
	chunk   []byte // lines that are parsed together
	chunkAt place  // where they begin
}

func (p *pass) readYAML(text *bufio.Reader) error {
	y := &yamlReader{p: p, lines: lines{b: text, at: origin()}}
	err := y.documents()
	if errors.Is(err, errTooLong) {
		err = &fileError{track.Problem{
			Position: p.position(y.lines.at), Message: fmt.Sprintf("a line of more than %d bytes", maxRecord),
			Hint: "write each track on lines of its own",
		}}
	}
	if err == io.EOF {
		return nil
	}
	return unchecked(err)
}

// documents reads documents to the end of the file, which is io.EOF.
func (y *yamlReader) documents() error {
	ended := false // by "..." or a directive, after which only "---" may follow
	for {
		line, at, err := y.line()
		if err != nil {
			return err
		}
		switch {
		case isVoid(line):
		case isBareMarker(line):
			ended, y.opened = line[0] == '.', line[0] == '-'
		case line[0] == '%' && y.opened:
			return &fileError{track.Problem{Position: y.p.position(at), Message: "a directive inside a document", Hint: "write it before ---"}}
		case isVersion(line):
			ended = true
		case ended && line[0] != '%' && !isMarker(line):
			return &fileError{track.Problem{Position: y.p.position(at),
				Message: "something follows the end of a document", Hint: "begin another document with ---"}}
		case isItem(line) >= 0:
			err = y.items(line, at, isItem(line), false)
		case isTracksKey(line):
			err = y.tracksKey(line, at)
		default:
			err = y.whole(line, at)
		}
		if err != nil {
			return err
		}
	}
}

// line is the next line. It refuses characters that YAML does not have, and
// those that YAML 1.1 takes for line breaks and nobody else does: the library
// would fold names at them.
func (y *yamlReader) line() ([]byte, place, error) {
	if err := y.p.alive(); err != nil {
		return nil, y.lines.at, err
	}
	line, at, err := y.lines.next()
	i := bytes.IndexFunc(line, isUnfit)
	if i < 0 {
		return line, at, err
	}
	r, _ := utf8.DecodeRune(line[i:])
	return nil, at, &fileError{track.Problem{
		Position: y.p.position(at.after(line[:i])), Message: fmt.Sprintf("the character %U", r),
		Hint: fmt.Sprintf(`remove it, or write it as an escape between double quotation marks, "\u%04x"`, r),
	}}
}

func isUnfit(r rune) bool {
	switch r {
	case '\t', '\n', '\r':
		return false
	case '\u0085', '\u2028', '\u2029', '\ufeff', '\ufffe', '\uffff':
		return true
	}
	return r < ' '
}

// tracksKey reads the document that begins with the line "tracks:".
func (y *yamlReader) tracksKey(line []byte, at place) error {
	if err := y.begin(line, at); err != nil {
		return err
	}
	for {
		line, at, err := y.line()
		if err != nil && err != io.EOF {
			return err
		}
		if err == nil && isVoid(line) {
			if err := y.add(line); err != nil {
				return err
			}
			continue
		}
		if indent := isItem(line); err == nil && indent >= 0 {
			return y.items(line, at, indent, true)
		}
		if err == io.EOF {
			line = nil
		}
		head, headAt := bytes.Clone(y.chunk), y.chunkAt
		return y.whole(append(head, line...), headAt)
	}
}

// items reads a list in block style, whose first item begins with line.
// Under the key tracks it ends with the first line further to the left.
func (y *yamlReader) items(line []byte, at place, indent int, underKey bool) error {
	if err := y.begin(line, at); err != nil {
		return err
	}
	for {
		line, at, err := y.line()
		if err == io.EOF {
			if err := y.item(); err != nil {
				return err
			}
			return io.EOF
		}
		if err != nil {
			return err
		}
		left := indentOf(line)
		switch {
		case isVoid(line):
			err = y.add(line)
		case isMarker(line):
			if err = y.item(); err == nil {
				return y.marker(line, at)
			}
		case isItem(line) == indent:
			if err = y.item(); err == nil {
				err = y.begin(line, at)
			}
		case underKey && (left < indent || left == 0):
			if err = y.item(); err == nil {
				return y.rest(line, at)
			}
		default:
			err = y.add(line)
		}
		if err != nil {
			return err
		}
	}
}

// marker goes on after a document's end.
func (y *yamlReader) marker(line []byte, at place) error {
	if isBareMarker(line) && line[0] == '-' {
		y.opened = true
		return nil
	}
	if isBareMarker(line) {
		return y.afterEnd()
	}
	return y.whole(line, at)
}

// afterEnd looks for what may follow "...".
func (y *yamlReader) afterEnd() error {
	for {
		line, at, err := y.line()
		switch {
		case err != nil:
			return err
		case isVoid(line), isBareMarker(line) && line[0] == '.':
		case isBareMarker(line):
			y.opened = true
			return nil
		case line[0] == '%', isMarker(line):
			return y.whole(line, at)
		default:
			return &fileError{track.Problem{Position: y.p.position(at), Message: "something follows the end of a document",
				Hint: "begin another document with ---"}}
		}
	}
}

func (y *yamlReader) begin(line []byte, at place) error {
	y.chunk, y.chunkAt = y.chunk[:0], at
	return y.add(line)
}

func (y *yamlReader) add(line []byte) error {
	if len(y.chunk)+len(line) > maxEntry {
		return &fileError{track.Problem{
			Position: y.p.position(y.chunkAt), Message: fmt.Sprintf("an entry of more than %d bytes begins here", maxEntry),
			Hint: "begin the items of the list in one column",
		}}
	}
	y.chunk = append(y.chunk, line...)
	return nil
}

// item parses the lines of one item. When that fails the items after it can
// still be looked at, though none will be used.
func (y *yamlReader) item() error {
	docs, err := y.parse(y.chunk, y.chunkAt)
	if problem, ok := asFileError(err); ok {
		y.p.complain(problem)
		y.p.src.partly = true
		return nil
	}
	if err != nil {
		return err
	}
	if len(docs) == 1 && docs[0].Kind == yaml.SequenceNode && len(docs[0].Content) == 1 {
		return y.p.entry(docs[0].Content[0])
	}
	y.p.complain(track.Problem{Position: y.p.position(y.chunkAt), Message: "this item cannot be read",
		Hint: "begin the items of the list in one column"})
	y.p.src.partly = true
	return nil
}

// rest reads what follows the list under the key tracks in the same document.
func (y *yamlReader) rest(line []byte, at place) error {
	if err := y.begin(line, at); err != nil {
		return err
	}
	for {
		line, next, err := y.line()
		if err != nil && err != io.EOF {
			return err
		}
		if err == nil && !isMarker(line) {
			if err := y.add(line); err != nil {
				return err
			}
			continue
		}
		if problem := y.beside(indentOf(y.chunk) == 0); problem != nil {
			return problem
		}
		if err == io.EOF {
			return io.EOF
		}
		return y.marker(line, next)
	}
}

// beside judges the keys that stand beside tracks, which is seen already.
func (y *yamlReader) beside(flush bool) error {
	docs, err := y.parse(y.chunk, y.chunkAt)
	if err != nil {
		return err
	}
	if !flush || len(docs) != 1 || docs[0].Kind != yaml.MappingNode {
		return &fileError{track.Problem{Position: y.p.position(y.chunkAt.after(y.chunk[:indentOf(y.chunk)])),
			Message: "this is not part of the list of tracks", Hint: "begin the items of the list in one column"}}
	}
	y.p.wrapperKeys(docs[0], true)
	return nil
}

// whole reads the rest of the file at once.
func (y *yamlReader) whole(line []byte, at place) error {
	text := bytes.Clone(line)
	for {
		line, _, err := y.line()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if len(text)+len(line) > maxDocument {
			return &fileError{track.Problem{Position: y.p.position(at),
				Message: fmt.Sprintf("more than %d bytes of YAML that can only be read as a whole", maxDocument),
				Hint:    "write a list in block style (\"- id: 17\"), several documents, JSON Lines or CSV"}}
		}
		text = append(text, line...)
	}
	docs, err := y.parse(text, at)
	for _, doc := range docs {
		if err := y.p.document(doc); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	return io.EOF
}

// isVersion is true for a directive such as "%YAML 1.2", which the library
// knows for 1.1 alone. What is read here means the same in every 1.x.
func isVersion(line []byte) bool {
	rest, found := bytes.CutPrefix(line, []byte("%YAML 1."))
	rest = bytes.TrimLeft(rest, "0123456789")
	return found && isVoid(rest)
}

// isVoid is true for a line that is blank or a comment.
func isVoid(line []byte) bool {
	line = bytes.TrimLeft(line, " \t\r\n")
	return len(line) == 0 || line[0] == '#'
}

// indentOf counts the spaces that a line begins with.
func indentOf(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " ")) }

// isItem is the indentation of a line that begins an item of a list, or -1.
func isItem(line []byte) int {
	indent := indentOf(line)
	rest := line[indent:]
	if len(rest) == 0 || rest[0] != '-' || len(rest) > 1 && !bytes.ContainsRune([]byte(" \t\r\n"), rune(rest[1])) {
		return -1
	}
	return indent
}

// isTracksKey is true for a line that is "tracks:" and no more.
func isTracksKey(line []byte) bool {
	rest, found := bytes.CutPrefix(line, []byte("tracks:"))
	return found && (isVoid(rest) && (len(rest) == 0 || rest[0] != '#'))
}

// isMarker is true for a line that ends or begins a document.
func isMarker(line []byte) bool {
	if !bytes.HasPrefix(line, []byte("---")) && !bytes.HasPrefix(line, []byte("...")) {
		return false
	}
	return len(line) == 3 || bytes.ContainsRune([]byte(" \t\r\n"), rune(line[3]))
}

// isBareMarker is true for a marker that has nothing but a comment beside it.
func isBareMarker(line []byte) bool { return isMarker(line) && isVoid(line[3:]) }
