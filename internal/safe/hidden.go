package safe

import (
	"strconv"
	"unicode"
)

// hidden is the one table of what no medium shows as it is: control characters,
// terminal escapes and line breaks among them, what turns the direction of text,
// and what nobody
// sees or can use. The joiners are not hidden: Persian, Indic scripts and
// emoji need them.
func hidden(r rune) bool {
	switch {
	case r < 0x80:
		return r < ' ' || r == 0x7f
	case r == '\u200c' || r == '\u200d': // non-joiner and joiner
		return false
	case r >= 0xe0000 && r <= 0xe0fff:
		return !unicode.Is(unicode.Variation_Selector, r) // all others are tags, or have no meaning yet
	}
	return DrawsNothing(r) || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Noncharacter_Code_Point)
}

// DrawsNothing reports whether r is a letter, a mark or a symbol to Unicode, but
// nothing to the eye.
func DrawsNothing(r rune) bool {
	switch r {
	case '\u034f', '\u115f', '\u1160', '\u2800', '\u3164', '\uffa0':
		return true
	}
	return false
}

// inexact reports whether a reader could take r for something else where every
// character counts: what is hidden, blanks other than the space, and characters
// without a shape of their own. From U+10000 on, a character that Go does not know
// is more likely a new emoji.
func inexact(r rune) bool {
	switch {
	case hidden(r):
		return true
	case r == '\u200c' || r == '\u200d' || r > 0xffff:
		return false
	}
	return !strconv.IsPrint(r)
}
