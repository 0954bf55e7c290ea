package input

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// candidate is an encoding that a text with unknown bytes may be in.
type candidate struct {
	name string
	// common are pairs of first bytes: a character of two bytes between them is one that
	// people often write. trail is the lowest second byte of such a character.
	common string
	trail  byte
}

// candidates are the encodings that spreadsheets and databases write. Of those that fit
// equally well the first is named first.
var candidates = []candidate{
	{name: "UTF-8"},
	{name: "windows-1252"}, {name: "macintosh"}, {name: "windows-1250"}, {name: "windows-1251"},
	{name: "shift_jis", common: "\x81\x83\x88\x97", trail: 0x40},
	{name: "gb18030", common: "\xa1\xa3\xb0\xd7", trail: 0xa1},
	{name: "euc-kr", common: "\xa1\xa3\xb0\xc8", trail: 0xa1},
	{name: "big5", common: "\xa1\xa3\xa4\xc6", trail: 0x40},
	{name: "euc-jp", common: "\xa1\xa5\xb0\xcf", trail: 0xa1},
	{name: "windows-1253"}, {name: "windows-1254"}, {name: "windows-1255"}, {name: "windows-1256"},
	{name: "windows-874"}, {name: "koi8-r"}, {name: "ibm866"},
}

// maxCandidates is how many encodings a message names.
const maxCandidates = 4

// decoding is a text as one of the candidates reads it.
type decoding struct {
	name  string
	cell  string // the one that has the bytes in question
	score int    // a thousandth per pair of characters: how much it looks like what people write
}

