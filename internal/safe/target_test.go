package safe

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tracksync/internal/testkit"
)

func TestFileToReplace(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(path("old"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path("read-only"), nil, 0o400); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"link": "old", "dangling": "none"} {
		testkit.Symlink(t, to, path(link))
	}
	for _, tc := range []struct{ name, want, says string }{
		{"new", "new", ""},
		{"old", "old", ""},
		{"link", "old", ""},
		{"dangling", "", "is a link to nothing"},
		{"read-only", "", "is read-only"},
		{".", "", "is a directory, not a regular file"},
		{"none/new", "", "there is no such directory"},
	} {
		got, err := FileToReplace(path(tc.name))
		switch {
		case tc.says == "" && (err != nil || filepath.Base(got) != tc.want):
			t.Errorf("%s: %s, %v", tc.name, got, err)
		case tc.says != "" && (err == nil || !strings.Contains(err.Error(), tc.says)):
			t.Errorf("%s: %v", tc.name, err)
		}
	}
	if left, err := filepath.Glob(path(".tracksync-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}
