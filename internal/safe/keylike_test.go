package safe

import (
	"os"
	"strings"
	"testing"
)

func TestArgumentsThatAreKeys(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("write_of_a_file1", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	const key = "write_3fA9xY77QzB0"
	for _, args := range [][]string{
		{"sync", key}, {"sync", "-k" + key}, {"sync", "--rate", key}, {"sync", "--rate=" + key}, {"--" + key},
		{"-" + key},
		{"sync", "--map", "name=" + key}, {"sync", "--api-key-file", key}, {strings.ToUpper(key)},
	} {
		h := &Secrets{}
		h.AddKeyLike(args, "--api-key-file")
		if got := h.Text("it was " + key); got != "it was [redacted]" {
			t.Errorf("%q: %s", args, got)
		}
	}
	for _, args := range [][]string{
		{"sync", "write_tracks_2026.csv"}, {"sync", "write_of_a_file1"}, {"sync", "--out", "20261123T150405Z-0a1b2c"},
		{"--api-key-file", "keys/production1"},
		{"--api-key-file", "production.key"}, {"--api-key-file", "production-key"}, {"sync", "-y", "-o", "write_"},
		{"-", ""},
	} {
		h := &Secrets{}
		h.AddKeyLike(args, "--api-key-file")
		for _, arg := range args {
			if h.Holds(arg) {
				t.Errorf("%q: %q is hidden", args, arg)
			}
		}
	}
	h := &Secrets{}
	h.AddKeyLike([]string{"--api-key-file", "9f8e7d6c5b4a39281706"}, "--api-key-file")
	if !h.Holds("9f8e7d6c5b4a39281706") {
		t.Error("a key without a beginning is not hidden")
	}
}
