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

// IsKeyLike reports whether a word begins like a key and is no file.
func IsKeyLike(word string) bool {
	begins := false
	for _, b := range keyBeginnings {
		begins = begins || len(word) >= len(b) && strings.EqualFold(word[:len(b)], b)
	}
	return begins && len(word) >= minKeyLike && filepath.Ext(word) == "" && !isThere(word)
}

// IsKeyForFile reports whether somebody may have given the key itself where the
// name of its file belongs: one long word that is no file, and that nobody would
// call a file.
func IsKeyForFile(name string) bool {
	return len(name) >= minKeyLike && filepath.Ext(name) == "" && !strings.ContainsAny(name, ` /\`) && strings.ContainsAny(name, "0123456789") && !isThere(name)
}

func isThere(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}
