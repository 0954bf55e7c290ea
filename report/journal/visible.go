package journal

import (
	"fmt"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// visible writes the characters of a JSON text as escapes that a terminal would
// obey, or that cannot be seen: control characters beyond ASCII, and those that
// turn the direction of text. JSON has them within strings alone, where an escape
// says the same.
func visible(text []byte) []byte {
	first := nextInvisible(text)
	if first == len(text) {
		return text
	}
	out := append(make([]byte, 0, len(text)+64), text[:first]...)
	for i := first; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		out = appendEscape(out, r)
		i += size
		next := i + nextInvisible(text[i:])
		out = append(out, text[i:next]...)
		i = next
	}
	return out
}

func appendEscape(out []byte, r rune) []byte {
	if hi, lo := utf16.EncodeRune(r); hi != unicode.ReplacementChar {
		return fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
	}
	return fmt.Appendf(out, `\u%04x`, r)
}

// nextInvisible is where the first character stands that is to be escaped, or the
// end.
func nextInvisible(text []byte) int {
	for i := 0; i < len(text); {
		if text[i] < 0x7f {
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if unicode.In(r, unicode.Cc, unicode.Cf) && r != '\u200c' && r != '\u200d' { // names and emoji need the joiners
			return i
		}
		i += size
	}
	return len(text)
}
