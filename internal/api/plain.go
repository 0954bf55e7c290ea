package api

import (
	"strconv"
	"strings"
	"unicode"
)

// maxText is how many characters of a server's text a message holds.
const maxText = 200

// plain makes a text from outside safe to print on one line: what cannot be
// printed is escaped, and what is long is cut.
func plain(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.TrimSpace(s) {
		if n == maxText {
			b.WriteString("…")
			break
		}
		n++
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			b.WriteByte(' ')
		case !unicode.IsPrint(r):
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
