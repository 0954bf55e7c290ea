package report

import (
	"maps"
	"slices"
	"strings"

	"tracksync/internal/safe"
)

// words turns a word for programs into words for people: not_attempted becomes "not
// attempted".
func words(s string) string { return strings.ReplaceAll(safe.CutLine(s, 40), "_", " ") }

func areIs(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func sortedKeys(m map[string]float64) []string { return slices.Sorted(maps.Keys(m)) }

// cut keeps the first limit characters of text. It limits what is stored; the result
// is not safe to show.
func cut(text string, limit int) string {
	n := 0
	for i := range text {
		if n++; n > limit {
			return strings.Clone(text[:i]) // so that the rest can be freed
		}
	}
	return text
}
