package journal

import (
	"encoding/json"
	"strings"
	"testing"

	"tracksync/internal/track"
)

// A line can be shown on any terminal, and says what it would say without that.
func TestLinesCanBeShown(t *testing.T) {
	for name, want := range map[string]string{
		"plain":                    `"plain"`,
		"Zoë 音楽 🎵":                 `"Zoë 音楽 🎵"`,
		"\u0645\u06cc\u200c\u062e": "\"\u0645\u06cc\u200c\u062e\"",
		"a\u009b31mb":              `"a\u009b31mb"`,
		"\u202eabc\u2066":          `"\u202eabc\u2066"`,
		"a\x7f\u0085b":             `"a\u007f\u0085b"`,
		"\U000e0041\u200b\ufeff":   `"\udb40\udc41\u200b\ufeff"`,
		"\x1b\\u009b":              `"\u001b\\u009b"`,
	} {
		t.Run(want, func(t *testing.T) {
			r := result(1, track.Updated)
			r.Changes = track.ChangesOf(track.Values{Name: track.Value(name)})
			line, err := Encode(r)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(line), want) {
				t.Errorf("%s, want %s in it", line, want)
			}
			var back struct {
				Changes struct{ Name struct{ To string } }
			}
			if err := json.Unmarshal(line, &back); err != nil || back.Changes.Name.To != name {
				t.Errorf("%q, %v; want %q", back.Changes.Name.To, err, name)
			}
		})
	}
}
