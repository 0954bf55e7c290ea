package input

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/transform"
)

// decoder turns the bytes of a text into UTF-8, part by part. The decoders of
// golang.org/x/text replace what is not valid. These stop there.
type decoder interface {
	// decode appends to out the characters that b begins with, in UTF-8, and returns how
	// many bytes of b they are. bad is the number of bytes that follow and are not valid. If
	// it is 0, the rest of b is the beginning of a character. With end no more bytes follow,
	// and there is no such rest.
	decode(out, b []byte, end bool) (text []byte, n, bad int)
}

func newDecoder(encoding string) decoder {
	switch encoding {
	case utf8Name:
		return utf8Decoder{}
	case utf16LEName:
		return utf16Decoder{binary.LittleEndian}
	case utf16BEName:
		return utf16Decoder{binary.BigEndian}
	}
	return newLegacyDecoder(encoding)
}

type utf8Decoder struct{}

func (utf8Decoder) decode(out, b []byte, end bool) (text []byte, n, bad int) {
	n = len(b)
	if !end {
		n = wholeRunes(b)
	}
	if i := firstInvalid(b[:n]); i >= 0 {
		n, bad = i, 1
	}
	return append(out, b[:n]...), n, bad
}

// wholeRunes is the length of b without an incomplete character at its end.
func wholeRunes(b []byte) int {
	for i := len(b) - 1; i >= 0 && i >= len(b)-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return i
			}
			break
		}
	}
	return len(b)
}

// firstInvalid is the index of the first byte that is not UTF-8, or -1.
func firstInvalid(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

type utf16Decoder struct{ binary.ByteOrder }

func (d utf16Decoder) decode(out, b []byte, end bool) (text []byte, n, bad int) {
	for n+2 <= len(b) {
		r, size := rune(d.Uint16(b[n:])), 2
		if utf16.IsSurrogate(r) {
			if n+4 > len(b) && !end {
				return out, n, 0
			}
			low := rune(0)
			if n+4 <= len(b) {
				low = rune(d.Uint16(b[n+2:]))
			}
			if r, size = utf16.DecodeRune(r, low), 4; r == utf8.RuneError {
				return out, n, 2
			}
		}
		out = utf8.AppendRune(out, r)
		n += size
	}
	if end {
		bad = len(b) - n
	}
	return out, n, bad
}

// legacyDecoder decodes an encoding of the time before Unicode.
type legacyDecoder struct {
	table *charmap.Charmap      // nil: a character may have several bytes
	multi transform.Transformer // otherwise
	plain bool                  // the bytes of ASCII mean themselves, except within a character
	text  [2 * utf8.UTFMax]byte // of a character
}

func newLegacyDecoder(encoding string) *legacyDecoder {
	e, err := htmlindex.Get(encoding)
	if err != nil { // Options.check has refused it
		e = charmap.Windows1252
	}
	if table, ok := e.(*charmap.Charmap); ok {
		return &legacyDecoder{table: table, plain: true}
	}
	return &legacyDecoder{multi: e.NewDecoder().Transformer, plain: encoding != "iso-2022-jp"}
}

func (d *legacyDecoder) decode(out, b []byte, end bool) (text []byte, n, bad int) {
	for n < len(b) {
		if d.plain && b[n] < utf8.RuneSelf {
			run := asciiRun(b[n:])
			out = append(out, b[n:n+run]...)
			n += run
			continue
		}
		before := len(out)
		var size int
		if out, size = d.character(out, b[n:], end); size == 0 {
			return out, n, 0
		}
		if !d.means(b[n:n+size], out[before:]) {
			return out[:before], n, size
		}
		n += size
	}
	return out, n, 0
}

// asciiRun is how many bytes of ASCII b begins with.
func asciiRun(b []byte) int {
	for i, c := range b {
		if c >= utf8.RuneSelf {
			return i
		}
	}
	return len(b)
}

// maxCharacter is the most bytes of a character in any of these encodings, with the
// sequence that switches between sets of characters.
const maxCharacter = 8

// character appends the first character of b, and returns how many bytes it has: 0 if b
// ends within it.
func (d *legacyDecoder) character(out, b []byte, end bool) ([]byte, int) {
	if d.table != nil {
		return utf8.AppendRune(out, d.table.DecodeByte(b[0])), 1
	}
	for size := 1; size <= min(len(b), maxCharacter); size++ {
		wrote, read, err := d.multi.Transform(d.text[:], b[:size], false)
		if err == nil || read > 0 {
			return append(out, d.text[:wrote]...), read
		}
	}
	if end {
		return append(out, string(utf8.RuneError)...), len(b)
	}
	return out, 0
}

// realReplacement is U+FFFD in gb18030, the only one of these encodings that has it.
var realReplacement = []byte{0x84, 0x31, 0xa4, 0x37}

// means reports whether bytes are a character of the encoding. Bytes without a meaning
// are decoded as U+FFFD, or as one of the control characters U+0080 to U+009F.
func (d *legacyDecoder) means(b, text []byte) bool {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r >= 0x80 && r <= 0x9f || r == utf8.RuneError && (d.table != nil || !bytes.Equal(b, realReplacement)) {
			return false
		}
		i += n
	}
	return true
}
