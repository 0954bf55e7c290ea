package safe

import (
	"slices"
	"sync"
	"unicode"
	"unicode/utf8"
)

// glyph is a character of a view, and the part of the text it comes from.
type glyph struct {
	c        byte // in lower case; other: a character that no secret has
	from, to int32
}

const other = 0xff

// view is a text prepared for the search: escapes are decoded, blanks and invisible
// characters are left out, and case and width are normalized.
type view struct {
	glyphs  []glyph
	escapes bool // there may be escapes
	strange bool // there may be characters to leave out, or that are not ASCII
}

// maxRounds is how many layers of escapes are decoded.
const maxRounds = 6

var spare = sync.Pool{New: func() any { return new([]glyph) }}

// maxSpare is the largest buffer, in characters, that is kept for reuse.
const maxSpare = 1 << 20

// newView returns the view of s. Call free when done.
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
		v.glyphs[i].c = lower(g.c)
	}
	return v
}

func (v *view) free() {
	if glyphs := v.glyphs; cap(glyphs) <= maxSpare {
		spare.Put(&glyphs)
	}
	v.glyphs = nil
}

// fill copies s without ASCII blanks and control characters.
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

// first is the index of the first glyph of a kind, starting at from, or the end.
func first(g []glyph, from int, k kind) int {
	for from < len(g) && kinds[g[from].c] != k {
		from++
	}
	return from
}

// move moves the glyphs up to the next one of a kind to w. It returns the end of what
// it wrote, and the index of that next one.
func move(g []glyph, w, from int, k kind) (end, next int) {
	next = first(g, from, k)
	if w != from {
		copy(g[w:], g[from:next])
	}
	return w + next - from, next
}

// strip removes invisible characters, replaces wide characters by ASCII, and all others
// that are not ASCII by other. It reports whether there may be something new to decode:
// whether it removed a character or replaced one by ASCII.
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

// invisible reports whether r may stand inside a secret without being seen.
func invisible(r rune) bool {
	return DrawsNothing(r) || unicode.IsSpace(r) ||
		unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zs, unicode.Zl, unicode.Zp, unicode.Variation_Selector)
}
