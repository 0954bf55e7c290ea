package input

import "strings"

// isNullWord reports whether s is a word, in any case, that programs write for a
// missing value.
func isNullWord(s string) bool {
	if len(s) > 2*len("undefined") { // longer than any of the words, in any case
		return false
	}
	switch strings.ToLower(s) {
	case "null", `"null"`, "'null'", `\n`, "none", "nan", "nil", "~", "n/a", "na", "undefined", "(null)", "<null>", "[null]", "-", "--":
		return true
	}
	return false
}

// isSheetError reports whether s is what a spreadsheet shows, in English, French or German,
// for a value that it cannot compute or display.
func isSheetError(s string) bool {
	if !strings.HasPrefix(s, "#") {
		return false
	}
	switch strings.ToUpper(s) {
	case "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA", "#ERROR!",
		"#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#VALEUR!", "#NOM?", "#NUL!",
		"#NOMBRE!", "#NV", "#BEZUG!", "#WERT!", "#ZAHL!", "#ÜBERLAUF!", "#KALK!":
		return true
	}
	return len(s) >= 2 && strings.Trim(s, "#") == "" // a column too narrow for its number
}

func sheetError(shown string) *fault {
	return &fault{shown + " is an error of the spreadsheet, not a value",
		"fix the formula or widen the column, and export again"}
}
