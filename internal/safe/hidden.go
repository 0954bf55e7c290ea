package safe

import (
	"strconv"
	"unicode"
)

// hidden is the one table of characters that no medium shows as they are: control
// characters, which include terminal escapes and line breaks, characters that change
// the direction of text, and invisible ones. The joiners are not hidden, because
// Persian, Indic scripts and emoji need them.
func hidden(r rune) bool {
	switch {
	case r < 0x80:
		return r < ' ' || r == 0x7f
	case r == '\u200c' || r == '\u200d': // non-joiner and joiner
		return false
	case r >= 0xe0000 && r <= 0xe0fff:
		return !unicode.Is(unicode.Variation_Selector, r) // all others are tags, or have no meaning yet
	}
	return DrawsNothing(r) ||
		unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Noncharacter_Code_Point)
}

// DrawsNothing reports whether r is a letter, a mark or a symbol in Unicode, but
// invisible.
func DrawsNothing(r rune) bool {
	switch r {
	case '\u034f', '\u115f', '\u1160', '\u2800', '\u3164', '\uffa0':
		return true
	}
	return false
}

// inexact reports whether a reader could mistake r for something else where every
// character counts. It is true for hidden characters, blanks other than the space, and
// characters without a shape of their own. From U+10000 on, a character that Go does not
// know is probably a new emoji.
func inexact(r rune) bool {
	switch {
	case hidden(r):
		return true
	case r == '\u200c' || r == '\u200d' || r > 0xffff:
		return false
	}
	return !strconv.IsPrint(r)
}
