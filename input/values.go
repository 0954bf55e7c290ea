package input

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// Indexes of the fields in a rawRow, in the order of track.Columns.
const (
	fID = iota
	fName
	fVolume
	fProject
	fMedia
	fieldCount
)

var fieldNames = [fieldCount]string{
	track.FieldID, track.FieldName, track.FieldVolume, track.FieldProject, track.FieldMedia,
}

func fieldIndex(name string) int {
	for i, f := range fieldNames {
		if f == name {
			return i
		}
	}
	return -1
}

// fault is what is wrong with a value; nil if nothing is.
type fault struct{ message, hint string }

// rules say what the text of a value may be. They are the same for every format. An
// empty text means that the field is absent.
type rules struct {
	maxVolume int // less than 0: no limit
	redact    *safe.Redactor
	expecting bool // see expectations
}

// usualMaxVolume is the largest volume unless Options say otherwise.
const usualMaxVolume = 100

func newRules(o Options) rules {
	r := rules{maxVolume: o.MaxVolume, redact: safe.NewRedactor(o.Secret)}
	if r.maxVolume == 0 {
		r.maxVolume = usualMaxVolume
	}
	return r
}

// expectations are the rules for expected values. Those are compared and never sent,
// so they may be values that no row may set, for example a blank name or a volume of
// 150. An empty text does not mean an absent field, because no condition may be lost.
func (r rules) expectations() rules {
	r.maxVolume, r.expecting = -1, true
	return r
}

// empty is the fault of an empty text in an expectation; elsewhere nil.
func (r rules) empty(field int) *fault {
	if !r.expecting {
		return nil
	}
	return &fault{"the expected " + fieldNames[field] + " is empty", "write what the track must have, or leave it out"}
}

func (r rules) show(text string) string { return show(r.redact.Text(text)) }

// id reads a track's id.
func (r rules) id(text string) (track.ID, *fault) {
	if n, ok := plainNumber(text); ok {
		return n, nil
	}
	s := trimUnseen(text)
	if s == "" {
		return 0, &fault{"the id is missing", "every row names its track"}
	}
	if isNullWord(s) {
		return 0, &fault{fmt.Sprintf("%s is not an id", r.show(text)), "every row names its track"}
	}
	if isMarked(s) {
		return 0, &fault{r.show(s) + " is not an id", "a question mark after an id marks a row that was invalid before"}
	}
	return r.number(text, "an id")
}

// number reads the id of a track or a project: digits without a leading zero, and
// perhaps the ".0" that a spreadsheet has appended. It is the slow way, with messages:
// id and project call plainNumber first, which reads nearly all numbers.
func (r rules) number(text, what string) (track.ID, *fault) {
	s := trimUnseen(text)
	digits := dropZeroDecimals(s)
	if !allDigits(digits) {
		return 0, r.notNumber(s, what)
	}
	trimmed := strings.TrimLeft(digits, "0")
	switch {
	case trimmed == "":
		return 0, &fault{fmt.Sprintf("%s is not %s", r.show(s), what), "ids are positive"}
	case len(trimmed) != len(digits):
		return 0, &fault{fmt.Sprintf("%s has leading zeros", r.show(s)), "write " + shorten(trimmed) + " if that is meant"}
	case len(digits) > 18:
		return 0, &fault{fmt.Sprintf("%s has %d digits", r.show(s), len(digits)), what + " has at most 18"}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, &fault{fmt.Sprintf("%s is not %s", r.show(s), what), ""}
	}
	return track.ID(n), nil
}

// plainNumber reads a text of 1 to 18 digits without a leading zero. Any other text is
// not plain.
func plainNumber(text string) (n track.ID, ok bool) {
	if len(text) == 0 || len(text) > 18 || text[0] == '0' {
		return 0, false
	}
	for i := 0; i < len(text); i++ {
		digit := text[i] - '0'
		if digit > 9 {
			return 0, false
		}
		n = 10*n + track.ID(digit)
	}
	return n, true
}

var (
	scientific = regexp.MustCompile(`^[+-]?\d+([.,]\d*)?[eE][+-]?\d+$`)
	decimal    = regexp.MustCompile(`^\d+[.,]\d+$`)
	grouped    = regexp.MustCompile(`^\d{1,3}([.,'’_ \x{a0}\x{202f}]\d{3})+$`)
)

const roundedHint = "set the column to Number with 0 decimals and export again; " +
	"beyond 15 digits the spreadsheet has lost them"

// notNumber says why a text is not an id, and what a program may have done to it.
func (r rules) notNumber(s, what string) *fault {
	shown := r.show(s)
	switch {
	case strings.ContainsFunc(s, isInvisible):
		return r.invisible(s)
	case isSheetError(s):
		return sheetError(shown)
	case isFormulaText(s):
		return r.formula(s)
	case scientific.MatchString(s):
		return &fault{shown + " is a number that a spreadsheet has rounded", roundedHint}
	case grouped.MatchString(s):
		return &fault{shown + " has thousands separators", "write the digits alone"}
	case decimal.MatchString(s):
		return &fault{shown + " is not a whole number", what + " has no decimals"}
	case strings.HasPrefix(s, "-") && allDigits(s[1:]):
		return &fault{shown + " is negative", "ids are positive"}
	case strings.HasPrefix(s, "+") && allDigits(s[1:]):
		return &fault{shown + " has a sign", "write " + shorten(s[1:])}
	case strings.IndexFunc(s, func(c rune) bool { return c > unicode.MaxASCII && unicode.IsDigit(c) }) >= 0:
		return &fault{shown + " has digits of another script", "use the digits 0 to 9"}
	}
	return &fault{shown + " is not " + what, what + " consists of the digits 0 to 9"}
}

