package input

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"
)

// encodedText reads a text in any encoding as UTF-8.
type encodedText struct {
	raw      io.Reader
	encoding encoding
	decoder  decoder
	quote    func(string) string // for messages

	buf      []byte // read, not decoded yet
	line     []byte // what was decoded of the current line, as bytes of the text: the last maxContext
	wide     bool   // there were characters beyond ASCII in earlier lines
	wideLine bool   // and in the current one
	watch    utf8Watch
}

func newEncodedText(raw io.Reader, e encoding, quote func(string) string) *encodedText {
	return &encodedText{raw: raw, encoding: e, decoder: newDecoder(e.name), quote: quote, buf: make([]byte, 0, 64<<10)}
}

// undecodable is the error of bytes that are not valid in the encoding of their text.
type undecodable struct {
	fault
	whole bool // the encoding of the whole text is wrong
}

func (e *undecodable) Error() string { return e.message }

// next appends the next part of the text to out. With an error it appends what comes
// before the mistake.
func (t *encodedText) next(out []byte) ([]byte, error) {
	n, err := t.raw.Read(t.buf[len(t.buf):cap(t.buf)])
	t.buf = t.buf[:len(t.buf)+n]
	out, used, bad := t.decoder.decode(out, t.buf, err == io.EOF)
	t.remember(t.buf[:used], out)
	if _, legacy := t.decoder.(*legacyDecoder); legacy {
		t.watch.add(t.buf[:used])
	}
	rest := t.buf[used:]
	switch {
	case bad > 0:
		return out, t.notValid(rest, bad)
	case err == io.EOF && t.isUTF8():
		return out, &undecodable{fault{"the file is UTF-8, not " + t.encoding.name, "leave out --encoding"}, true}
	}
	t.buf = t.buf[:copy(t.buf, rest)]
	return out, err
}

// remember notes what messages need about bytes that were decoded, and the text that they
// are.
func (t *encodedText) remember(raw, text []byte) {
	if i := bytes.LastIndexAny(raw, "\r\n"); i >= 0 {
		t.line, raw = t.line[:0], raw[i+1:]
	}
	t.line = append(t.line, raw...)
	if extra := len(t.line) - maxContext; extra > 0 {
		t.line = t.line[:copy(t.line, t.line[extra:])]
	}
	if i := bytes.LastIndexAny(text, "\r\n"); i >= 0 {
		t.wide, t.wideLine = t.wide || t.wideLine || !isASCII(text[:i]), false
		text = text[i:]
	}
	t.wideLine = t.wideLine || !isASCII(text)
}

// isUTF8 reports whether a text that was read in a legacy encoding is UTF-8. One character
// of two bytes may be valid in both.
func (t *encodedText) isUTF8() bool {
	d, legacy := t.decoder.(*legacyDecoder)
	least := 2
	if legacy && d.table == nil {
		least = 3
	}
	return legacy && t.watch.proves(least)
}

// notValid is the error of the bytes that rest begins with. It names the encodings in
// which the text around them is valid.
func (t *encodedText) notValid(rest []byte, bad int) error {
	const notChecked = "; the rest of the file was not checked"
	switch name := t.encoding.name; {
	case name != utf16LEName && name != utf16BEName:
	case bad%2 == 1:
		return &undecodable{fault{"the text ends within a character of " + name, "export the file again"}, false}
	default:
		return &undecodable{fault{"half a character of " + name + ": a surrogate without its other half",
			"export the file again" + notChecked}, false}
	}
	for bad > 1 && rest[bad-1] < utf8.RuneSelf {
		bad--
	}
	message := fmt.Sprintf("the byte 0x%02X is not %s", rest[0], t.encoding.name)
	if bad > 1 {
		message = fmt.Sprintf("the bytes % X are not %s", rest[:bad], t.encoding.name)
	}
	hint := saveAsUTF8
	if list := decodings(t.around(rest), len(t.line), t.encoding.name); len(list) > 0 {
		hint = describeDecodings(list, t.quote) + "; name the right encoding with --encoding, or " + saveAsUTF8
		if t.mixed() {
			hint = describeDecodings(list, t.quote) + "; lines before this one have characters of UTF-8: correct this " +
				"one, or name the encoding with --encoding if the whole file is in it"
		}
	}
	return &undecodable{fault{message, hint + notChecked}, false}
}

// mixed reports whether perhaps only a part of the file is in another encoding.
func (t *encodedText) mixed() bool { return t.wide && t.encoding.name == utf8Name }

// around is the text around the bytes that rest begins with: whole lines, or only their
// own if the others may be in another encoding.
func (t *encodedText) around(rest []byte) []byte {
	rest = bytes.Clone(rest)
	if len(rest) < maxContext {
		more, _ := io.ReadAll(io.LimitReader(t.raw, maxContext)) // after an error, what is there must do
		rest = append(rest, more...)
	}
	end := len(rest)
	if len(rest) >= maxContext {
		end = maxContext
		if i := bytes.LastIndexAny(rest[:end], "\r\n"); i >= 0 {
			end = i
		}
	}
	if i := bytes.IndexAny(rest, "\r\n"); i >= 0 && t.mixed() {
		end = min(end, i)
	}
	return append(bytes.Clone(t.line), rest[:end]...)
}

// utf8Watch finds out whether bytes are UTF-8 with characters beyond ASCII.
type utf8Watch struct {
	cut    []byte // the beginning of a character
	wide   int    // bytes of characters beyond ASCII
	broken bool   // it is not UTF-8
}

func (w *utf8Watch) add(b []byte) {
	if w.broken {
		return
	}
	if len(w.cut) > 0 {
		b = append(w.cut, b...)
	}
	whole := wholeRunes(b)
	w.broken = !utf8.Valid(b[:whole])
	for _, c := range b[:whole] {
		if c >= utf8.RuneSelf {
			w.wide++
		}
	}
	w.cut = bytes.Clone(b[whole:])
}

func (w *utf8Watch) proves(least int) bool { return !w.broken && len(w.cut) == 0 && w.wide >= least }
