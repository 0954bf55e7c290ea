package cli

import (
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
			if safe.IsKeyLike(w) {
				h.Add(w)
			}
		}
		name, ok := strings.CutPrefix(arg, "--api-key-file=")
		if i > 0 && args[i-1] == "--api-key-file" {
			name, ok = arg, true
		}
		if ok && safe.IsKeyForFile(name) {
			h.Add(name)
		}
	}
}
