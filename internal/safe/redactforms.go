package safe

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"strings"
)

// gram is how many characters make an entry of the index of forms.
const gram = 4

// forms are the secrets as they look in a view, with an index of all sequences of
// gram characters in them.
type forms struct {
	literal []string // the secrets as they are, and as JSON escapes them
	all     []form
	spots   map[uint32][]spot
	known   [1 << 10]uint64 // a bit for the hash of each key of spots
	step    int             // look at every such place: no run fits between two
	bare    []string        // of literal, those of which a view shows too little to search for
}

// form is one way a secret may look in a view.
type form struct {
	text []byte
	min  int // the length of the shortest part that is redacted
}

// spot is where a gram stands in a form.
type spot struct{ form, at int }

// add adds all forms of a secret.
func (f *forms) add(secret string) {
	f.literal = append(f.literal, secret)
	if quoted, err := json.Marshal(secret); err == nil {
		f.literal = append(f.literal, string(quoted[1:len(quoted)-1]))
	}
	if !f.addForm(secret, minRun) {
		f.bare = append(f.bare, secret)
	}
	f.addForm(hex.EncodeToString([]byte(secret)), 2*minRun)
	for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := range 3 {
			// The first and last characters for minRun bytes also depend on the bytes
			// around them.
			f.addForm(inner(enc, secret, before), (minRun*8-5)/6)
		}
	}
}

// addForm adds a form, if enough of it is left in a view.
func (f *forms) addForm(text string, fewest int) bool {
	v := newView(text)
	defer v.free()
	if len(v.glyphs) < MinSecret {
		return false
	}
	o := form{min: min(fewest, len(v.glyphs))}
	for _, g := range v.glyphs {
		o.text = append(o.text, g.c)
	}
	f.all = append(f.all, o)
	return true
}

// inner is the part of a base64 text that depends on the secret alone, if before
// bytes (modulo three) precede it.
func inner(enc *base64.Encoding, secret string, before int) string {
	bytes := make([]byte, before, before+len(secret))
	text := enc.EncodeToString(append(bytes, secret...))
	first := (before*8 + 5) / 6
	return text[first : (before+len(secret))*8/6]
}

// index builds the index after all forms were added.
func (f *forms) index() {
	f.spots = map[uint32][]spot{}
	shortest := minRun
	for i, o := range f.all {
		shortest = min(shortest, o.min)
		for at := range len(o.text) - gram + 1 {
			word := binary.LittleEndian.Uint32(o.text[at:])
			f.spots[word] = append(f.spots[word], spot{i, at})
			h := hash(word)
			f.known[h>>6] |= 1 << (h & 63)
		}
	}
	// Of the grams of a run of that many characters, one is looked at.
	f.step = shortest - gram + 1
}

// hash is a number of 16 bits for a gram.
func hash(word uint32) uint32 { return word * 2654435761 >> 16 }

// knows reports whether word is a gram of a form. Most are not, which a look at a bit
// shows.
func (f *forms) knows(word uint32) bool {
	h := hash(word)
	return f.known[h>>6]&(1<<(h&63)) != 0 && len(f.spots[word]) > 0
}

// findLiteral finds the secrets as they are, whatever stands around them.
func (f *forms) findLiteral(s string) (found []span) {
	for _, secret := range f.literal {
		for at := 0; ; {
			i := strings.Index(s[at:], secret)
			if i < 0 {
				break
			}
			found = append(found, span{at + i, at + i + len(secret)})
			at += i + len(secret)
		}
	}
	return found
}

// findRuns finds the runs of forms that are long enough.
func (f *forms) findRuns(g []glyph) (found []span) {
	done := 0 // nothing before it is looked at again
	for at := 0; at+gram <= len(g); at += f.step {
		word := uint32(g[at].c) | uint32(g[at+1].c)<<8 | uint32(g[at+2].c)<<16 | uint32(g[at+3].c)<<24
		if !f.knows(word) || at+gram <= done {
			continue
		}
		for _, s := range f.spots[word] {
			if from, to, ok := f.all[s.form].run(g, at, s.at); ok {
				found = append(found, span{int(g[from].from), int(g[to-1].to)})
				done = max(done, to)
			}
		}
	}
	return found
}

// run is the longest run of the form around a gram that they have in common;
// false if it is too short.
func (o *form) run(g []glyph, at, in int) (from, to int, ok bool) {
	from, to = at, at+gram
	for i := in; i > 0 && from > 0 && g[from-1].c == o.text[i-1]; i-- {
		from--
	}
	for i := in + gram; i < len(o.text) && to < len(g) && g[to].c == o.text[i]; i++ {
		to++
	}
	return from, to, to-from >= o.min
}
