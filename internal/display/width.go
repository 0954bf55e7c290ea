package display

import (
	"regexp"
	"strings"

	"github.com/mattn/go-runewidth"
)

// widths does not depend on the locale, so that a report is the same everywhere.
var widths = &runewidth.Condition{StrictEmojiNeutral: true}

// Columns is how many columns of a terminal s takes.
func Columns(s string) int {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return widths.StringWidth(s)
		}
	}
	return len(s)
}

// Wrap breaks s between words into lines of at most limit columns. A longer word gets
// a line of its own and stays whole, because a path or a URL that was broken cannot be
// copied. Escapes that colour text take no room.
func Wrap(s string, limit int) []string {
	var lines []string
	room := 0 // left in the last line
	for _, word := range strings.Fields(s) {
		n := Columns(colours.ReplaceAllString(word, ""))
		if last := len(lines) - 1; last >= 0 && n < room {
			lines[last] += " " + word
			room -= n + 1
			continue
		}
		lines = append(lines, word)
		room = limit - n
	}
	return lines
}

var colours = regexp.MustCompile(`\x1b\[[0-9;]*m`)
