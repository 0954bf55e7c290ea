package input

import "strings"

// isNullWord is true for what programs write when they mean that there is no
// value, whatever the case.
func isNullWord(s string) bool {
	if len(s) > 2*len("undefined") { // no longer one is there, whatever its case
		return false
	}
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
	return &fault{shown + " is an error of the spreadsheet, not a value", "fix the formula or widen the column, and export again"}
}
