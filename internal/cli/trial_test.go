package cli

import (
	"fmt"
	"strings"
	"testing"

	"tracksync/internal/sandbox"
)

// After --limit 3 the three tracks are named, by the names that the API has for them.
func TestTrial(t *testing.T) {
	rows := "id,volume\n17,55\n18,20\n19,31\n"
	for id := range 20 {
		rows += fmt.Sprintf("%d,1\n", 100+id)
	}
	for _, tc := range []struct {
		name string
		args []string
		want string // "": no tracks
	}{
		{"three", []string{"--limit", "3"}, `
  tracks         track 17 "Morning light" updated: volume → 55
                 track 18 failed: not_found: Not Found
                 track 19 "Bed" updated: volume → 31
`},
		{"what was read", []string{"--only", "17,19", "--skip-unchanged"}, `
  tracks         track 17 "Morning light" updated: volume 40 → 55
                 track 19 "Bed" updated: volume 30 → 31
`},
		{"many", []string{"--limit", "11"}, ""},
		{"all", nil, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			env, _ := serve(t, sandbox.Config{Tracks: fewTracks, Fail: map[int64]int{18: 404}})
			got := asked(t, env, "", append([]string{"--yes", manifest(t, rows)}, tc.args...)...)
			if !strings.Contains(got.err, tc.want) || strings.Contains(got.err, "\n  tracks ") != (tc.want != "") {
				t.Errorf("exit %d\n%s\nwant%s", got.code, got.err, tc.want)
			}
		})
	}
}
