package input

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"tracksync/internal/safe"
)

// isInvisible reports whether a character draws nothing and has no meaning on its own:
// it has no width, or it looks blank but is not a space.
func isInvisible(r rune) bool {
	switch {
	case r < 0x80:
		return false
	case safe.DrawsNothing(r):
		return true
	case r >= 0xe0020 && r <= 0xe007f:
		return false // flags of regions, for example Scotland's, are written with these
	}
	return unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

// isUnseen reports whether a name that has only such characters is blank.
func isUnseen(r rune) bool {
	return unicode.IsSpace(r) || isInvisible(r) || r >= 0xe0020 && r <= 0xe007f ||
		unicode.Is(unicode.Variation_Selector, r)
}

// isBlankEnd reports whether a character is out of place at the end of a text.
func isBlankEnd(r rune) bool { return unicode.IsSpace(r) || isInvisible(r) }

// blankEnds returns the first and the last character of a text if they are out of
// place there, otherwise -1.
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

// trimUnseen is a number's text without what nobody sees around it.
func trimUnseen(text string) string { return strings.TrimFunc(text, isBlankEnd) }

// invisible is the fault of a number that has an invisible character inside.
func (r rules) invisible(number string) *fault {
	found := []rune(number)[0]
	for _, c := range number {
		if found = c; isInvisible(c) {
			break
		}
	}
	return &fault{fmt.Sprintf("%s contains the invisible character %U", r.show(number), found),
		"type it again: " + r.show(onlyVisible(number))}
}

func onlyVisible(text string) string {
	return strings.Map(func(c rune) rune {
		if isInvisible(c) {
			return -1
		}
		return c
	}, text)
}

// invisibleIn is the first invisible character inside a name. Those that scripts need to
// join letters or to change the direction do not count.
func invisibleIn(name string) (c rune, found bool) {
	for _, c := range trimUnseen(name) {
		switch c {
		case '\u200c', '\u200d', '\u200e', '\u200f', '\u061c':
		default:
			if isInvisible(c) {
				return c, true
			}
		}
	}
	return 0, false
}
