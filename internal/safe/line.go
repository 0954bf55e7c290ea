package safe

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Line makes text safe to print on one line of a terminal, a log or a comment. Hidden
// characters, and bytes that are not UTF-8, become escapes like \n, \x1b or \u202e. A
// backslash stays as it is, so Line(Line(s)) is Line(s).
func Line(text string) string { return escaped(text, 0, false) }

// ErrorLine is an error as one Line. Joined errors are separated by semicolons.
func ErrorLine(err error) string { return Line(strings.ReplaceAll(err.Error(), "\n", "; ")) }

// CutLine is Line in at most limit characters. A longer text ends with "…", and no escape
// is cut in two. A limit of 0 cuts nothing.
func CutLine(text string, limit int) string { return escaped(text, limit, false) }

// Quote is Line in quotation marks, for a value in which every character counts. It also
// escapes inexact characters, backslashes and quotation marks, so that escapes can be
// distinguished from text.
func Quote(text string) string { return CutQuote(text, 0) }

// CutQuote is Quote in at most limit characters, not counting the quotation marks.
func CutQuote(text string, limit int) string { return `"` + escaped(text, limit, true) + `"` }

func escaped(text string, limit int, quoted bool) string {
	if (limit == 0 || len(text) <= limit) && isOrdinary(text, quoted) {
		return text
	}
	var b strings.Builder
	n, room := 0, 0 // characters, and the bytes that leave room for the "…"
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		piece := text[i : i+size]
		switch {
		case r == utf8.RuneError && size == 1:
			piece = fmt.Sprintf(`\x%02x`, text[i])
		case hidden(r) || quoted && inexact(r):
			piece = escape(r)
		case quoted && (r == '"' || r == '\\'):
			piece = `\` + piece
		}
		n += utf8.RuneCountInString(piece)
		if limit > 0 && n > limit {
			return b.String()[:room] + "…"
		}
		b.WriteString(piece)
		if n < limit {
			room = b.Len()
		}
		i += size
	}
	return b.String()
}

// isOrdinary reports whether text is ASCII that is shown as it is, as nearly all text is.
func isOrdinary(text string, quoted bool) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ' || c > '~', quoted && (c == '"' || c == '\\'):
			return false
		}
	}
	return true
}

func escape(r rune) string {
	switch {
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
