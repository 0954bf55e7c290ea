package display

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestNumbers(t *testing.T) {
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 123456: "123,456",
		1204331: "1,204,331", -100: "-100", -1000: "-1,000"} {
		if got := Thousands(n); got != want {
			t.Errorf("Thousands(%d) = %q, want %q", n, got, want)
		}
	}
	for want, got := range map[string]string{
		"0 rows": Count(0, "row"), "1 row": Count(1, "row"), "2,000 more rows": Count(2000, "more row"),
		"1 entry": Count(1, "entry"), "3 entries": Count(3, "entry"),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestDurations(t *testing.T) {
	for d, want := range map[time.Duration]string{
		450 * time.Millisecond: "450ms", 12 * time.Second: "12s", 200 * time.Second: "3m20s",
		59*time.Minute + 59*time.Second: "59m59s", 2*time.Hour + 5*time.Minute: "2h05m",
	} {
		if got := Short(d); got != want {
			t.Errorf("Short(%v) = %q, want %q", d, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		0: "0 ms", 400 * time.Microsecond: "0 ms", 412 * time.Millisecond: "412 ms", 999600 * time.Microsecond: "1.0 s",
		9940 * time.Millisecond: "9.9 s", 59970 * time.Millisecond: "1 m 0 s", 200 * time.Second: "3 m 20 s",
		3599700 * time.Millisecond: "1 h 0 m", 125 * time.Minute: "2 h 5 m", 1000 * time.Hour: "1,000 h 0 m",
	} {
		if got := Long(d); got != want {
			t.Errorf("Long(%v) = %q, want %q", d, got, want)
		}
	}
}

// A text is cut only where it is too wide, never within a character.
func TestFit(t *testing.T) {
	for _, c := range []struct {
		text       string
		columns    int
		limit      int
		fit, ended string
	}{
		{"tracks.csv:17", 13, 13, "tracks.csv:17", "tracks.csv:17"},
		{"tracks.csv:17", 13, 6, "track…", "…sv:17"},
		{"漢字漢字", 8, 6, "漢字…", "…漢字"},
		{"e\u0301e\u0301", 2, 2, "e\u0301e\u0301", "e\u0301e\u0301"},
		{"👨\u200d👩\u200d👧 a", 4, 3, "👨\u200d👩\u200d👧…", "… a"},
	} {
		if got := Columns(c.text); got != c.columns {
			t.Errorf("%q takes %d columns, want %d", c.text, got, c.columns)
		}
		if got := (Style{}).Fit(c.text, c.limit); got != c.fit {
			t.Errorf("Fit(%q, %d) = %q, want %q", c.text, c.limit, got, c.fit)
		}
		if got := (Style{}).FitEnd(c.text, c.limit); got != c.ended {
			t.Errorf("FitEnd(%q, %d) = %q, want %q", c.text, c.limit, got, c.ended)
		}
	}
}

func TestWrap(t *testing.T) {
	got := Wrap("\x1b[31mone two\x1b[0m  three https://example.com/a/long/path four", 8)
	want := []string{"\x1b[31mone two\x1b[0m", "three", "https://example.com/a/long/path", "four"}
	if !slices.Equal(got, want) {
		t.Errorf("%s, want %s", strings.Join(got, "|"), strings.Join(want, "|"))
	}
}

// A value without a label of its own follows the one above it, also where values stand below labels.
func TestFactOfSeveralValues(t *testing.T) {
	for width, want := range map[int]string{
		80: "  first    track 17\n           track 18\n", 40: "  first\n    track 17\n    track 18\n",
	} {
		for _, color := range []bool{false, true} {
			var b strings.Builder
			text := NewText(&b, Style{Width: width, Color: color})
			text.Fact(7, "first", "track 17")
			text.Fact(7, "", "track 18")
			if err := text.Flush(); err != nil {
				t.Fatal(err)
			}
			got := strings.NewReplacer("\x1b[2m", "", "\x1b[0m", "").Replace(b.String())
			if got = strings.ReplaceAll(got, "first  \n", "first\n"); got != want {
				t.Errorf("width %d, colours %v: %q, want %q", width, color, got, want)
			}
		}
	}
}
