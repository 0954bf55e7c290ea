package input

import (
	"fmt"
	"iter"
	"strings"
	"unicode/utf8"

	"tracksync/internal/track"
)

// warningKind is a kind of thing that is valid but likely to be a mistake.
type warningKind int

const (
	askedFor warningKind = iota // not a mistake: something that is ignored at the user's request
	swallowedRows
	blankEnd
	invisibleName
	doubleDecoding
	roundedID
	nullName
	formulaError
	lostCharacters
	userInURL
	fractions
	uselessFlag
	hiddenParts // what is hidden in a sheet and read too; said, and never an error
	doneBefore  // rows of a marked workbook that are left out; said, and never an error
	urlName
	lostLetters
	programText
	countedIDs
	sameVolumes
	filledColumn
	shiftedColumn
	caseOfNames
	warningKinds // the number of kinds
)

// moreOf describes several warnings of a kind.
var moreOf = [warningKinds]string{
	askedFor:       "columns or keys that are ignored",
	swallowedRows:  "cells that seem to contain rows of the table",
	blankEnd:       "values that begin or end with a blank or an invisible character",
	invisibleName:  "names that contain invisible characters",
	doubleDecoding: "names that seem to have been decoded twice",
	roundedID:      "ids with zeros after the 15th digit",
	nullName:       "names that programs write for no value",
	formulaError:   "names that are formulas, or what a spreadsheet writes for a broken one",
	lostCharacters: "names that contain U+FFFD",
	userInURL:      "media URLs that contain a user name",
	fractions:      "manifests whose volumes look like fractions",
	uselessFlag:    "manifests on which a flag has no effect",
	hiddenParts:    "hidden rows and columns",
	doneBefore:     "sheets with rows that are done",
	urlName:        "names that are URLs",
	lostLetters:    "names with question marks in place of letters",
	programText:    "names that a program wrote for something that is no text",
	countedIDs:     "manifests whose ids are numbers of rows",
	sameVolumes:    "manifests whose volumes are all the same",
	filledColumn:   "columns that count up from row to row",
	shiftedColumn:  "columns with the values of another",
	caseOfNames:    "names that differ from another only in case",
}

// maybeMeant reports whether Options.Strict leaves a warning what it is; see smells.
func (k warningKind) maybeMeant() bool { return k == sameVolumes || k == caseOfNames }

// warning is a warning about one value.
type warning struct {
	kind          warningKind
	field         int             // the value's field; less than 0 for a column that holds none
	at            *track.Position // nil: the position of the field
	message, hint string
}

// warnings are the warnings about the values of a row.
func (r rules) warnings(u track.Update) []warning {
	var list []warning
	add := func(kind warningKind, field int, message, hint string) {
		list = append(list, warning{kind: kind, field: field, message: message, hint: hint})
	}
	if isRounded(u.ID) {
		add(roundedID, fID, fmt.Sprintf("id %d has nothing but zeros after its 15th digit", u.ID), lostDigitsHint)
	}
	if id, ok := u.Project.Get(); ok && isRounded(id) {
		add(roundedID, fProject, fmt.Sprintf("project %d has nothing but zeros after its 15th digit", id), lostDigitsHint)
	}
	if name, ok := u.Name.Get(); ok {
		r.nameWarnings(name, add)
	}
	if media, ok := u.Media.Get(); ok {
		if where := describeBlankEnds(media); where != "" {
			add(blankEnd, fMedia, "the media URL "+where, "remove it if it is a mistake")
		}
		if namesUser(media) {
			add(userInURL, fMedia, "the media URL contains a user name, which will appear in the reports of the run", "")
		}
	}
	return list
}

const lostDigitsHint = "a spreadsheet keeps 15 digits and may have lost the others: compare it, and keep ids as text"

