package api

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"tracksync/internal/safe"
)

// redacted is shown instead of a key.
const redacted = safe.Redacted

// minKey is the length of the shortest key. Anything shorter is a mistake, and could
// not be redacted without false matches.
const minKey = safe.MinSecret

// maxKey is the length of the longest key. Servers don't accept longer headers, and
// it limits the cost of redaction.
const maxKey = 1024

// Key is an API key. It never prints itself, whatever the format.
type Key struct{ secret *string } // a pointer, so that no printing by reflection reaches the text

// ParseKey parses a key from a file or a variable. It trims blanks and line breaks.
// Its errors don't contain the text.
func ParseKey(s string) (Key, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return Key{}, errors.New("the API key is empty")
	case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }):
		return Key{}, errors.New("the API key contains blanks, line breaks or characters that no key has")
	case len(s) < minKey:
		return Key{}, errors.New("the API key is too short to be one")
	case len(s) > maxKey:
		return Key{}, errors.New("the API key is too long to be one")
	}
	return Key{&s}, nil
}

func (k Key) text() string {
	if k.secret == nil {
		return ""
	}
	return *k.secret
}

// String and all other ways to print a key return "[redacted]".
func (Key) String() string               { return redacted }
func (Key) GoString() string             { return redacted }
func (Key) Format(f fmt.State, _ rune)   { _, _ = f.Write([]byte(redacted)) }
func (Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }
func (Key) LogValue() slog.Value         { return slog.StringValue(redacted) }
