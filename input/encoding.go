package input

import (
	"bytes"
	"io"
)

// encoding is a character encoding. To support another one, add an entry to encodings
// with a decoder in place of the refusal.
type encoding struct {
	name    string                    // its usual name
	mark    string                    // the byte order mark that a text begins with
	decode  func(io.Reader) io.Reader // reads UTF-8 from what follows the mark; nil for UTF-8
	refusal string                    // why the encoding is not supported; "" if it is
}

var encodings = []encoding{
	{name: utf8Name, mark: "\xef\xbb\xbf"},
	{name: "UTF-16LE", mark: "\xff\xfe", refusal: "the file is UTF-16, not UTF-8"},
	{name: "UTF-16BE", mark: "\xfe\xff", refusal: "the file is UTF-16, not UTF-8"},
}

// encodingOf is the encoding whose mark a text begins with. A text without a mark is
// UTF-8.
func encodingOf(head []byte) encoding {
	for _, e := range encodings {
		if bytes.HasPrefix(head, []byte(e.mark)) {
			return e
		}
	}
	return encoding{name: utf8Name}
}

const utf8Name = "UTF-8"
