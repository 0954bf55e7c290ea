package cli

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"tracksync/internal/sandbox"
	"tracksync/internal/terminal"
)

// On a narrow terminal no word is broken.
func TestNarrowTerminal(t *testing.T) {
	env, _ := serve(t, sandbox.Config{Fail: map[int64]int{2: 422}})
	env["NO_COLOR"] = "1"
	c := call{args: []string{"sync", "--yes", "--out", t.TempDir() + "/run", manifest(t, threeRows)}, env: env,
		terminal: true, width: 40}
	got := c.run(t)
	for line := range strings.Lines(got.err) {
		line = line[strings.LastIndex(line, terminal.ClearLine)+1:]
		line = strings.TrimSpace(strings.TrimPrefix(line, terminal.ClearLine[1:]))
		if n := utf8.RuneCountInString(line); n > 40 && strings.Contains(line, " ") && !strings.Contains(line,
			string(filepath.Separator)+"run") && !strings.HasPrefix(line, "for example ") && !strings.Contains(line, "tracksync sync") {
			t.Errorf("%d characters: %q", n, line)
		}
	}
}
