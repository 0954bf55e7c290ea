package display

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

const ellipsis = "…"

// ascii is what stands for a sign where only ASCII can be shown.
var ascii = map[rune]string{
	'✓': "+", '✗': "x", '→': "->", '·': "|", '×': "x", '…': "...", '█': "#", '░': ".", '–': "-", '—': "-",
	'“': `"`, '”': `"`, '’': "'",
}

// Plain is s as the style can show it. In ASCII, our own signs have another form, and any
// other character, as in a track's name, is written as \u591c. It is not left as it is: a
// terminal that does not read UTF-8 may take bytes of it for commands.
func (y Style) Plain(s string) string {
	if !y.ASCII || isASCII(s) {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch sign, ok := ascii[r]; {
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		case ok:
			b.WriteString(sign)
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], string(utf8.RuneError)):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// inert is a line that is no command to a Runner, whatever the names in it are. Commands are lines
// that begin with ::, after white space of any kind, and lines that have ##[ anywhere.
func (y Style) inert(line string) string {
	if !y.Runner {
		return line
	}
	if rest := strings.TrimLeftFunc(line, unicode.IsSpace); strings.HasPrefix(rest, "::") {
		line = line[:len(line)-len(rest)] + `\x3a` + rest[1:]
	}
	return strings.ReplaceAll(line, "##[", `#\x23[`)
}

// Writer returns a writer of whole lines that shows them as the style can. Lines that are
// indented like a command stay as they are: they are there to be copied.
func (y Style) Writer(w io.Writer) io.Writer {
	if !y.ASCII && !y.Runner {
		return w
	}
	return plainWriter{w, y}
}

type plainWriter struct {
	w     io.Writer
	style Style
}

func (p plainWriter) Write(b []byte) (int, error) {
	var out strings.Builder
	for line := range strings.Lines(string(b)) {
		if !strings.HasPrefix(line, CommandIndent) {
			line = p.style.Plain(line)
		}
		out.WriteString(p.style.inert(line))
	}
	if _, err := io.WriteString(p.w, out.String()); err != nil {
		return 0, err
	}
	return len(b), nil
}
