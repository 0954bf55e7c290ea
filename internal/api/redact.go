package api

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

// redactor takes a key out of texts, in every form in which a server or a
// library is likely to send it back: as it is; with any of its characters
// escaped as JSON, Go, a URL or HTML does it; in hexadecimal; and in base64,
// also in the middle of something longer, such as a user and a password. It is
// a function so that printing by reflection does not find the forms in it.
type redactor func(string) string

func newRedactor(k Key) redactor {
	s := k.text()
	digits := hex.EncodeToString([]byte(s))
	pairs := []string{s, redacted, digits, redacted, strings.ToUpper(digits), redacted}
	for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := range 3 {
			pairs = append(pairs, inner(enc, s, before), redacted)
		}
	}
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, `(?:\\*%s|(?i:%%%02x|\\+(?:u00|x)%02x|&#0*%d;|&#x0*%x;))`, regexp.QuoteMeta(string(c)), c, c, c, c)
	}
	whole, escaped := strings.NewReplacer(pairs...), regexp.MustCompile(b.String())
	return func(s string) string {
		s = whole.Replace(s)
		// Most texts hold no escape, and the search for one is slow.
		if strings.ContainsAny(s, `%\&`) {
			s = escaped.ReplaceAllLiteralString(s, redacted)
		}
		return s
	}
}

func (r redactor) text(s string) string { return r(s) }

// inner is the part of a base64 text that the key alone decides, when so many
// bytes (modulo three) stand before it.
func inner(enc *base64.Encoding, key string, before int) string {
	bytes := make([]byte, before, before+len(key))
	text := enc.EncodeToString(append(bytes, key...))
	first := (before*8 + 5) / 6
	return text[first : (before+len(key))*8/6]
}
