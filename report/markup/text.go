package markup

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// noXML are the characters that XML cannot hold. A workbook holds them escaped.
const noXML = `\x00-\x08\x0B\x0C\x0E-\x1F\x{FFFE}\x{FFFF}`

var (
	// escapeLike finds what in a workbook stands for a character.
	escapeLike = regexp.MustCompile(`_x[0-9A-Fa-f]{4}[_` + noXML + `]`)
	controls   = regexp.MustCompile(`[` + noXML + `]`)
)

// escaped is text for the content of an element of a workbook.
func escaped(text string) string {
	var b strings.Builder
	// Each match may begin where the one before ends.
	for loc := escapeLike.FindStringIndex(text); loc != nil; loc = escapeLike.FindStringIndex(text) {
		_ = xml.EscapeText(&b, []byte(escapedControl(text[:loc[0]]))) // a strings.Builder fails never
		b.WriteString("_x005F_")
		text = text[loc[0]+1:]
	}
	_ = xml.EscapeText(&b, []byte(escapedControl(text)))
	return strings.ReplaceAll(b.String(), "&#xA;", "\n")
}

// escapedControl is text without the characters that XML cannot hold.
func escapedControl(text string) string {
	return controls.ReplaceAllStringFunc(text, func(c string) string { return fmt.Sprintf("_x%04X_", []rune(c)[0]) })
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