// volume reads a percentage.
func (r rules) volume(text string) (track.Field[int], *fault) {
	var none track.Field[int]
	s := trimUnseen(text)
	if s == "" {
		return none, r.empty(fVolume)
	}
	digits := dropZeroDecimals(trimUnseen(strings.TrimSuffix(s, "%")))
	if !allDigits(digits) {
		return none, r.notVolume(s)
	}
	if len(digits) > 1 && digits[0] == '0' {
		return none, &fault{r.show(s) + " has leading zeros", "write a volume, for example 55"}
	}
	n, err := strconv.Atoi(digits)
	if err != nil || len(digits) > 9 {
		return none, &fault{r.show(s) + " is too large for a volume", "write a percentage"}
	}
	if r.maxVolume >= 0 && n > r.maxVolume {
		return none, &fault{fmt.Sprintf("volume %d is more than %d", n, r.maxVolume), "--max-volume raises this limit"}
	}
	return track.Value(n), nil
}

func (r rules) notVolume(s string) *fault {
	shown := r.show(s)
	switch {
	case strings.ContainsFunc(s, isInvisible):
		return r.invisible(s)
	case isSheetError(s):
		return sheetError(shown)
	case isFormulaText(s):
		return r.formula(s)
	case isNullWord(s):
		return &fault{shown + " is not a volume", "leave it out to keep the track's volume" + orDatabase(s)}
	case scientific.MatchString(s):
		return &fault{shown + " is not a plain number", "format the column as a number and export again"}
	case decimal.MatchString(strings.TrimSuffix(s, "%")):
		return &fault{shown + " is not a whole number", "write whole percents, for example 55"}
	case len(s) > 1 && s[0] == '-' && s[1] >= '0' && s[1] <= '9':
		return &fault{shown + " is negative", "a volume is 0 or more"}
	}
	return &fault{shown + " is not a volume", "write whole percents, for example 55"}
}

// name accepts a name as it is.
func (r rules) name(text string) (track.Field[string], *fault) {
	var none track.Field[string]
	switch {
	case len(text) > maxCell:
		return none, r.tooLong("name", text)
	case r.expecting:
		return track.Value(text), nil
	case text == "":
		return none, nil
	case strings.TrimLeftFunc(text, isUnseen) == "":
		return none, &fault{"the name is blank", "leave it out to keep the track's name"}
	}
	if strings.TrimSpace(text) == databaseNull {
		return none, &fault{"the name is " + r.show(text) + ", which databases write for no value", databaseNullHint}
	}
	for _, c := range text {
		if isControl(c) {
			return none, &fault{fmt.Sprintf("the name %s contains the control character %U", r.show(text), c), "remove it"}
		}
	}
	return track.Value(text), nil
}

// isControl is true for control characters other than tabs and line breaks.
func isControl(c rune) bool {
	return c < ' ' && c != '\t' && c != '\n' && c != '\r' || c >= 0x7f && c <= 0x9f
}

// project reads a project's id or the literal null.
func (r rules) project(text string) (track.Field[track.ID], *fault) {
	var none track.Field[track.ID]
	if text == "null" {
		return track.Null[track.ID](), nil
	}
	if n, ok := plainNumber(text); ok {
		return track.Value(n), nil
	}
	s := trimUnseen(text)
	switch {
	case s == "":
		return none, r.empty(fProject)
	case isNullWord(s):
		return none, &fault{r.show(text) + " is not a project", r.nullHint() + orDatabase(s)}
	}
	n, bad := r.number(text, "a project's id")
	if bad != nil {
		if strings.Trim(s, "0") == "" {
			bad.hint = r.nullHint()
		}
		return none, bad
	}
	return track.Value(n), nil
}

const detachHint = "write null, exactly so, to detach the track from its project, or leave it out to keep the project"

const noProjectHint = "write null, exactly so, for a track that belongs to no project, or leave it out to accept any"

// nullHint says how to write that there is no project.
func (r rules) nullHint() string {
	if r.expecting {
		return noProjectHint
	}
	return detachHint
}

func (r rules) tooLong(what, text string) *fault {
	return &fault{fmt.Sprintf("the %s of %d bytes is too long", what, len(text)),
		fmt.Sprintf("at most %d are allowed", maxCell)}
}

// dropZeroDecimals turns 17.0, which spreadsheets write, into 17. It drops one zero
// only: 17.000 may be seventeen thousand.
func dropZeroDecimals(s string) string { return strings.TrimSuffix(s, ".0") }

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// shorten cuts digits for a hint.
func shorten(digits string) string {
	if len(digits) > 24 {
		return digits[:24] + "…"
	}
	return digits
}
