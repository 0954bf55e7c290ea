package safe

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON is v as JSON on one line, without a line break at its end. It is safe to show on
// a terminal, see Escaped. HTML is not escaped.
func JSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return Escaped(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

// Escaped returns JSON text in which every hidden character is an escape. JSON has such
// characters only in strings, so its meaning stays the same. The result may be text
// itself.
func Escaped(text []byte) []byte {
	next := firstHidden(text)
	if next == len(text) {
		return text
	}
	out := make([]byte, 0, len(text)+64)
	for next < len(text) {
		r, size := utf8.DecodeRune(text[next:])
		out = append(out, text[:next]...)
		for _, unit := range utf16.AppendRune(nil, r) {
			out = fmt.Appendf(out, `\u%04x`, unit)
		}
		text = text[next+size:]
		next = firstHidden(text)
	}
	return append(out, text...)
}

// firstHidden is the index of the first character that Escaped escapes, or the end.
func firstHidden(text []byte) int {
	for i := 0; i < len(text); {
		if i+8 <= len(text) && allShown(binary.LittleEndian.Uint64(text[i:])) {
			i += 8
			continue
		}
		if text[i] < 0x7f {
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if hidden(r) {
			return i
		}
		i += size
	}
	return len(text)
}

// allShown reports whether none of eight bytes is 0x7f or more. The sum carries from one
// byte to the next only if there is one of 0xff.
func allShown(eight uint64) bool {
	const ones = 0x0101010101010101
	return (eight|(eight+ones))&(0x80*ones) == 0
}
