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

// A YAML manifest is read entry by entry if it is a list in block style whose items
// begin in one column: at the top level, or under the key tracks, even after other
// keys. The lines decide where an item ends, and each item is parsed as a document of
// its own (see yamlitems.go). That is exact: in valid YAML, a line that begins with
// "- " in the items' column always begins an item, because the later lines of a scalar
// are indented more. A quotation mark that is never closed leaves an item that does not
// parse, so the file is refused.
//
// Everything else (flow style, directives, other shapes) is parsed as a whole,
// up to maxDocument bytes.

// yamlReader reads the documents of a file.
type yamlReader struct {
	p     *pass
	lines lines

	opened  bool            // "---" was read, but nothing of its document yet
	chunk   *yamlChunk      // lines that are parsed together
	items   []yamlItem      // the items of the chunk, while a list is read
	batches yamlBatches     // items before those, which are being parsed
	keys    map[string]bool // the other keys of the mapping that has the list
}

func (p *pass) readYAML(text *bufio.Reader) error {
	y := &yamlReader{p: p, lines: lines{b: text, at: origin()}}
	defer y.batches.await()
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
	return restNotChecked(err)
}

// documents reads documents until the end of the file, and then returns io.EOF.
func (y *yamlReader) documents() error {
	ended := false // after "..." or a directive, when only "---" may follow
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
			return &fileError{track.Problem{Position: y.p.position(at), Message: "a directive inside a document",
				Hint: "write it before ---"}}
		case isVersion(line):
			ended = true
		case ended && line[0] != '%' && !isMarker(line):
			return &fileError{track.Problem{Position: y.p.position(at),
				Message: "there is more text after the end of a document", Hint: "begin another document with ---"}}
		case itemIndent(line) >= 0:
			err = y.list(line, at, itemIndent(line), false)
		case isTracksKey(line):
			err = y.tracksKey(nil, line, at)
		default:
			err = y.head(line, at)
		}
		if err != nil {
			return err
		}
	}
}

// line returns the next line. It refuses characters that YAML does not allow, and those
// that only YAML 1.1 treats as line breaks: the library would fold names there.
func (y *yamlReader) line() ([]byte, place, error) {
	if err := y.p.interrupted(); err != nil {
		return nil, y.lines.at, err
	}
	line, at, err := y.lines.next()
	if isPlainLine(line) {
		return line, at, err
	}
	i := bytes.IndexFunc(line, isForbidden)
	if i < 0 {
		return line, at, err
	}
	r, _ := utf8.DecodeRune(line[i:])
	return nil, at, &fileError{track.Problem{
		Position: y.p.position(at.after(line[:i])), Message: fmt.Sprintf("the character %U", r),
		Hint: fmt.Sprintf(`remove it, or write it as an escape between double quotation marks, "\u%04x"`, r),
	}}
}

