package safe

import (
	"runtime"
	"strings"
)

// ShellWords writes arguments as one line that a shell reads back as they are. It
// reports false if one of them cannot be shown as it is.
func ShellWords(args []string) (line string, ok bool) {
	words := make([]string, len(args))
	for i, a := range args {
		if Line(a) != a {
			return "", false
		}
		words[i] = a
		if a == "" || strings.ContainsFunc(a, needsQuotes) {
			words[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " "), true
}

// Command is ShellWords for a command to show. It reports false also if a secret would
// have to be left out of it.
func (s *Secrets) Command(words []string) (line string, ok bool) {
	line, ok = ShellWords(words)
	if !ok || s.Holds(line) || strings.Contains(line, Redacted) {
		return "", false
	}
	return line, true
}

// needsQuotes reports whether a shell may give r a meaning of its own.
func needsQuotes(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("-_./,:@%+=", r):
		return false
	case r == '\\':
		return runtime.GOOS != "windows"
	}
	return true
}