// decodings are the encodings in which all of a text is valid, the most plausible ones
// first. The bytes in question are at an offset.
func decodings(raw []byte, at int, but string) []decoding {
	var list []decoding
	known := map[string]bool{} // texts: several encodings may read the same
	for _, c := range candidates {
		if c.name == but {
			continue
		}
		r, text, ok := c.read(raw, at)
		if ok && !known[text] {
			known[text] = true
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, func(a, b decoding) int { return cmp.Compare(b.score, a.score) })
	// Implausible ones are named only if there is not much else to choose from.
	few := slices.IndexFunc(list, func(r decoding) bool { return r.score < 0 })
	if few < 0 {
		few = len(list)
	}
	return list[:min(len(list), max(2, few), maxCandidates)]
}

// read decodes the text. ok is false if a part of it is not valid, or no text.
func (c candidate) read(raw []byte, at int) (r decoding, text string, ok bool) {
	d := newDecoder(c.name)
	var out []byte
	var s score
	offset := -1
	for n := 0; n < len(raw); {
		if offset < 0 && n >= at {
			offset = len(out)
		}
		size := c.sizeAt(d, raw[n:])
		before := len(out)
		var used, bad int
		if out, used, bad = d.decode(out, raw[n:n+size], true); bad > 0 || used == 0 {
			return r, "", false
		}
		for _, char := range string(out[before:]) {
			if !s.add(char, c.isCommon(raw[n:n+size])) {
				return r, "", false
			}
		}
		n += size
	}
	text = string(out)
	return decoding{c.name, cellAround(text, max(0, min(offset, len(text)))), s.result()}, text, true
}

// sizeAt is the number of bytes of the first character of b.
func (c candidate) sizeAt(d decoder, b []byte) int {
	for size := 1; size < len(b); size++ {
		if _, n, bad := d.decode(nil, b[:size], false); n > 0 || bad > 0 {
			return size
		}
	}
	return len(b)
}

func (c candidate) isCommon(b []byte) bool {
	for i := 0; i+1 < len(c.common); i += 2 {
		if len(b) == 2 && b[0] >= c.common[i] && b[0] <= c.common[i+1] && b[1] >= c.trail {
			return true
		}
	}
	return c.common == ""
}

// cellAround is the part of a text around an offset that is between delimiters or
// quotation marks: what a person sees as one cell or value.
func cellAround(text string, at int) string {
	line := strings.LastIndexAny(text[:at], "\r\n") + 1
	ends := ",;\t|\r\n"
	if strings.Count(text[line:at], `"`)%2 == 1 {
		ends = "\"\r\n"
	}
	begin := strings.LastIndexAny(text[:at], ends) + 1
	end := len(text)
	if i := strings.IndexAny(text[at:], ends); i >= 0 {
		end = at + i
	}
	return strings.Trim(text[begin:end], `" `)
}

// describeDecodings says how each encoding reads the cell.
func describeDecodings(list []decoding, quote func(string) string) string {
	parts := make([]string, len(list))
	for i, r := range list {
		parts[i] = fmt.Sprintf("%s: %s", strings.ToLower(r.name), strings.Trim(quote(r.cell), `"`))
	}
	return strings.Join(parts, "; ")
}

// script is what a character belongs to, as far as neighbours tell whether it was meant.
type script int

const (
	noScript script = iota // blanks, digits, and punctuation that people write
	oddSign                // signs that hardly stand within words
	latin
	cyrillic
	greek
	hebrew
	arabic
	thai
	eastAsian
	hangul
)

var scriptTables = []struct {
	table *unicode.RangeTable
	script
}{
	{unicode.Latin, latin}, {unicode.Cyrillic, cyrillic}, {unicode.Greek, greek}, {unicode.Hebrew, hebrew},
	{unicode.Arabic, arabic}, {unicode.Thai, thai}, {unicode.Han, eastAsian}, {unicode.Hiragana, eastAsian},
	{unicode.Katakana, eastAsian}, {unicode.Hangul, hangul},
}

func scriptOf(r rune) script {
	switch {
	case r < utf8.RuneSelf && !unicode.IsLetter(r), strings.ContainsRune("“”‘’–—…«»„‚·•™©®€£°§\u00a0ー", r),
		r >= 0x3000 && r <= 0x303f, r >= 0xff01 && r <= 0xff60:
		return noScript
	case r >= 0xfb00 && r <= 0xfb06, r >= 0xff61 && r <= 0xff9f, r == 'ª', r == 'º', r == 'ƒ':
		return oddSign // ligatures, and kana of half the width
	}
	if r >= 0x64b && r <= 0x652 {
		return arabic // vowel signs, which Unicode gives to no script
	}
	for _, s := range scriptTables {
		if unicode.Is(s.table, r) {
			return s.script
		}
	}
	return oddSign
}

// score sums up how well each character goes with the one before it.
type score struct {
	last       script
	lower      bool // last is a small letter
	plain      bool // last is ASCII
	common     bool // see candidate.isCommon
	sum, pairs int
}

// add adds a character. It returns false for one that no text has.
func (s *score) add(r rune, common bool) bool {
	if !unicode.IsGraphic(r) && !unicode.Is(unicode.Cf, r) && !strings.ContainsRune("\t\r\n", r) {
		return false
	}
	is, plain := scriptOf(r), r < utf8.RuneSelf
	if !plain || !s.plain {
		s.pairs++
		s.sum += s.points(r, is, plain, common)
	}
	s.last, s.lower, s.plain, s.common = is, unicode.IsLower(r), plain, common
	return true
}

func (s *score) points(r rune, is script, plain, common bool) int {
	eastern := is == eastAsian || is == hangul
	switch {
	case is == oddSign && s.last != noScript, s.last == oddSign && is != noScript:
		return -2
	case s.last == noScript && strings.ContainsRune("“‘«„", r), s.last != noScript && strings.ContainsRune("”’»…™®", r):
		return 2
	case s.last == noScript && eastern && common:
		return 1
	case is == noScript || s.last == noScript:
		return 0
	case is != s.last && (eastern || s.last == eastAsian || s.last == hangul):
		return -4
	case is != s.last:
		return -8
	case unicode.IsUpper(r) && s.lower:
		return -2
	case eastern && common && s.common:
		return 3
	case eastern, is == latin && !plain && !s.plain: // Latin words rarely have two such letters in a row
		return 0
	}
	return 2
}

func (s *score) result() int { return 1000 * s.sum / max(1, s.pairs) }
