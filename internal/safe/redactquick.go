package safe

import (
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf8"
)

// quickText is how long a text may be for mayHold to need no memory of its own.
const quickText = 1024

// mayHold reports whether it takes a view to tell that a text holds no secret. It does
// not where the text is ordinary, with letters of European languages at most, and none
// of the places that a search of its view would look at is like one of a secret: nearly
// every text is so, and is looked at in a fraction of the time.
func mayHold[T string | []byte](f *forms, text T) bool {
	if len(text) > quickText {
		return true
	}
	var room [quickText]byte // what the view of the text would show
	shown := 0
	for at := 0; at < len(text); at++ {
		c := quick[text[at]]
		if c == closer {
			switch c = text[at]; {
			case c >= utf8.RuneSelf:
				size := letterSize(text, at)
				if size == 0 {
					return true
				}
				c = other
				at += size - 1
			case c != '&' || holdsByte(text, ';'): // no entity is without one
				return true
			}
		}
		room[shown] = c
		if c != dropped {
			shown++
		}
	}
	seen := room[:shown]
	for at := 0; at+gram <= len(seen); at += f.step {
		if f.knows(binary.LittleEndian.Uint32(seen[at:])) {
			return true
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
		case c >= utf8.RuneSelf, k == escapes:
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

func holdsByte[T string | []byte](text T, c byte) bool {
	for at := range len(text) {
		if text[at] == c {
			return true
		}
	}
	return false
}

func lower(c byte) byte {
	if c-'A' < 26 {
		return c + 'a' - 'A'
	}
	return c
}
