package input

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// wrongDecodings are the encodings with which programs decode UTF-8 by mistake. least
// is how many bytes of UTF-8 must be found to be sure. It is higher for an encoding in
// which real text often looks like two bytes of UTF-8.
var wrongDecodings = []struct {
	as    *charmap.Charmap
	least int
}{
	{charmap.Windows1252, 2},
	{charmap.Macintosh, 2},
	{charmap.CodePage850, 2},
	{charmap.Windows1251, 4},
}

// doubleDecoded reports whether a text is UTF-8 that a program decoded with another
// encoding and encoded again, and what it was before: "GrÃ¶ÃŸe" was "Größe".
func doubleDecoded(text string) (before string, yes bool) {
	if isASCII(text) {
		return "", false
	}
	for _, w := range wrongDecodings {
		if before, yes = undecode(text, w.as, w.least); yes {
			return before, true
		}
	}
	return "", false
}

func isASCII[T string | []byte](text T) bool {
	for ; len(text) >= 8; text = text[8:] { // together, because all of a manifest goes through here
		if text[0]|text[1]|text[2]|text[3]|text[4]|text[5]|text[6]|text[7] >= utf8.RuneSelf {
			return false
		}
	}
	for i := 0; i < len(text); i++ {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// undecode reverses a wrong decoding. The longer sequences of UTF-8 contain no ASCII.
// So a run of other characters either was UTF-8 as a whole, or was not decoded twice.
func undecode(text string, as *charmap.Charmap, least int) (before string, yes bool) {
	var out strings.Builder
	previous := rune(-1) // before the run
	for len(text) > 0 {
		run, raw := leadingRun(text, as)
		if len(run) == 0 {
			r, n := utf8.DecodeRuneInString(text)
			out.WriteString(text[:n])
			text, previous = text[n:], r
			continue
		}
		text = text[len(run):]
		if len(raw) >= least && utf8.Valid(raw) && plausible(string(raw)) && !mayBeMeant(previous, run) {
			yes = true
			out.Write(raw)
		} else {
			out.WriteString(run)
		}
		previous, _ = utf8.DecodeLastRuneInString(run)
	}
	return out.String(), yes
}

// leadingRun returns the non-ASCII characters that text begins with and that the
// encoding has, and their bytes in that encoding.
func leadingRun(text string, as *charmap.Charmap) (run string, raw []byte) {
	for i, r := range text {
		b, ok := as.EncodeRune(r)
		if !ok || r < utf8.RuneSelf || b < utf8.RuneSelf {
			return text[:i], raw
		}
		raw = append(raw, b)
	}
	return text, raw
}

// plausible reports whether text has only characters that people write: scripts,
// punctuation, signs and emoji.
func plausible(text string) bool {
	for _, r := range text {
		switch {
		case r >= 0xa0 && r <= 0x17f, r >= 0x370 && r <= 0x45f, r >= 0x490 && r <= 0x4ff:
		case r >= 0x5d0 && r <= 0x5ea, r >= 0x600 && r <= 0x6ff, r >= 0x900 && r <= 0xe7f:
		case r >= 0x1e00 && r <= 0x1eff, r >= 0x2010 && r <= 0x2044, r >= 0x20a0 && r <= 0x20bf:
		case r >= 0x2100 && r <= 0x2193, r >= 0x2600 && r <= 0x27bf, r >= 0x3000 && r <= 0xd7a3:
		case r >= 0xfe00 && r <= 0xffef, r >= 0x1f000 && r <= 0x1faff:
		case unicode.Is(unicode.Join_Control, r):
		default:
			return false
		}
	}
	return true
}

// mayBeMeant reports whether a run of two characters may be real text: the last letter
// of a word in capitals, followed by a quotation mark, a dash or an ellipsis.
func mayBeMeant(previous rune, run string) bool {
	r := []rune(run)
	return len(r) == 2 && unicode.IsUpper(previous) && unicode.IsUpper(r[0]) && strings.ContainsRune("«»“”‘’‹›…–—", r[1])
}
