package api

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"tracksync/internal/safe"
)

// redacted stands where a key would.
const redacted = safe.Redacted

// minKey is the fewest characters of a key: a shorter one is a slip, and could
// not be looked for in texts without finding it by accident.
const minKey = safe.MinSecret

// maxKey is the most: servers take no longer headers, and it bounds what it
// costs to look for a key.
const maxKey = 1024

// Key is an API key. It never prints itself, whatever the format.
type Key struct{ secret *string } // a pointer, so that no printing by reflection reaches the text

// ParseKey reads a key as it stands in a file or a variable: blanks and line
// breaks around it are dropped. Its errors do not hold the text.
func ParseKey(s string) (Key, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return Key{}, errors.New("the API key is empty")
	case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }):
		return Key{}, errors.New("the API key holds blanks, line breaks or characters that no key has")
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

// String and the other ways to print a key all give the same.
func (Key) String() string               { return redacted }
func (Key) GoString() string             { return redacted }
func (Key) Format(f fmt.State, _ rune)   { _, _ = f.Write([]byte(redacted)) }
func (Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }
func (Key) LogValue() slog.Value         { return slog.StringValue(redacted) }
