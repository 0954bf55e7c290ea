package cli

import (
	"strings"
	"testing"
	"unicode/utf8"

	"tracksync/internal/sandbox"
)

func TestWrapLines(t *testing.T) {
	const text = "12:00:00 warning: a message of some words that is longer than the screen\n  and its hint, which is long as well\n" +
		"    tracksync sync --a-command that stays whole however long it is\nshort\n"
	for width := 1; width < 120; width++ {
		got := wrapLines(text, width)
		if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(text), " ") {
			t.Fatalf("width %d has other words:\n%s", width, got)
		}
		for line := range strings.Lines(got) {
			line = strings.TrimSuffix(line, "\n")
			if words := len(strings.Fields(line)); words > 1 && !strings.HasPrefix(line, commandIndent) && utf8.RuneCountInString(line) > width {
				t.Errorf("width %d: %q", width, line)
			}
		}
	}
}

// What a run says on a narrow terminal breaks no word.
func TestNarrowTerminal(t *testing.T) {
	env, _ := serve(t, sandbox.Config{Fail: map[int64]int{2: 422}})
	env["NO_COLOR"] = "1"
	c := call{args: []string{"sync", "--yes", "--out", t.TempDir() + "/run", manifest(t, threeRows)}, env: env, terminal: true, width: 40}
	got := c.run(t)
	for line := range strings.Lines(got.err) {
		line = line[strings.LastIndex(line, clearLine)+1:]
		line = strings.TrimSpace(strings.TrimPrefix(line, clearLine[1:]))
		if n := utf8.RuneCountInString(line); n > 40 && strings.Contains(line, " ") && !strings.Contains(line, "/run") && !strings.HasPrefix(line, "for example ") && !strings.Contains(line, "tracksync sync") {
			t.Errorf("%d characters: %q", n, line)
		}
	}
}
