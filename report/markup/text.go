package markup

import (
	"encoding/xml"
	"regexp"
	"strings"
	"unicode/utf8"
)

// escapeLike finds what in a workbook stands for a character.
var escapeLike = regexp.MustCompile(`_(x[0-9A-Fa-f]{4}_)`)

// escaped is text for the content of an element of a workbook.
func escaped(text string) string {
	var b strings.Builder
	// Each match may begin where the one before ends.
	for loc := escapeLike.FindStringIndex(text); loc != nil; loc = escapeLike.FindStringIndex(text) {
		_ = xml.EscapeText(&b, []byte(text[:loc[0]])) // a strings.Builder fails never
		b.WriteString("_x005F_")
		text = text[loc[0]+1:]
	}
	_ = xml.EscapeText(&b, []byte(text))
	return strings.ReplaceAll(b.String(), "&#xA;", "\n")
}

// attributeText is text for an attribute.
func attributeText(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text))
	return b.String()
}

// cut shortens text to some characters.
func cut(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}
