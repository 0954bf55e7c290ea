package display

import (
	"bytes"
	"strings"
	"testing"
)

func TestPlain(t *testing.T) {
	const text = "✓ 40 → 55 · 3 × a… \"夜 👩\" \xff\x9b\ufffd\n    sync 'ü.csv'\n"
	if got := (Style{}).Plain(text); got != text {
		t.Errorf("%q", got)
	}
	want := `+ 40 -> 55 | 3 x a... "\u591c \U0001f469" \xff\x9b\ufffd` + "\n    sync '\\u00fc.csv'\n"
	if got := (Style{ASCII: true}).Plain(text); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	var out bytes.Buffer
	if n, err := (Style{ASCII: true}).Writer(&out).Write([]byte(text)); n != len(text) || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if want := strings.Replace(want, `\u00fc`, "ü", 1); out.String() != want { // a command is there to be copied
		t.Errorf("%q, want %q", out.String(), want)
	}
}

// The runner takes a line for a command after any white space that .NET knows, not only blanks.
func TestLinesAreNoCommands(t *testing.T) {
	y := Style{Runner: true}
	for line, want := range map[string]string{
		"::stop-commands::x":           `\x3a:stop-commands::x`,
		"  ::x":                        `  \x3a:x`,
		"\t::x":                        "\t\\x3a:x",
		"\u00a0\u2003\u3000::x":        "\u00a0\u2003\u3000\\x3a:x",
		"tracks.csv: ##[add-mask]name": `tracks.csv: #\x23[add-mask]name`,
		"tracks.csv::x":                "tracks.csv::x",
	} {
		if got := y.inert(line); got != want {
			t.Errorf("%q: %q is not %q", line, got, want)
		}
		if got := (Style{}).inert(line); got != line {
			t.Errorf("without a runner, %q is %q", line, got)
		}
	}
}
