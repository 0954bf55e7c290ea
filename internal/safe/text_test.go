package safe

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// One text, and what each medium makes of it.
func TestMedia(t *testing.T) {
	for name, c := range map[string]struct{ text, line, quoted, json, scalar, cell string }{
		"plain": {
			text: "Größe 漢字 🎵",
			line: "Größe 漢字 🎵", quoted: `"Größe 漢字 🎵"`, json: `"Größe 漢字 🎵"`, scalar: `"Größe 漢字 🎵"`,
			cell: "Größe 漢字 🎵",
		},
		"line breaks": {
			text: "a\r\n\tb",
			line: `a\r\n\tb`, quoted: `"a\r\n\tb"`, json: `"a\r\n\tb"`, scalar: `"a\r\n\tb"`, cell: `a\r\n\tb`,
		},
		"escape": {
			text: "\x1b[31m\x7f",
			line: `\x1b[31m\x7f`, quoted: `"\x1b[31m\x7f"`, json: `"\u001b[31m\u007f"`, scalar: `"\u001b[31m\u007f"`,
			cell: `\x1b[31m\x7f`,
		},
		"C1": {
			text: "\u009b31m\u0085",
			line: `\u009b31m\u0085`, quoted: `"\u009b31m\u0085"`, json: `"\u009b31m\u0085"`,
			scalar: `"\u009b31m\u0085"`, cell: `\u009b31m\u0085`,
		},
		"direction": {
			text: "\u202ea\u2066\u200f",
			line: `\u202ea\u2066\u200f`, quoted: `"\u202ea\u2066\u200f"`, json: `"\u202ea\u2066\u200f"`,
			scalar: `"\u202ea\u2066\u200f"`, cell: `\u202ea\u2066\u200f`,
		},
		"separators": {
			text: "\u2028\u2029",
			line: `\u2028\u2029`, quoted: `"\u2028\u2029"`, json: `"\u2028\u2029"`, scalar: `"\u2028\u2029"`,
			cell: `\u2028\u2029`,
		},
		"no width": {
			text: "\u200b\ufeff\u00ad\u2060",
			line: `\u200b\ufeff\u00ad\u2060`, quoted: `"\u200b\ufeff\u00ad\u2060"`,
			json: `"\u200b\ufeff\u00ad\u2060"`, scalar: `"\u200b\ufeff\u00ad\u2060"`, cell: `\u200b\ufeff\u00ad\u2060`,
		},
		"draws nothing": {
			text: "\u3164\u2800",
			line: `\u3164\u2800`, quoted: `"\u3164\u2800"`, json: `"\u3164\u2800"`, scalar: `"\u3164\u2800"`,
			cell: `\u3164\u2800`,
		},
		"tags": {
			text: "\U000e0041",
			line: `\U000e0041`, quoted: `"\U000e0041"`, json: `"\udb40\udc41"`, scalar: "\"\U000e0041\"",
			cell: `\U000e0041`,
		},
		"joiners": {
			text: "👩\u200d🚀 می\u200cخ",
			line: "👩\u200d🚀 می\u200cخ", quoted: "\"👩\u200d🚀 می\u200cخ\"", json: "\"👩\u200d🚀 می\u200cخ\"",
			scalar: "\"👩\u200d🚀 می\u200cخ\"", cell: "👩\u200d🚀 می\u200cخ",
		},
		"blanks and private characters": {
			text: "a\u00a0\u3000\ue000b",
			line: "a\u00a0\u3000\ue000b", quoted: `"a\u00a0\u3000\ue000b"`,
			json: "\"a\u00a0\u3000\ue000b\"", scalar: `"a\u00a0\u3000\ue000b"`, cell: "a\u00a0\u3000\ue000b",
		},
		"quotation marks": {
			text: `"\"`,
			line: `"\"`, quoted: `"\"\\\""`, json: `"\"\\\""`, scalar: `"\"\\\""`, cell: `"\"`,
		},
		"formula": {
			text: "=A1;+B2",
			line: "=A1;+B2", quoted: `"=A1;+B2"`, json: `"=A1;+B2"`, scalar: `"=A1;+B2"`, cell: "'=A1,+B2",
		},
		"formula behind a blank": {
			text: "\u3000＝A1",
			line: "\u3000＝A1", quoted: `"\u3000＝A1"`, json: "\"\u3000＝A1\"", scalar: `"\u3000＝A1"`, cell: "'\u3000＝A1",
		},
		"a sign": {text: "-", line: "-", quoted: `"-"`, json: `"-"`, scalar: `"-"`, cell: "-"},
		"HTML":   {text: "<b>&", line: "<b>&", quoted: `"<b>&"`, json: `"<b>&"`, scalar: `"<b>&"`, cell: "<b>&"},
	} {
		t.Run(name, func(t *testing.T) {
			encoded, err := JSON(c.text)
			if err != nil {
				t.Fatal(err)
			}
			scalar := AppendScalar(nil, c.text)
			for _, m := range []struct{ medium, got, want string }{
				{"Line", Line(c.text), c.line}, {"Quote", Quote(c.text), c.quoted}, {"JSON", string(encoded), c.json},
				{"AppendScalar", string(scalar), c.scalar}, {"Cell", Cell(c.text, 0), c.cell},
			} {
				if m.got != m.want {
					t.Errorf("%s: %s, want %s", m.medium, m.got, m.want)
				}
			}
			if Line(c.line) != c.line {
				t.Errorf("Line of a line: %s", Line(c.line))
			}
			checkReadBack(t, c.text, encoded, json.Unmarshal)
			checkReadBack(t, c.text, scalar, json.Unmarshal)
			checkReadBack(t, c.text, scalar, func(b []byte, to any) error { return yaml.Unmarshal(b, to) })
		})
	}
}

// A hidden character is found wherever it stands.
func TestEscapedAtAnyPlace(t *testing.T) {
	for hidden, escape := range map[string]string{"\x7f": `\u007f`, "\u200b": `\u200b`, "\u0085": `\u0085`} {
		for before := range 20 {
			for _, shown := range []string{"a", "~", "é", "\uffff", "\xff"} {
				text := strings.Repeat(shown, before) + "%s" + strings.Repeat(shown, 20-before)
				want := Escaped([]byte(fmt.Sprintf(text, escape)))
				if got := Escaped([]byte(fmt.Sprintf(text, hidden))); string(got) != string(want) {
					t.Errorf("%q became %q", fmt.Sprintf(text, hidden), got)
				}
			}
		}
	}
}

func checkReadBack(t *testing.T, text string, written []byte, unmarshal func([]byte, any) error) {
	t.Helper()
	var back string
	if err := unmarshal(written, &back); err != nil || back != text {
		t.Errorf("%s is read as %q, %v", written, back, err)
	}
}
