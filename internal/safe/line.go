package safe

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line makes text from outside safe to print on one line: control characters
// (terminal escapes and line breaks among them), characters that turn the
// direction of text or cannot be seen, and bytes that are no UTF-8 are written
// as escapes such as \n, \x1b or \u202e.
func Line(text string) string { return CutLine(text, 0) }

// ErrorLine is an error as one Line. Several errors that were joined stand behind
// one another.
func ErrorLine(err error) string { return Line(strings.ReplaceAll(err.Error(), "\n", "; ")) }

// CutLine is Line for at most limit characters: what is longer ends with "…".
// A limit of 0 cuts nothing.
func CutLine(text string, limit int) string {
	var b strings.Builder
	n, kept := 0, 0 // characters, and the bytes that leave room for the "…"
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		piece := text[i : i+size]
		if !printable(r, size) {
			piece = lineEscape(r, text[i], size)
		}
		n += utf8.RuneCountInString(piece)
		if limit > 0 && n > limit {
			return b.String()[:kept] + "…"
		}
		b.WriteString(piece)
		if n < limit {
			kept = b.Len()
		}
		i += size
	}
	return b.String()
}

func printable(r rune, size int) bool {
	switch {
	case r == utf8.RuneError && size == 1:
		return false
	case r == '\u200c' || r == '\u200d':
		return true // joiners: Persian and Indic names and emoji need them
	}
	return !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

func lineEscape(r rune, first byte, size int) string {
	switch {
	case r == utf8.RuneError && size == 1:
		return fmt.Sprintf(`\x%02x`, first)
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < 0x80:
		return fmt.Sprintf(`\x%02x`, r)
	case r > 0xffff:
		return fmt.Sprintf(`\U%08x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}
