package safe

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// mayHold reports whether it takes a view to tell that a text holds no secret. It does
// not where the text is ordinary, with letters of European languages at most, and none
// of the places that a search of its view would look at is one of a secret: nearly every
// text is so, and is looked at in a fraction of the time.
func mayHold[T string | []byte](f *forms, text T) bool {
	var word uint32    // the last characters that the view would show
	due := gram        // after so many more the search looks at word
	ampersand := false // an entity begins with one, and ends with a semicolon
	for at := 0; at < len(text); at++ {
		c := quick[text[at]]
		if c >= dropped {
			if c == dropped {
				continue
			}
			switch c = text[at]; {
			case c >= utf8.RuneSelf:
				size := letterSize(text, at)
				if size == 0 {
					return true
				}
				c = other
				at += size - 1
			case c == '&':
				ampersand = true
			case c != ';' || ampersand:
				return true
			}
		}
		word = word>>8 | uint32(c)<<24
		if due--; due == 0 {
			if f.knows(word) {
				return true
			}
			due = f.step
		}
	}
	return slices.ContainsFunc(f.bare, func(secret string) bool { return strings.Contains(string(text), secret) })
}

const (
	dropped = 0xfe // a view does not show the byte
	closer  = 0xff // the byte takes a closer look
)

// quick is what a view shows of each byte.
var quick = func() (all [256]byte) {
	for i := range all {
		c := byte(i)
		switch k := kinds[c]; {
		case c >= utf8.RuneSelf, k == escapes, c == ';':
			all[i] = closer
		case k == strange:
			all[i] = dropped
		default:
			all[i] = lower(c)
		}
	}
	return all
}()

// letterSize is the size of the letter at a place that is not ASCII; 0 if what stands
// there may be invisible, or anything else that takes a closer look.
func letterSize[T string | []byte](text T, at int) int {
	end := min(at+utf8.UTFMax, len(text))
	r, size := utf8.DecodeRuneInString(string(text[at:end]))
	if r < 'À' || r > 'ɏ' {
		return 0
	}
	return size
}

func lower(c byte) byte {
	if c-'A' < 26 {
		return c + 'a' - 'A'
	}
	return c
}
