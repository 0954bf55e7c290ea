package input

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"tracksync/internal/track"
)

// didYouMean is a hint that names the candidate that word was probably meant to be,
// or "".
func (m *Manifest) didYouMean(word string, candidates []string) string {
	if best := nearest(word, candidates); best != "" {
		return fmt.Sprintf("did you mean %s?", m.quote(best))
	}
	return ""
}

// nearest is the candidate that word was probably meant to be, or "". Very long words
// are not compared.
func nearest(word string, candidates []string) string {
	word = withoutUnit(normalizeHeader(word))
	if utf8.RuneCountInString(word) > 40 {
		return ""
	}
	if s, ok := synonyms()[word]; ok {
		for _, c := range candidates {
			if normalizeHeader(c) == s {
				return c
			}
		}
	}
	best, bestDistance := "", 0
	for _, c := range candidates {
		n := normalizeHeader(c)
		if utf8.RuneCountInString(n) > 40 {
			continue
		}
		d := distance([]rune(word), []rune(n))
		// A third of the letters may differ, and one in a short word.
		if d <= max(1, utf8.RuneCountInString(n)/3) && (best == "" || d < bestDistance) {
			best, bestDistance = c, d
		}
	}
	return best
}

// likelyField is the field that a column's name was probably meant to be, or -1. sure
// is false if the column may well hold something else: a column "project" may hold
// names of projects.
func likelyField(name string) (field int, sure bool) {
	field = fieldIndex(nearest(name, track.Columns()))
	_, synonym := synonyms()[withoutUnit(normalizeHeader(name))]
	return field, !synonym || field == fName || field == fVolume
}

// meansID reports whether a key is another word for the id.
func meansID(key string) bool {
	word := normalizeHeader(key)
	return word == track.FieldID || synonyms()[word] == track.FieldID
}

// withoutUnit is a normalized name without brackets or a percent sign at its end.
func withoutUnit(name string) string {
	if i := strings.IndexAny(name, "([{"); i > 0 {
		name = name[:i]
	}
	return strings.TrimRight(strings.TrimSuffix(strings.TrimRight(name, "_%"), "_in"), "_")
}

// distance is how many letters must be inserted, removed, replaced or swapped with
// their neighbour to turn a into b.
func distance(a, b []rune) int {
	var before, last []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}

// list is the first ten names, for a message.
func (m *Manifest) list(names []string) string {
	shown := make([]string, 0, 10)
	for _, n := range names[:min(10, len(names))] {
		shown = append(shown, m.quote(n))
	}
	text := strings.Join(shown, ", ")
	if len(names) > 10 {
		text += fmt.Sprintf(" and %d more", len(names)-10)
	}
	return text
}
