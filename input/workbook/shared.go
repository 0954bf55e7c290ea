package workbook

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// sharedTexts are the texts that cells refer to by number. They are kept in chunks, so that
// a text costs its bytes and twelve more.
type sharedTexts struct {
	chunks []string
	places []sharedPlace
}

// sharedPlace is where a text stands.
type sharedPlace struct{ chunk, from, to uint32 }

const (
	maxSharedTexts = 8 << 20
	chunkSize      = 1 << 20
)

// text is the text with a number.
func (s *sharedTexts) text(number int) (string, bool) {
	if s == nil || number < 0 || number >= len(s.places) {
		return "", false
	}
	p := s.places[number]
	return s.chunks[p.chunk][p.from:p.to], true
}

// readShared reads the texts that cells share, if there are any.
func (b *Book) readShared(links []link) error {
	name, err := b.linked(links, "sharedStrings")
	if name == "" || err != nil {
		return err
	}
	content, err := b.open(name, maxShared)
	if err != nil {
		return err
	}
	defer content.Close()
	b.shared = &sharedTexts{}
	p := newParser(content, maxShared)
	if err := b.shared.read(p, maxSharedTexts); err != nil {
		return p.failed(name, err)
	}
	return nil
}

// read reads the texts, which may be so many.
func (s *sharedTexts) read(p *parser, most int) error {
	var chunk []byte
	for {
		token, err := p.next()
		if err == io.EOF {
			s.chunks = append(s.chunks, string(chunk))
			return nil
		}
		if err != nil {
			return err
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "si" {
			continue
		}
		if len(s.places) == most {
			return &Error{Message: fmt.Sprintf("the workbook has more than %d different texts", most),
				Hint: saveSmaller}
		}
		text, err := p.richText()
		if err != nil {
			return err
		}
		if len(chunk)+len(text) > chunkSize {
			s.chunks = append(s.chunks, string(chunk))
			chunk = chunk[:0]
		}
		from := len(chunk)
		chunk = append(chunk, text...)
		s.places = append(s.places, sharedPlace{uint32(len(s.chunks)), uint32(from), uint32(len(chunk))})
	}
}

var errTruncated = errors.New("it ends too early")
