package report

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tracksync/internal/safe"
)

// words shows a word for programs to people: not_attempted is not attempted.
func words(s string) string { return strings.ReplaceAll(safe.CutLine(s, 40), "_", " ") }

// count is n with its thousands apart: 1,204,331.
func count(n int) string {
	digits, sign := strconv.Itoa(n), ""
	if n < 0 {
		digits, sign = digits[1:], "-"
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return count(n) + " " + noun + "s"
}

func areIs(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func sortedKeys(m map[string]float64) []string { return slices.Sorted(maps.Keys(m)) }

// columns is how wide a terminal shows s: East Asian characters and emoji
// take two. It errs on the wide side.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += width(r)
	}
	return n
}

func width(r rune) int {
	if r >= 0x1100 && (r < 0x1e00 || r > 0x2dff) { // between them: Latin, Greek, signs, arrows
		return 2
	}
	return 1
}

// fit shortens s to limit columns at its end.
func fit(s string, limit int) string {
	if columns(s) <= limit {
		return s
	}
	n := 1 // the "…"
	for i, r := range s {
		if n += width(r); n > limit {
			return s[:i] + "…"
		}
	}
	return s
}

// fitEnd shortens s to limit columns at its beginning: the end of a position
// is what leads to the row.
func fitEnd(s string, limit int) string {
	if columns(s) <= limit {
		return s
	}
	n := 1 // the "…"
	for i := len(s); i > 0; {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		if n += width(r); n > limit {
			return "…" + s[i:]
		}
		i -= size
	}
	return s
}

// Wrap breaks s between words into lines of at most limit columns. A word that is
// longer has a line of its own: to break it in the middle makes two of it, and a
// path or a URL cannot be copied any more. Escapes that colour text take no room.
func Wrap(s string, limit int) []string {
	var lines []string
	room := 0 // left in the last line
	for _, word := range strings.Fields(s) {
		n := columns(colours.ReplaceAllString(word, ""))
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

// wrap is Wrap for text from outside, of which no word is shown wider than most.
func wrap(s string, limit, most int) []string {
	lines := Wrap(s, limit)
	for i, line := range lines {
		if columns(line) > limit { // one word
			lines[i] = fit(line, max(limit, most))
		}
	}
	return lines
}

// cut keeps the first limit characters of text, to bound what is remembered
// of it; it makes nothing safe.
func cut(text string, limit int) string {
	n := 0
	for i := range text {
		if n++; n > limit {
			return strings.Clone(text[:i]) // so that the rest can be freed
		}
	}
	return text
}
