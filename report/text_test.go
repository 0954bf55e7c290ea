package report

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"tracksync/internal/display"
	"tracksync/internal/testkit"
	"tracksync/internal/track"
)

// finished is a run in which most went well.
func finished() Summary {
	return Summary{
		Ending: Ending{End: "completed", ExitCode: 1},
		Account: Account{1204331, Totals{
			track.Updated: 1102040, track.Unchanged: 102000, track.Superseded: 200,
			track.Failed: 61, track.Unknown: 9, track.NotApplied: 1, track.Invalid: 20,
		}},
		Origin: Origin{BaseURL: "https://user:secret@api.beyondwords.io/v1"}, Times: Times{DurationS: 24087.2},
		Traffic: Traffic{Requests: 1110331, Attempts: 1109091, RateLimited: 1240},
		Failures: []Failure{
			{Code: "invalid_request", Rows: 52, Message: "volume must be less than or equal to 100",
				Example: "tracks.csv:5"},
			{Code: "timeout", Rows: 9, Message: "no answer within 30 s", Example: "tracks.csv:77"},
		},
		Speed: Speed{
			LatencyMS: Latency{Mean: 260.1, P50: 248.3, P90: 400, P95: 512.77, P99: 1900, Max: 29870.5},
			PausedS:   map[string]float64{"rate_limited": 184.25},
		},
		RateOverTime: RateOverTime{BucketS: 128, Requests: []int{1110331}, Rows: []int{1102111}, Refused: []int{1240}},
	}
}

// A run that goes on has failed at nothing yet, and has no exit code.
func TestRunning(t *testing.T) {
	s := Summary{Ending: Ending{End: Running, ExitCode: 3}, Account: Account{3, Totals{track.Updated: 1, track.NotAttempted: 2}}}
	var text, markdown strings.Builder
	if err := WriteText(&text, s, Style{}); err != nil {
		t.Fatal(err)
	}
	all := func(track.Status) bool { return true }
	if err := WriteMarkdown(&markdown, Run{Summary: s, Results: ResultsOf(nil)}, all, 4000); err != nil {
		t.Fatal(err)
	}
	for want, got := range map[string]string{
		"~ running: 2 of 3 rows are not as the manifest says\n":                            text.String(),
		"### ~ tracksync: 2 of 3 rows are not as the manifest says\n\nState: `running`.\n": markdown.String(),
	} {
		if !strings.HasPrefix(got, want) {
			t.Errorf("%q is not %q", got, want)
		}
	}
}

// The rows of a shard are not taken for all rows.
func TestHeadlineOfShards(t *testing.T) {
	s := Summary{Account: Account{2, Totals{track.Updated: 2}}}
	for shard, want := range map[string]string{
		"":         "all 2 rows are as the manifest says",
		"2/8":      "all 2 rows of shard 2/8 are as the manifest says",
		"1/4, 3/4": "all 2 rows of shards 1/4, 3/4 are as the manifest says",
	} {
		s.Shard = shard
		if got := Headline(s); got != want {
			t.Errorf("shard %q: %q is not %q", shard, got, want)
		}
	}
}

