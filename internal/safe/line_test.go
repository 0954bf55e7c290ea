package safe

import (
	"testing"
	"unicode"
)

func TestLine(t *testing.T) {
	tests := []struct {
		name, in string
		limit    int
		want     string
	}{
		{"plain", "Intro – Größe 漢字 🎵", 0, "Intro – Größe 漢字 🎵"},
		{"line breaks", "a\r\nb\tc", 0, `a\r\nb\tc`},
		{"terminal escape", "\x1b[31mred\x07\x7f", 0, `\x1b[31mred\x07\x7f`},
		{"C1", "\u009b31m\u0085", 0, `\u009b31m\u0085`},
		{"bidi", "a\u202eb\u2066c\u200fd", 0, `a\u202eb\u2066c\u200fd`},
		{"separators and BOM", "\u2028\u2029\ufeff\u00ad\u200b", 0, `\u2028\u2029\ufeff\u00ad\u200b`},
		{"tags beyond 16 bits", "\U000e0041", 0, `\U000e0041`},
		{"joiners stay", "👩\u200d🚀 می\u200cخواهم", 0, "👩\u200d🚀 می\u200cخواهم"},
		{"no UTF-8", "a\xff\xc3", 0, `a\xff\xc3`},
		{"a real replacement character", "\ufffd", 0, "\ufffd"},
		{"exactly the limit", "abcde", 5, "abcde"},
		{"over the limit", "abcdef", 5, "abcd…"},
		{"an escape is not cut in two", "abc\x1bdef", 6, "abc…"},
		{"limit 1", "ab", 1, "…"},
		{"empty", "", 5, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := CutLine(tt.in, tt.limit); got != tt.want {
				t.Errorf("CutLine(%q, %d) = %q, want %q", tt.in, tt.limit, got, tt.want)
			}
		})
	}
}

func FuzzLine(f *testing.F) {
	f.Add("a\x1b[0m\u202e\xff", 4)
	f.Fuzz(func(t *testing.T, in string, limit int) {
		got := CutLine(in, limit)
		for _, r := range got {
			if r == '\u200c' || r == '\u200d' {
				continue
			}
			if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Fatalf("%q has %q", got, r)
			}
		}
		if n := len([]rune(got)); limit > 0 && n > limit {
			t.Fatalf("%d characters, limit %d: %q", n, limit, got)
		}
		if Line(got) != got {
			t.Fatalf("not stable: %q", got)
		}
	})
}