func (r rules) nameWarnings(name string, add func(kind warningKind, field int, message, hint string)) {
	trimmed := strings.TrimSpace(name)
	if where := describeBlankEnds(name); where != "" {
		add(blankEnd, fName, "the name "+where, "remove it if it is a mistake: names are sent as they are")
	}
	if isURLLike(trimmed) {
		add(urlName, fName, "the name is a URL: "+r.show(trimmed),
			"look whether the columns are shifted: media_url holds the URL of a track's audio")
	}
	r.exportWarnings(trimmed, add)
	if isNullWord(trimmed) {
		add(nullName, fName, "the name is "+r.show(name)+", which programs write for no value",
			"leave it out to keep the track's name")
	}
	if isFormulaText(trimmed) {
		add(formulaError, fName, "the name is a formula: "+r.show(trimmed),
			"write only the text if that is what you mean: names are sent as they are")
	}
	if isSheetError(trimmed) {
		add(formulaError, fName, "the name is what a spreadsheet writes for a broken formula", "")
	}
	if isASCII(name) {
		return
	}
	if c, found := invisibleIn(name); found {
		add(invisibleName, fName, fmt.Sprintf("the name %s contains the invisible character %U", r.show(name), c),
			"remove it if it is a mistake: names are sent as they are")
	}
	if strings.ContainsRune(name, utf8.RuneError) {
		add(lostCharacters, fName, "the name contains U+FFFD: characters were lost before this file was written", "")
	}
	if before, yes := doubleDecoded(name); yes {
		add(doubleDecoding, fName, "the name "+r.show(name)+" seems to have been decoded twice: was it "+r.show(before)+"?",
			"export it again as UTF-8")
	}
}

// isRounded reports whether an id may have lost its last digits in a spreadsheet, which
// stores numbers in double precision.
func isRounded(id track.ID) bool {
	const exact = 15
	if id < 1e15 {
		return false
	}
	digits := id.String()
	return len(digits) > exact && strings.Trim(digits[exact:], "0") == ""
}

// describeBlankEnds says what is out of place at the ends of a text, or returns "".
func describeBlankEnds(text string) string {
	first, last := blankEnds(text)
	switch {
	case first >= 0 && last >= 0:
		return "begins with " + describeBlank(first) + " and ends with " + describeBlank(last)
	case first >= 0:
		return "begins with " + describeBlank(first)
	case last >= 0:
		return "ends with " + describeBlank(last)
	}
	return ""
}

func describeBlank(r rune) string {
	switch {
	case r == ' ':
		return "a blank"
	case r == '\t':
		return "a tab"
	case r == '\n', r == '\r':
		return "a line break"
	case isInvisible(r):
		return fmt.Sprintf("the invisible character %U", r)
	}
	return fmt.Sprintf("the blank %U", r)
}

// addWarnings collects the warnings about a row. With Options.Strict they become
// problems of the row.
func (p *pass) addWarnings(raw *rawRow) {
	strict := p.m.opts.Strict
	if !p.check && !strict {
		return
	}
	for _, w := range append(raw.warnings, p.m.rules.warnings(raw.row.Update)...) {
		problem := track.Problem{Message: w.message, Hint: w.hint}
		if w.field >= 0 {
			problem.Field = fieldNames[w.field]
		}
		if w.at != nil {
			problem.Position = *w.at
		} else {
			problem.Position = raw.at(w.field)
		}
		if !strict {
			p.m.warnings.add(w.kind, problem)
			continue
		}
		raw.row.Problems = append(raw.row.Problems, problem)
		// A list of rows to run again has one more column: a cell that looks like a row
		// of this table need not look like one there.
		raw.notRepresentable = raw.notRepresentable || w.kind == swallowedRows
	}
}

// warn adds a warning about a whole file. With Options.Strict it becomes a problem.
func (c *checker) warn(src *source, kind warningKind, problem track.Problem) {
	if c.m.opts.Strict && !kind.maybeMeant() {
		src.found.refused = true
		c.refuseWhole(src.index, problem)
		return
	}
	c.m.warnings.add(kind, problem)
}