func TestWriteText(t *testing.T) {
	hostile := finished()
	hostile.End, hostile.ExitCode = "stopped\x1b[2J", 3
	hostile.Message = "the API answered \"\x1b]0;owned\a\r\n\u202e\x9b31m\xff\": " + strings.Repeat("ä漢字 ", 200) +
		strings.Repeat("x", 300)
	hostile.BaseURL = "https://" + strings.Repeat("h", 300)
	hostile.Failures = nil
	for range 7 {
		hostile.Failures = append(hostile.Failures, Failure{
			Code: "evil\x1b[31m" + strings.Repeat("c", 80), Rows: 1000,
			Message: "\x1b[1A漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字\n",
			Example: strings.Repeat("漢\x1b/", 100) + "tracks.csv:7",
		})
	}
	hostile.PausedS = map[string]float64{"outage\n": 0.004, strings.Repeat("r", 200): 3}
	files := []string{"tracksync-runs/20261123T150405Z-x/summary.json", "tracksync-runs/20261123T150405Z-x/failed.csv"}
	perfect := Summary{
		Ending: Ending{End: "completed"}, Account: Account{1, Totals{track.Updated: 1}}, Times: Times{DurationS: 0.2504},
		Traffic: Traffic{Requests: 1, Attempts: 1}, Speed: Speed{LatencyMS: Latency{Max: 4.02, P50: 4.02, P95: 4.02}},
		RateOverTime: RateOverTime{Rows: []int{1}},
	}
	stopped := Summary{
		Ending: Ending{"unauthorized", 4,
			"the API rejected the key: Authentication token was not recognized. Check that BEYONDWORDS_API_KEY " +
				"holds a key of this organization"},
		Account: Account{40, Totals{track.Updated: 39, track.NotAttempted: 1}}, Times: Times{DurationS: 3},
		Traffic: Traffic{Requests: 40, Attempts: 40},
	}

	tests := []struct {
		file  string
		s     Summary
		style Style
	}{
		{"001-text-perfect.golden", perfect, Style{}},
		{"002-text-some-failed.golden", finished(),
			Style{Files: files, Next: Step{First: "fix these rows in " + files[1],
				Command: "tracksync sync " + files[1]}}},
		{"003-text-colour.golden", finished(), Style{Style: display.Style{Color: true}, Files: files,
			Next: Step{First: "fix these rows in " + files[1], Command: "tracksync sync " + files[1]}}},
		{"004-text-stopped.golden", stopped,
			Style{Next: Step{Command: "tracksync sync --resume tracksync-runs/latest"}}},
		{"005-text-hostile.golden", hostile, Style{Next: Step{Command: "tracksync sync 'a\x1bb'"}}},
		{"006-text-no-rows.golden", Summary{Ending: Ending{End: "completed"}}, Style{}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			var b bytes.Buffer
			if err := WriteText(&b, tt.s, tt.style); err != nil {
				t.Fatal(err)
			}
			testkit.Golden(t, filepath.Join("testdata", tt.file), b.Bytes())
			for line := range strings.Lines(b.String()) {
				line = strings.TrimSuffix(line, "\n")
				if tt.style.Color {
					continue // its escapes have no width; the text is that of the case before
				}
				if n := display.Columns(line); n > display.MaxWidth {
					t.Errorf("%d columns: %s", n, line)
				}
				if strings.ContainsFunc(line, func(r rune) bool {
					return unicode.In(r, unicode.Cc, unicode.Cf) ||
						r == unicode.ReplacementChar
				}) {
					t.Errorf("a control character came through: %q", line)
				}
				if strings.Contains(line, "secret") {
					t.Errorf("the password of the URL is shown: %s", line)
				}
			}
		})
	}
}

func TestColourOnlyAddsEscapes(t *testing.T) {
	var with, without bytes.Buffer
	if err := errors.Join(WriteText(&with, finished(), Style{Style: display.Style{Color: true}}),
		WriteText(&without, finished(), Style{})); err != nil {
		t.Fatal(err)
	}
	plain := with.String()
	for _, code := range []display.Color{display.Red, display.Green, display.Yellow, display.Dim, display.Bold, "0"} {
		plain = strings.ReplaceAll(plain, "\x1b["+string(code)+"m", "")
	}
	if plain != without.String() {
		t.Errorf("without its colours the text is\n%s\nwant\n%s", plain, without.String())
	}
}

func TestWriteTextTellsAWriteError(t *testing.T) {
	broken := errors.New("broken pipe")
	if err := WriteText(failingWriter{broken}, finished(), Style{}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

// At any width no word is broken and none is lost, and a line is wider than the
// terminal only for a word, a path or a command that must be whole.
func TestWriteTextAtAnyWidth(t *testing.T) {
	s := finished()
	s.Message = "the API answered nothing but errors for longer than it is waited for; look at " +
		"https://status.example.com/a/rather/long/path and resume"
	step := Step{First: "fix the rows in failed.csv that were refused (2 of 3)", Command: "tracksync sync failed.csv"}
	var wide bytes.Buffer
	if err := WriteText(&wide, s, Style{Next: step}); err != nil {
		t.Fatal(err)
	}
	for width := 1; width <= 200; width++ {
		var b bytes.Buffer
		if err := WriteText(&b, s, Style{Style: display.Style{Width: width}, Next: step}); err != nil {
			t.Fatal(err)
		}
		if got, want := strings.Fields(b.String()), strings.Fields(wide.String()); width >= 30 &&
			!slices.Equal(got, want) {
			t.Fatalf("width %d has other words:\n%s", width, b.String())
		}
		for line := range strings.Lines(b.String()) {
			line = strings.TrimRight(line, "\n")
			words := strings.Fields(line)
			if len(words) < 4 || width < 30 || strings.Contains(line, "tracksync sync") {
				continue
			}
			if n := display.Columns(line); n > width {
				t.Errorf("width %d: %d columns: %q", width, n, line)
			}
		}
	}
}
