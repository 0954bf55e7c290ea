package safe

import (
	"html"
	"unicode/utf8"
)

// unescape decodes one layer of escapes, and reports whether there was any.
func (v *view) unescape() (changed bool) {
	g := v.glyphs
	for w, i := move(g, 0, 0, escapes); ; w, i = move(g, w, i, escapes) {
		if i == len(g) {
			v.glyphs = g[:w]
			return changed
		}
		var r rune
		n := 0
		switch g[i].c {
		case '\\':
			r, n = backslash(g[i:])
		case '%':
			r, n = percent(g[i:])
		case '&':
			r, n = entity(g[i:])
		}
		if n == 0 {
			g[w] = g[i]
			i, w = i+1, w+1
			continue
		}
		changed = true
		// No escape is shorter than its character, so w stays behind i.
		w = v.put(w, r, g[i].from, g[i+n-1].to)
		i += n
	}
}

// put writes the character of an escape at w, and returns the end. A negative r
// stands for nothing.
func (v *view) put(w int, r rune, from, to int32) int {
	switch {
	case r < 0:
		return w
	case r < utf8.RuneSelf:
		v.glyphs[w] = glyph{byte(r), from, to}
		v.strange = v.strange || r <= ' ' || r == 0x7f
		return w + 1
	case r >= byteOf:
		v.glyphs[w] = glyph{byte(r - byteOf), from, to}
		v.strange = true
		return w + 1
	}
	var b [utf8.UTFMax]byte
	v.strange = true
	for _, c := range b[:utf8.EncodeRune(b[:], r)] {
		v.glyphs[w] = glyph{c, from, to}
		w++
	}
	return w
}

const (
	nothing rune = -1
	// byteOf is added to a byte that is only part of a character.
	byteOf rune = 1 << 24
)

// backslash decodes backslashes and what they escape: n glyphs. Several backslashes
// count as one, which also decodes text that was escaped twice. The backslashes belong
// to the character, so they are redacted with it.
func backslash(g []glyph) (r rune, n int) {
	for n < len(g) && g[n].c == '\\' {
		n++
	}
	if n == len(g) {
		return nothing, n
	}
	digits := 0
	switch g[n].c {
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	case 'x':
		digits = 2
	case 'n', 'r', 't', 'b', 'f', 'v', 'a':
		return nothing, n + 1
	}
	if code, ok := number(g, n+1, n+1+digits); ok {
		return code, n + 1 + digits
	}
	r = rune(g[n].c)
	if r >= utf8.RuneSelf {
		r += byteOf
	}
	return r, n + 1
}

// percent decodes %xx.
func percent(g []glyph) (r rune, n int) {
	code, ok := number(g, 1, 3)
	if !ok {
		return 0, 0
	}
	if code >= utf8.RuneSelf {
		code += byteOf
	}
	return code, 3
}

// maxEntity is the length of the longest entity that is decoded, with & and ;.
const maxEntity = 12

// entity decodes &#119;, &#x77; or &quot;.
func entity(g []glyph) (r rune, n int) {
	var name [maxEntity]byte
	for n < min(len(g), maxEntity) {
		name[n] = g[n].c
		if n++; name[n-1] == ';' {
			break
		}
	}
	if n < 3 || name[n-1] != ';' {
		return 0, 0
	}
	text := html.UnescapeString(string(name[:n]))
	r, size := utf8.DecodeRuneInString(text)
	if size != len(text) || r == utf8.RuneError {
		return 0, 0
	}
	return r, n
}

// number decodes the glyphs in a range as a hexadecimal number.
func number(g []glyph, from, to int) (n rune, ok bool) {
	if to > len(g) || to == from {
		return 0, false
	}
	for _, d := range g[from:to] {
		c := d.c
		switch {
		case c-'0' < 10:
			c -= '0'
		case c|0x20-'a' < 6:
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		if n >= byteOf>>4 {
			return 0, false
		}
		n = n<<4 | rune(c)
	}
	return n, true
}