// isPlainLine reports whether a line is ASCII without a forbidden character.
func isPlainLine(line []byte) bool {
	for _, c := range line {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func isForbidden(r rune) bool {
	switch r {
	case '\t', '\n', '\r':
		return false
	case '\u0085', '\u2028', '\u2029', '\ufeff', '\ufffe', '\uffff':
		return true
	}
	return r < ' '
}

// head reads lines that may be keys before the list of tracks. If they are not, the
// rest of the file is parsed together with them.
func (y *yamlReader) head(line []byte, at place) error {
	y.chunk = newChunk(line, at)
	if isMarker(line) || line[0] == '%' {
		return y.whole()
	}
	for {
		line, at, err := y.line()
		switch {
		case err == io.EOF:
			return y.parseWhole()
		case err != nil:
			return err
		case isTracksKey(line):
			return y.tracksKey(y.chunk, line, at)
		case isMarker(line):
			y.chunk.add(line)
			return y.whole()
		}
		if y.chunk.add(line); y.chunk.exceeds(maxDocument) {
			return y.tooLong()
		}
	}
}

// tracksKey reads a document after its line "tracks:". head, if not nil, precedes
// that line.
func (y *yamlReader) tracksKey(head *yamlChunk, line []byte, at place) error {
	y.chunk = newChunk(line, at)
	for {
		line, at, err := y.line()
		if err != nil && err != io.EOF {
			return err
		}
		if err == nil && isVoid(line) {
			if y.chunk.add(line); y.chunk.exceeds(maxDocument) {
				return y.tooLong()
			}
			continue
		}
		if indent := itemIndent(line); err == nil && indent >= 0 && y.headKeys(head) {
			return y.list(line, at, indent, true)
		}
		if head != nil {
			head.join(y.chunk)
			y.chunk = head
		}
		if err == io.EOF {
			return y.parseWhole()
		}
		y.chunk.add(line)
		return y.whole()
	}
}

// headKeys checks the keys before the list of tracks. If head is anything else, it
// does nothing and returns false.
func (y *yamlReader) headKeys(head *yamlChunk) bool {
	y.keys = map[string]bool{"tracks": true}
	if head == nil {
		return true
	}
	docs, err := y.parse(head)
	if err != nil || len(docs) != 1 || docs[0].Kind != yaml.MappingNode || docs[0].Column != 1 ||
		docs[0].Style&yaml.FlowStyle != 0 {
		return false
	}
	if message, _ := unsupported(docs[0]); message != "" {
		return false
	}
	for key := range pairs(docs[0]) {
		if key.Value == "tracks" {
			return false
		}
	}
	y.p.wrapperKeys(docs[0], y.keys)
	return true
}

// marker continues after the end of a document.
func (y *yamlReader) marker(line []byte, at place) error {
	if isBareMarker(line) && line[0] == '-' {
		y.opened = true
		return nil
	}
	if isBareMarker(line) {
		return y.afterEnd()
	}
	y.chunk = newChunk(line, at)
	return y.whole()
}

// afterEnd reads what may follow "...".
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
			y.chunk = newChunk(line, at)
			return y.whole()
		default:
			return &fileError{track.Problem{Position: y.p.position(at),
				Message: "there is more text after the end of a document",
				Hint:    "begin another document with ---"}}
		}
	}
}

// rest reads what follows the list under the key tracks in the same document.
func (y *yamlReader) rest(line []byte, at place) error {
	y.chunk = newChunk(line, at)
	for {
		line, next, err := y.line()
		if err != nil && err != io.EOF {
			return err
		}
		if err == nil && !isMarker(line) {
			if y.chunk.add(line); y.chunk.exceeds(maxDocument) {
				return y.tooLong()
			}
			continue
		}
		if problem := y.checkSiblingKeys(indentOf(y.chunk.text) == 0); problem != nil {
			return problem
		}
		if err == io.EOF {
			return io.EOF
		}
		return y.marker(line, next)
	}
}

// checkSiblingKeys checks the keys that follow the list of tracks in its mapping.
func (y *yamlReader) checkSiblingKeys(flush bool) error {
	docs, err := y.parse(y.chunk)
	if err != nil {
		return err
	}
	if !flush || len(docs) != 1 || docs[0].Kind != yaml.MappingNode {
		return &fileError{track.Problem{Position: y.p.position(y.chunk.place(indentOf(y.chunk.text))),
			Message: "this is not part of the list of tracks", Hint: "begin the items of the list in one column"}}
	}
	y.p.wrapperKeys(docs[0], y.keys)
	return nil
}

// whole parses the chunk and the rest of the file as a whole.
func (y *yamlReader) whole() error {
	for {
		line, _, err := y.line()
		if err == io.EOF {
			return y.parseWhole()
		}
		if err != nil {
			return err
		}
		if y.chunk.add(line); y.chunk.exceeds(maxDocument) {
			return y.tooLong()
		}
	}
}

func (y *yamlReader) tooLong() error {
	return &fileError{track.Problem{Position: y.p.position(y.chunk.at),
		Message: fmt.Sprintf("more than %d bytes of YAML that can only be read as a whole", maxDocument),
		Hint:    "write a list in block style (\"- id: 17\"), several documents, JSON Lines or CSV"}}
}

// parseWhole parses the chunk, which reaches to the end of the file.
func (y *yamlReader) parseWhole() error {
	docs, err := y.parse(y.chunk)
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
