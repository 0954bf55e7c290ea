package safe

import "strings"

// Shell is the program that commands are pasted into. The zero value is a POSIX shell.
type Shell int

// The shells that quote in different ways.
const (
	POSIX      Shell = iota
	Cmd              // Windows' command prompt; the rules are those of its prompt, not of a batch file
	PowerShell       // of any version
)

// ShellOf returns the shell whose program has a name, on Windows.
func ShellOf(program string) Shell {
	switch strings.TrimSuffix(strings.ToLower(program), ".exe") {
	case "sh", "bash", "zsh", "dash", "fish", "busybox":
		return POSIX
	case "powershell", "pwsh", "powershell_ise":
		return PowerShell
	}
	return Cmd
}

// Words writes a command as one line that the shell reads back as it is. It reports false if
// a word cannot be shown as it is.
func (s Shell) Words(command []string) (line string, ok bool) {
	words := make([]string, len(command))
	for i, word := range command {
		if Line(word) != word {
			return "", false
		}
		switch s {
		case Cmd:
			word = cmdWord(word)
		case PowerShell:
			if strings.Contains(word, `"`) {
				return "", false // which each version hands to programs in its own way
			}
			if word = powerShellWord(word); i == 0 && word[0] == '\'' {
				word = "& " + word // otherwise it is only a text
			}
		default:
			word = posixWord(word)
		}
		words[i] = word
	}
	return strings.Join(words, " "), true
}

// Command is Words for a command to show. It reports false also if a secret would have to be
// left out of it.
func (s *Secrets) Command(shell Shell, words []string) (line string, ok bool) {
	line, ok = shell.Words(words)
	if !ok || s.Holds(line) || strings.Contains(line, Redacted) {
		return "", false
	}
	return line, true
}

func posixWord(word string) string {
	if isPlain(word, "-_./,:@%+=") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// cmdWord quotes a word for programs, which take \" for a quotation mark, and for the prompt,
// which does not, and replaces %NAME% also within quotation marks.
func cmdWord(word string) string {
	if isPlain(word, `-_./\,:@+=~`) {
		return word
	}
	quoted := `"` + escapeQuotes(word) + `"`
	if !strings.ContainsAny(word, `"%`) {
		return quoted
	}
	var escaped strings.Builder
	for _, r := range quoted {
		if strings.ContainsRune(`"%^&|<>()!`, r) {
			escaped.WriteByte('^')
		}
		escaped.WriteRune(r)
	}
	return escaped.String()
}

// escapeQuotes escapes what has a meaning between quotation marks on Windows: quotation marks,
// and backslashes before one.
func escapeQuotes(word string) string {
	var escaped strings.Builder
	backslashes := 0
	for _, r := range word {
		switch r {
		case '\\':
			backslashes++
		case '"':
			escaped.WriteString(strings.Repeat(`\`, backslashes+1))
			backslashes = 0
		default:
			backslashes = 0
		}
		escaped.WriteRune(r)
	}
	return escaped.String() + strings.Repeat(`\`, backslashes)
}

// powerShellWord also quotes -a.b, which old versions take for two words.
func powerShellWord(word string) string {
	if isPlain(word, `-_./\:+=%`) && !(word[0] == '-' && strings.ContainsAny(word, ".:")) {
		return word
	}
	for _, quote := range []string{"'", "‘", "’", "‚", "‛"} { // all of them end a text
		word = strings.ReplaceAll(word, quote, quote+quote)
	}
	if strings.HasSuffix(word, `\`) && strings.Contains(word, " ") {
		word += `\` // old versions hand "C:\my files\" to programs, whose last mark then is no end
	}
	return "'" + word + "'"
}

// isPlain reports whether a word has only ASCII letters, digits and some other characters.
func isPlain(word, others string) bool {
	return word != "" && !strings.ContainsFunc(word, func(r rune) bool {
		isLetter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		return !isLetter && (r < '0' || r > '9') && !strings.ContainsRune(others, r)
	})
}
