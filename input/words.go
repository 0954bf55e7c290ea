package input

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"tracksync/internal/track"
)

// isNullWord is true for what programs write when they mean that there is no
// value, whatever the case.
func isNullWord(s string) bool {
	switch strings.ToLower(s) {
	case "null", `"null"`, "'null'", `\n`, "none", "nan", "nil", "~", "n/a", "na", "undefined", "(null)", "<null>", "[null]", "-", "--":
		return true
	}
	return false
}

// isSheetError is true for what a spreadsheet shows in place of a value it
// cannot compute or display, in English and in German.
func isSheetError(s string) bool {
	if !strings.HasPrefix(s, "#") {
		return false
	}
	switch strings.ToUpper(s) {
	case "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA", "#ERROR!",
		"#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#NV", "#BEZUG!", "#WERT!", "#ZAHL!", "#ÜBERLAUF!", "#KALK!":
		return true
	}
	return len(s) >= 2 && strings.Trim(s, "#") == "" // a column too narrow for its number
}

func sheetError(shown string) *fault {
	return &fault{shown + " is an error of the spreadsheet, not a value", "mend the formula or widen the column, and export again"}
}

// doubts says what is allowed and yet likely to be a mistake.
func doubts(v track.Values) []warning {
	var list []warning
	if name, ok := v.Name.Get(); ok {
		if isSheetError(strings.TrimSpace(name)) {
			list = append(list, warning{fName, "the name is what a spreadsheet writes for a broken formula"})
		}
		if strings.ContainsRune(name, utf8.RuneError) {
			list = append(list, warning{fName, "the name holds U+FFFD: characters were lost before this file was written"})
		}
	}
	if media, ok := v.Media.Get(); ok {
		if u, err := url.Parse(media); strings.Contains(media, "@") && err == nil && u.User != nil {
			list = append(list, warning{fMedia, "the media URL holds a user name, which will stand in the reports of the run"})
		}
	}
	return list
}

// warning is a doubt about one field.
type warning struct {
	field   int
	message string
}
