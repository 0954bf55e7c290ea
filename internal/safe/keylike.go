package safe

import (
	"os"
	"path/filepath"
	"strings"
)

// keyBeginnings are how keys of the service are known to begin.
var keyBeginnings = []string{"write_", "read_"}

// minKeyLike is the fewest characters of what is taken for a key.
const minKeyLike = 12

// AddKeyLike adds what looks like a key in the arguments of a process: it was put in the
// wrong place, and the message about it would repeat it. fileFlag is the flag that names
// the file of the key, with its hyphens.
func (s *Secrets) AddKeyLike(args []string, fileFlag string) {
	for i, arg := range args {
		words := []string{arg}
		if _, value, ok := strings.Cut(arg, "="); ok {
			words = append(words, value)
		}
		if strings.HasPrefix(arg, "-") {
			words = append(words, strings.TrimLeft(arg, "-"), arg[min(2, len(arg)):]) // -kKEY
		}
		for _, w := range words {
			if isKeyLike(w) {
				s.Add(w)
			}
		}
		name, ok := strings.CutPrefix(arg, fileFlag+"=")
		if i > 0 && args[i-1] == fileFlag {
			name, ok = arg, true
		}
		if ok && isKeyForFile(name) {
			s.Add(name)
		}
	}
}

// isKeyLike reports whether a word begins like a key and is no file.
func isKeyLike(word string) bool {
	begins := false
	for _, b := range keyBeginnings {
		begins = begins || len(word) >= len(b) && strings.EqualFold(word[:len(b)], b)
	}
	return begins && len(word) >= minKeyLike && filepath.Ext(word) == "" && !isThere(word)
}

// isKeyForFile reports whether somebody may have given the key itself where the
// name of its file belongs: one long word that is no file, and that nobody would
// call a file.
func isKeyForFile(name string) bool {
	return len(name) >= minKeyLike && filepath.Ext(name) == "" && !strings.ContainsAny(name, ` /\`) &&
		strings.ContainsAny(name, "0123456789") && !isThere(name)
}

func isThere(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}
