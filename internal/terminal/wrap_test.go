package terminal

import (
	"strings"
	"testing"
	"unicode/utf8"

	"tracksync/internal/display"
)

func TestWrapLines(t *testing.T) {
	const text = "12:00:00 warning: a message of some words that is longer than the screen\n" +
		"  and its hint, which is long as well\n" +
		"    tracksync sync --a-command that stays whole however long it is\nshort\n"
	for width := 1; width < 120; width++ {
		got := wrapLines(text, width)
		if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(text), " ") {
			t.Fatalf("width %d has other words:\n%s", width, got)
		}
		for line := range strings.Lines(got) {
			line = strings.TrimSuffix(line, "\n")
			if words := len(strings.Fields(line)); words > 1 && !strings.HasPrefix(line, display.CommandIndent) &&
				utf8.RuneCountInString(line) > width {
				t.Errorf("width %d: %q", width, line)
			}
		}
	}
}
