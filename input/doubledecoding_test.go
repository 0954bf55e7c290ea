package input

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

func TestDecodedTwice(t *testing.T) {
	for _, before := range []string{
		"Größe", "naïve café", "Ça", "Łódź", "İstanbul", "Ελληνικά", "Привет, мир", "日本語", "한국어", "“quoted”", "it’s",
		"a – b", "100 €", "🎵 music", "עברית", "العربية", "हिन्दी",
	} {
		for _, as := range []*charmap.Charmap{charmap.Windows1252, charmap.Macintosh, charmap.CodePage850,
			charmap.Windows1251} {
			wrong, err := as.NewDecoder().String(before)
			if err != nil {
				t.Fatal(err)
			}
			got, yes := doubleDecoded(wrong)
			if sure := as != charmap.Windows1251 || len(before) > 20; sure && !yes {
				t.Errorf("%q as %s: %q is not found", before, as, wrong)
			}
			whole := as == charmap.Windows1252 && !strings.ContainsRune(wrong, utf8.RuneError)
			if whole && got != before {
				t.Errorf("%q as %s: %q is taken for %q", before, as, wrong, got)
			}
		}
	}
	for _, meant := range []string{
		"Größe", "naïve café", "ÇA ÎLE", "»JÄ«", "«CAFÉ»", "„NA JÄ“", "“IRMÃ”", "À «l’été»", "Łódź", "Привет… «мир»",
		"«СССР»", "США — «С»", "Ελληνικά", "日本語",
		"it’s", "a – b", "100 €", "±5 °C", "½ cup", "© 2026 Müller™", "Ærø Ø", "ÅÄÖ åäö", "İĞŞ", "Ñandú", "50 £",
		"São João…", "100 Å", "Ö–Ä", "ﬁn", "x²·y³", "Ž Š Œ", "Þórður Æ", "Zażółć gęślą jaźń",
		"Tiếng Việt", "‰ † ‡ • ¶ §", "√2 ≈ 1,41", "ÉÈÊË", "ÃÕ", "ÂÊÎÔÛ",
	} {
		if before, yes := doubleDecoded(meant); yes {
			t.Errorf("%q is taken for %q", meant, before)
		}
	}
}

// Bytes are looked at in groups, and each of them counts.
func TestIsASCII(t *testing.T) {
	for length := range 20 {
		text := make([]byte, length)
		if !isASCII(text) {
			t.Errorf("%d bytes of ASCII are not", length)
		}
		for i := range text {
			text[i] = 0x80
			if isASCII(text) || isASCII(string(text)) {
				t.Errorf("byte %d of %d is not seen", i, length)
			}
			text[i] = 0
		}
	}
}
