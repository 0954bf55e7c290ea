package safe

import (
	"html"
	"slices"
	"sync"
	"unicode"
	"unicode/utf8"
)

// glyph is a character of a view, and what it comes from.
type glyph struct {
	c        byte // in lower case; other is a character that no secret has
	from, to int32
}

const other = 0xff

// view is a text as somebody who looks for a secret reads it: escapes say what
// they stand for, blanks and invisible characters are not there, and case and
// width make no difference.
type view struct {
	glyphs  []glyph
	escapes bool // there may be escapes
	strange bool // there may be characters to leave out, or that are not ASCII
}

// maxRounds bounds how many escapes on top of each other are looked through.
const maxRounds = 6

var spare = sync.Pool{New: func() any { return new([]glyph) }}

// maxSpare bounds the memory that waits for the next text.
const maxSpare = 1 << 20

// newView returns the view of s, which free gives back.
func newView(s string) *view {
	v := &view{glyphs: slices.Grow((*spare.Get().(*[]glyph))[:0], len(s))}
	v.fill(s)
	for range maxRounds {
		changed := v.escapes && v.unescape()
		if v.strange {
			changed = v.strip() || changed
		}
		if !changed {
			break
		}
	}
	for i, g := range v.glyphs {
		if g.c-'A' < 26 {
			v.glyphs[i].c = g.c + 'a' - 'A'
		}
	}
	return v
}

func (v *view) free() {
	if glyphs := v.glyphs; cap(glyphs) <= maxSpare {
		spare.Put(&glyphs)
	}
	v.glyphs = nil
}

// fill takes s as it is, without ASCII blanks and control characters.
func (v *view) fill(s string) {
	g, w := v.glyphs[:len(s)], 0
	for i := range len(s) {
		c := s[i]
		if k := kinds[c]; k != ordinary {
			if c < utf8.RuneSelf && k == strange {
				continue
			}
			v.escapes = v.escapes || k == escapes
			v.strange = v.strange || k == strange
		}
		g[w] = glyph{c, int32(i), int32(i) + 1}
		w++
	}
	v.glyphs = g[:w]
}

// kind is what a byte may be a part of.
type kind byte

const (
	ordinary kind = iota
	escapes       // it may begin one
	strange       // blank, invisible or not ASCII
)

// kinds are the kinds of all bytes.
var kinds = func() (all [256]kind) {
	for c := range all {
		switch {
		case c == '\\' || c == '%' || c == '&':
			all[c] = escapes
		case (c <= ' ' || c >= 0x7f) && c != other:
			all[c] = strange
		}
	}
	return all
}()

// first is where the first glyph of a kind stands, from a place on, or the end.
func first(g []glyph, from int, k kind) int {
	for from < len(g) && kinds[g[from].c] != k {
		from++
	}
	return from
}

// move moves the glyphs up to the next one of a kind to w, and returns where they
// end there and where that one stands.
func move(g []glyph, w, from int, k kind) (end, next int) {
	next = first(g, from, k)
	if w != from {
		copy(g[w:], g[from:next])
	}
	return w + next - from, next
}

// unescape reads one layer of escapes, and reports whether there was any.
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
		// No escape is shorter than what it stands for.
		w = v.put(w, r, g[i].from, g[i+n-1].to)
		i += n
	}
}

// put writes what an escape stands for at w, and returns where it ends. A
// negative r is nothing, and one up to 0xff from a URL a byte.
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
	// byteOf is added to a byte that is only a part of a character.
	byteOf rune = 1 << 24
)

// backslash reads backslashes and what they escape: n glyphs. Of several it makes
// no more than of one, so that what was escaped twice is read as well. Whoever
// takes out what an escape stands for must take out the backslashes too.
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

// percent reads %xx.
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

// maxEntity is the longest entity that is looked at, with & and ;.
const maxEntity = 12

// entity reads &#119;, &#x77; or &quot;.
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

// number reads the glyphs from one to another as a hexadecimal number.
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

// strip leaves out what cannot be seen, makes ASCII of wide characters, and a
// mark of every other one. It reports whether it has left anything out.
func (v *view) strip() (changed bool) {
	g := v.glyphs
	for w, i := move(g, 0, 0, strange); ; w, i = move(g, w, i, strange) {
		if i == len(g) {
			v.glyphs = g[:w]
			return changed
		}
		r, size := runeAt(g[i:])
		from, to := g[i].from, g[i+size-1].to
		i += size
		c := byte(other)
		switch {
		case invisible(r):
			changed = true
			continue
		case r >= '！' && r <= '～': // the wide forms of ASCII
			c = byte(r - '！' + '!')
			changed = true
			v.escapes = v.escapes || kinds[c] == escapes
		}
		g[w] = glyph{c, from, to}
		w++
	}
}

func runeAt(g []glyph) (r rune, size int) {
	var b [utf8.UTFMax]byte
	n := 0
	for n < min(len(g), len(b)) {
		b[n] = g[n].c
		n++
	}
	return utf8.DecodeRune(b[:n])
}

// invisible reports whether nobody sees r.
func invisible(r rune) bool {
	return DrawsNothing(r) || unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zs, unicode.Zl, unicode.Zp, unicode.Variation_Selector)
}
