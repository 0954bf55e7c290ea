package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tracksync/internal/display"
	"tracksync/internal/track"
)

func TestPreflight(t *testing.T) {
	sets := []FieldRows{{track.FieldName, 0}, {track.FieldVolume, 1200}}
	for _, tc := range []struct {
		name         string
		p            Preflight
		text, fields string
	}{
		{"the least", Preflight{Host: "api.example", Rows: 1, Updates: 1, Pace: "20/s"},
			"Will update 1 track at api.example\n  takes     about 1s at 20/s",
			"[host api.example rows 1 updates 1 sets_project_null 0 invalid 0 superseded 0 skipped 0 rate 20/s takes " +
				"1s]"},
		{"all there is", Preflight{
			Host: "a\x1b[2Jb", Rows: 1210, Updates: 1200, AtMost: true, Sets: sets, DoneBefore: 3, ProjectNull: 2,
			NotSent: Totals{track.Superseded: 4, track.Skipped: 6}, Also: []string{"this", "that"}, Takes: time.Minute,
			Pace: "auto", Account: "its first track is track 1 \x1b[2J",
			First: []PlanRow{
				{ID: 7, Name: track.Value("Rain\n"), Verdict: ToChange,
					Changes: track.ChangesBetween(track.Values{Volume: track.Value(40)}, track.Values{Volume: track.Value(55)})},
				{ID: 8, Verdict: ToChange, Changes: track.ChangesOf(track.Values{Project: track.Null[track.ID]()})},
				{ID: 9, Verdict: Unchanged},
				{ID: 10, Verdict: Drifted, Reasons: []string{"volume is 3", "more"}},
			},
		},
			"Will update up to 1,200 tracks at a\\x1b[2Jb\n  account   its first track is track 1 \\x1b[2J\n  sets      volume of 1,200\n" +
				"  first     track 7 \"Rain\\n\": volume 40 → 55\n            track 8: project → null\n" +
				"            track 9: is as the row says already\n            track 10: stays as it is: volume is 3\n" +
				"  done      3 rows before, which stay as they are\n" +
				"  null      sets the project of 2 rows to null where it is not null already\n" +
				"  not sent  4 superseded by a later row, 6 with nothing to set\n" +
				"  also      this\n            that\n  takes     about 1m00s at auto",
			"[host a\x1b[2Jb rows 1210 updates 1200 sets_name 0 sets_volume 1200 done_before 3 also [this that] " +
				"sets_project_null 2 invalid 0 superseded 4 skipped 6 rate auto takes 1m00s]"},
	} {
		var text strings.Builder
		if err := tc.p.Write(&text, display.Style{}); err != nil || text.String() != tc.text+"\n" {
			t.Errorf("%s: %v\n%s\nwant\n%s", tc.name, err, text.String(), tc.text)
		}
		if got := fmt.Sprint(tc.p.LogFields()); got != tc.fields {
			t.Errorf("%s:\n%s\nwant\n%s", tc.name, got, tc.fields)
		}
	}
}
