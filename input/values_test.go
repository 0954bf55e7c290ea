package input

import (
	"strings"
	"testing"

	"tracksync/internal/track"
)

func TestID(t *testing.T) {
	r := newRules(Options{})
	for text, want := range map[string]track.ID{
		"17": 17, " 17 ": 17, "17.0": 17, "\u00a017": 17, "\u200b17": 17, "\ufeff17\u00ad\u00a0": 17,
		"\t17\r\n": 17, "999999999999999999": track.MaxID,
	} {
		if got, bad := r.id(text); bad != nil || got != want {
			t.Errorf("id(%q) = %d, %v", text, got, bad)
		}
	}
	for text, want := range map[string]string{
		"":                        "the id is missing",
		"  ":                      "the id is missing",
		"null":                    "not an id",
		"1.7E+05":                 "spreadsheet has rounded",
		"1,7E+05":                 "spreadsheet has rounded",
		"1e3":                     "spreadsheet has rounded",
		"0017":                    "leading zeros",
		"017.0":                   "leading zeros",
		"1.000":                   "thousands",
		"17.000":                  "thousands",
		"17.00":                   "not a whole number",
		"17.0.0":                  "is not an id",
		"17.5":                    "not a whole number",
		"17,5":                    "not a whole number",
		"17.":                     "is not an id",
		".0":                      "is not an id",
		"+17":                     "sign",
		"-17":                     "negative",
		"0":                       "positive",
		"0.0":                     "positive",
		"000":                     "positive",
		"1,234":                   "thousands",
		"1.234":                   "thousands",
		"1 234":                   "thousands",
		"1\u00a0234":              "thousands",
		"1_234":                   "thousands",
		"1000000000000000000":     "19 digits",
		"0x1F":                    "is not an id",
		"١٧":                      "digits of another script",
		"#N/A":                    "error of the spreadsheet",
		"####":                    "error of the spreadsheet",
		"17 18":                   "is not an id",
		"1\u200b7":                `"1\u200b7" contains the invisible character U+200B`,
		"1\u00ad7":                "contains the invisible character U+00AD",
		strings.Repeat("9", 1000): "1000 digits",
	} {
		wantFault(t, "id", text, want, func(s string) *fault { _, bad := r.id(s); return bad })
	}
}

func TestVolume(t *testing.T) {
	r := newRules(Options{})
	for text, want := range map[string]int{"0": 0, "55": 55, "55%": 55, "55 %": 55, "55\u00a0%": 55, "\u200b55\u00ad%\u2060": 55, "55.0": 55,
		"55.0%": 55, " 100 ": 100} {
		if got, bad := r.volume(text); bad != nil || got != track.Value(want) {
			t.Errorf("volume(%q) = %v, %v", text, got, bad)
		}
	}
	if got, bad := r.volume("  "); bad != nil || !got.IsZero() {
		t.Errorf("a blank volume is %v, %v", got, bad)
	}
	if got, bad := newRules(Options{MaxVolume: -1}).volume("250"); bad != nil || got != track.Value(250) {
		t.Errorf("without a bound: %v, %v", got, bad)
	}
	if _, bad := newRules(Options{MaxVolume: 150}).volume("151"); bad == nil {
		t.Error("151 of 150 was taken")
	}
	for text, want := range map[string]string{
		"101": "more than 100", "055": "leading zeros", "0055": "leading zeros", "00": "leading zeros",
		"55,0": "not a whole number", "55.5": "not a whole number",
		"5.5E1": "not a plain number", "-5": "negative", "------": "not a volume", "null": "not a volume", "~": "not a volume",
		"loud": "not a volume",
		"%":    "not a volume", "55%%": "not a volume", "9999999999": "too large", "99999999999999999999": "too large",
		"+5": "not a volume", "#VALUE!": "error of the spreadsheet",
		"0x10": "not a volume", "1_0": "not a volume", "true": "not a volume",
	} {
		wantFault(t, "volume", text, want, func(s string) *fault { _, bad := r.volume(s); return bad })
	}
}