// findSwallowed warns about rows inside the cells of a record. When a quotation mark is
// missing or one too many, all rows up to the next mark become part of a cell.
func (t *table) findSwallowed(raw *rawRow) {
	least := len(t.columns)
	if t.errorColumn >= 0 {
		least-- // a list of rows to run again has one more column than the rows had
	}
	if !t.p.check && !t.p.m.opts.Strict || least < 2 || t.where[fID] < 0 {
		return
	}
	lines := t.record.linesWithin()
	if lines == nil {
		return
	}
	found, first := t.rowsIn(lines, least)
	if found == 0 {
		return
	}
	place := t.at(first)
	raw.warnings = append(raw.warnings, warning{
		kind: swallowedRows, field: t.columns[first], at: &place,
		message: "this cell seems to contain " + plural(found, "row") + " of the table",
		hint:    "look for a quotation mark that is missing or one too many",
	})
}

// rowsIn counts the lines that look like rows, and returns the column of the first.
func (t *table) rowsIn(lines iter.Seq2[int, []string], least int) (found, first int) {
	for column, cells := range lines {
		if t.looksLikeRow(cells, least) {
			if found++; found == 1 {
				first = column
			}
		}
	}
	return found, first
}

// looksLikeRow reports whether a line has as many cells as a row, and an id.
func (t *table) looksLikeRow(cells []string, least int) bool {
	return len(cells) >= least && t.where[fID] < len(cells) && allDigits(strings.Trim(cells[t.where[fID]], "\" \r\n"))
}

// volumes counts kinds of volumes of a manifest.
type volumes struct {
	rows  int            // rows with a valid volume or a fraction
	ones  int            // volumes that are 1
	above int            // volumes that are more than 1 or written with a percent sign
	first track.Position // position of the first 1
}

// add counts the volume of a row.
func (v *volumes) add(raw *rawRow) {
	text := strings.TrimSpace(raw.text[fVolume])
	if text == "" {
		return
	}
	n, valid := raw.row.Update.Volume.Get()
	switch {
	case strings.HasSuffix(text, "%"), valid && n > 1:
		v.above++
	case valid && n == 1:
		if v.ones++; v.ones == 1 {
			v.first = raw.at(fVolume)
		}
	case !valid && !isFraction(text):
		return
	}
	v.rows++
}

// isFraction is true for 0.55.
func isFraction(text string) bool {
	return decimal.MatchString(text) && strings.Trim(text[:strings.IndexAny(text, ".,")], "0") == ""
}

// problem reports volumes that are all from 0 to 1: probably fractions were written
// instead of percents.
func (v *volumes) problem() (track.Problem, bool) {
	return track.Problem{
		Position: v.first, Field: track.FieldVolume,
		Message: "no volume is more than 1: these look like fractions, and 1 is read as 1 percent",
		Hint:    "write percents, for example 100 for 1",
	}, v.above == 0 && v.ones > 0 && v.rows > 1
}

// warningList stores the first warnings of each kind and counts all.
type warningList struct {
	stored []storedWarning
	count  [warningKinds]int
}

type storedWarning struct {
	track.Problem
	kind warningKind
}

func (w *warningList) add(kind warningKind, p track.Problem) {
	if w.count[kind]++; w.count[kind] <= maxOfKind+1 {
		w.stored = append(w.stored, storedWarning{p, kind})
	}
}

// list returns the first warnings of each kind in order, and how many more there are.
// One warning alone is never cut off.
func (w *warningList) list() (list, more []track.Problem, total int) {
	var listed [warningKinds]int
	last := track.Position{}
	for _, s := range w.stored {
		if listed[s.kind]++; listed[s.kind] <= maxOfKind || w.count[s.kind] == maxOfKind+1 {
			list = append(list, s.Problem)
			last.File = s.Position.File
		}
	}
	for kind, n := range w.count {
		total += n
		if rest := n - maxOfKind; rest > 1 {
			more = append(more, track.Problem{Position: last, Message: fmt.Sprintf("and %d more %s", rest, moreOf[kind])})
		}
	}
	return list, more, total
}
