package report

import (
	"strings"
	"testing"

	"tracksync/internal/testkit"
)

func TestNotice(t *testing.T) {
	s := runOf(ofEachStatus(), "tracks.csv", "more.xlsx").Summary
	s.Next = &Step{Command: "tracksync sync --yes run/failed.csv"}
	testkit.Golden(t, "testdata/406-notice.txt", []byte(Notice{Summary: s, Machine: "batch-3"}.Text()+"\n"))
	s = runOf(ofEachStatus()[:1], "tracks.csv").Summary
	s.ExitCode = 0
	if text := (Notice{Summary: s, Before: 4}).Text(); !strings.HasPrefix(text, "✓ tracksync: completed (the run before: exit code 4): the one row is") {
		t.Error(text)
	}
}

// A run that could not start has no rows, and says why.
func TestNoticeOfNoRun(t *testing.T) {
	var s Summary
	s.End, s.ExitCode, s.Manifests = NotStarted, 2, []string{"tracks.csv"}
	s.BaseURL, s.Message = "https://api.example.com/v1", "1\n2\n3\n4\n5\n6\n7"
	want := "✗ tracksync: not started (exit code 2), nothing was sent\n1\n2\n3\n4\n5\nand 2 more lines\n" +
		"tracks.csv · api.example.com · on batch-3"
	if text := (Notice{Summary: s, Machine: "batch-3"}).Text(); text != want {
		t.Errorf("%s", text)
	}
}

// No text from elsewhere calls somebody, links or breaks the message.
func TestHostileNotice(t *testing.T) {
	const nasty = "<!channel> @here <https://evil|x> [a](b) `*~\n\x1b[31m\u202e&amp;"
	s := runOf(ofEachStatus(), nasty).Summary
	s.Message, s.RunDir = nasty, nasty
	s.Failures = []Failure{{Code: nasty, Message: strings.Repeat(nasty, 100), Rows: 2}}
	s.Next = &Step{Command: nasty}
	text := Notice{Summary: s, Machine: nasty}.Text()
	if strings.ContainsAny(text, "<>&@`*[]\x1b\u202e") || strings.Count(text, "\n") != 4 || len(text) > 4000 {
		t.Errorf("%q", text)
	}
}

func TestNoticeWants(t *testing.T) {
	for _, tc := range []struct {
		on           NoticeOn
		code, before int
		want         bool
	}{
		{OnFail, 0, 0, false}, {OnFail, 1, 0, true}, {OnFail, 1, 1, true}, {OnFail, 0, 1, true},
		{OnChange, 0, 0, false}, {OnChange, 1, 0, true}, {OnChange, 1, 1, false}, {OnChange, 3, 1, true}, {OnChange, 0, 1, true},
		{Always, 0, 0, true}, {Always, 1, 1, true},
	} {
		if got := tc.on.Wants(tc.code, tc.before); got != tc.want {
			t.Errorf("%s, %d after %d: %v", tc.on, tc.code, tc.before, got)
		}
	}
}