func TestName(t *testing.T) {
	r := newRules(Options{})
	for _, text := range []string{"null", " padded ", "two\nlines", "two\r\nlines", "tab\t", "e\u0301", "007", "NULL",
		"\ufeffx", "#N/A"} {
		if got, bad := r.name(text); bad != nil || got != track.Value(text) {
			t.Errorf("name(%q) = %q, %v", text, got, bad)
		}
	}
	if got, bad := r.name(""); bad != nil || !got.IsZero() {
		t.Errorf("an empty name is %v, %v", got, bad)
	}
	for text, want := range map[string]string{
		" ": "blank", "\u00a0\u2003\n": "blank", "a\x00b": "control character U+0000",
		"a\x1b[31m": "control character U+001B", "\x7f": "control character U+007F",
		strings.Repeat("x", maxCell+1): "too long",
	} {
		wantFault(t, "name", text, want, func(s string) *fault { _, bad := r.name(s); return bad })
	}
}

func TestProject(t *testing.T) {
	r := newRules(Options{})
	for text, want := range map[string]track.Field[track.ID]{"null": track.Null[track.ID](),
		"3": track.Value(track.ID(3)), "3.0": track.Value(track.ID(3)), "": {}, " ": {}} {
		if got, bad := r.project(text); bad != nil || got != want {
			t.Errorf("project(%q) = %v, %v", text, got, bad)
		}
	}
	for _, text := range []string{"NULL", "Null", " null", "null ", `\N`, "None", "NaN", "nil", "~", "n/a", `"null"`,
		"0", "-", "undefined"} {
		_, bad := r.project(text)
		if bad == nil {
			t.Errorf("project(%q) was taken", text)
		} else if !strings.Contains(bad.hint, "write null, exactly so") {
			t.Errorf("project(%q): the hint does not say what to write: %s", text, bad.hint)
		}
	}
	for text, want := range map[string]string{"#REF!": "error of the spreadsheet", "3.5": "whole number",
		"03": "leading zeros", "Pop": "is not a project"} {
		wantFault(t, "project", text, want, func(s string) *fault { _, bad := r.project(s); return bad })
	}
}

func TestMedia(t *testing.T) {
	r := newRules(Options{})
	for text, want := range map[string]string{
		"https://example.com/a.mp3": "https://example.com/a.mp3", " http://h/ ": "http://h/",
		"HTTPS://h:8443/x?y=z#f":    "HTTPS://h:8443/x?y=z#f",
		"https://example.com/ä.mp3": "https://example.com/ä.mp3", "http://[::1]/a": "http://[::1]/a",
	} {
		if got, bad := r.media(text); bad != nil || got != track.Value(want) {
			t.Errorf("media(%q) = %v, %v", text, got, bad)
		}
	}
	for text, want := range map[string]string{
		"ftp://x/y": "absolute http", "example.com/a.mp3": "absolute http", "/a.mp3": "absolute http",
		"http:///a": "absolute http", "https://:80/": "absolute http",
		"https://h:99999/": "absolute http", "https:a": "absolute http", "https://h/a b": "blank",
		"https://h/a\nb": "blank", "https://h/%zz": "absolute http",
		"null": "not a URL", "#N/A": "error of the spreadsheet", "file:///etc/passwd": "absolute http",
		"javascript:alert(1)":                       "absolute http",
		"https://h/" + strings.Repeat("x", maxCell): "too long",
	} {
		wantFault(t, "media", text, want, func(s string) *fault { _, bad := r.media(s); return bad })
	}
	if _, bad := r.media("ftp://user:hunter2@host/"); bad == nil || strings.Contains(bad.message, "hunter2") {
		t.Errorf("a password is shown: %v", bad)
	}
}

func wantFault(t *testing.T, rule, text, want string, judge func(string) *fault) {
	t.Helper()
	bad := judge(text)
	if bad == nil {
		t.Errorf("%s(%.40q) was taken", rule, text)
		return
	}
	if !strings.Contains(bad.message+" "+bad.hint, want) {
		t.Errorf("%s(%.40q): %q (%s), want %q", rule, text, bad.message, bad.hint, want)
	}
	if len(bad.message) > 400 || strings.ContainsAny(bad.message, "\n\r\x1b\x00") {
		t.Errorf("%s(%.40q): the message is not fit to print: %q", rule, text, bad.message)
	}
}
