package cli

import (
	"os"
	"path/filepath"
	"strings"

	"tracksync/internal/safe"
)

// usable reports whether a command can be shown so that it can be pasted.
func usable(h *safe.Secrets, line string) bool {
	return !h.Holds(line) && !strings.Contains(line, safe.Redacted)
}

// hideEnvironment hides the key of the environment.
func hideEnvironment(h *safe.Secrets, s Streams) { h.Add(strings.TrimSpace(s.Getenv(keyVariable))) }

// hideArguments hides what looks like a key that was put in the wrong place, since
// the message about it would say it back.
func hideArguments(h *safe.Secrets, args []string) {
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
				h.Add(w)
			}
		}
		name, ok := strings.CutPrefix(arg, "--api-key-file=")
		if i > 0 && args[i-1] == "--api-key-file" {
			name, ok = arg, true
		}
		if ok && isKeyForFile(name) {
			h.Add(name)
		}
	}
}

// keyBeginnings are how keys of the service are known to begin.
var keyBeginnings = []string{"write_", "read_"}

// minKeyLike is the fewest characters of what is taken for a key.
const minKeyLike = 12

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
	return len(name) >= minKeyLike && filepath.Ext(name) == "" && !strings.ContainsAny(name, ` /\`) && strings.ContainsAny(name, "0123456789") && !isThere(name)
}

func isThere(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}
