package input

import (
	"unicode"
	"unicode/utf8"

	"tracksync/internal/safe"
)

// isInvisible is true for characters that take part in no text alone and that
// nobody sees: of a width of zero, or blank without being a blank.
func isInvisible(r rune) bool {
	switch {
	case r < 0x80:
		return false
	case safe.DrawsNothing(r):
		return true
	case r >= 0xe0020 && r <= 0xe007f:
		return false // the flags of countries' parts end with one
	}
	return unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

// isUnseen is true for characters of which a blank name may consist.
func isUnseen(r rune) bool {
	return unicode.IsSpace(r) || isInvisible(r) || r >= 0xe0020 && r <= 0xe007f ||
		unicode.Is(unicode.Variation_Selector, r)
}

// isBlankEnd is true for what does not belong at an end of a text.
func isBlankEnd(r rune) bool { return unicode.IsSpace(r) || isInvisible(r) }

// blankEnds are the characters at the two ends of a text that do not belong there;
// -1 where there is none.
func blankEnds(text string) (first, last rune) {
	first, _ = utf8.DecodeRuneInString(text)
	last, _ = utf8.DecodeLastRuneInString(text)
	if !isBlankEnd(first) {
		first = -1
	}
	if !isBlankEnd(last) {
		last = -1
	}
	return first, last
}
