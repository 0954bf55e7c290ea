package input

import (
	"slices"
	"strings"

	"tracksync/internal/track"
)

// rawRow is a row as a reader found it: the text and the position of each field. The
// text of an absent field is "". The rules turn the texts into values.
type rawRow struct {
	row  track.Row
	text [fieldCount]string
	own  track.Values // the values of the row without those of Options.Set
	// validated marks fields that the reader itself has checked. The rules do not read
	// their text.
	validated [fieldCount]bool
	// at is the position of a field. It is called for few rows.
	at func(field int) track.Position
	// expect are the alternatives of the entry's expectation. Only the values of their
	// row.Update and their problems are used. Fields that they do not have are marked
	// as validated.
	expect []*rawRow
	// likelyIDs are ids that the row may be about if it has no usable id.
	likelyIDs []track.ID
	// warnings are the warnings of the reader. The rules add those about values.
	warnings []warning
	omitted  omitted
	// refusesFile is set when the row makes the file unusable, even if
	// Options.OnInvalid is Skip.
	refusesFile bool
	saysDone    bool // its text in track.ColumnMarks says so
	listing
}

// omitted counts the problems of an entry that are not listed.
type omitted struct {
	count int
	at    track.Position // position of the first of them
	// by has the problems that stand for omitted ones, and for how many.
	by map[track.Problem]int
}

// allFields marks every field.
var allFields = [fieldCount]bool{true, true, true, true, true}

// unreadable is a row of which only its start and its problem are known.
func unreadable(began track.Position, problem track.Problem) *rawRow {
	raw := &rawRow{validated: allFields}
	raw.notRepresentable = true
	raw.at = func(int) track.Position { return began }
	raw.row.Position = began
	raw.row.Problems = []track.Problem{problem}
	return raw
}

// finishRow applies the rules to a row and emits it.
func (p *pass) finishRow(raw *rawRow) error {
	p.m.rules.validate(raw)
	raw.own = raw.row.Update.Values
	if p.isDone(raw) {
		p.m.fill(raw)
		return p.skipDone(raw)
	}
	for _, x := range raw.expect {
		p.m.rules.expectations().validate(x)
		raw.row.Expect = append(raw.row.Expect, x.row.Update.Values)
		raw.row.Problems = append(raw.row.Problems, x.row.Problems...)
		raw.notRepresentable = raw.notRepresentable || len(x.row.Problems) > 0
		raw.addOmitted(x.omitted)
	}
	raw.addOmitted(raw.omitted)
	p.addWarnings(raw)
	slices.SortStableFunc(raw.row.Problems, func(a, b track.Problem) int { return a.Position.Compare(b.Position) })
	if p.check {
		p.findSmells(raw)
	}
	p.m.fill(raw)
	if p.check {
		if err := p.refuseSecret(raw); err != nil {
			return err
		}
	}
	return p.emit(raw)
}

// addOmitted adds a problem that says how many problems of a part of the entry were
// omitted.
func (raw *rawRow) addOmitted(part omitted) {
	if part.count == 0 {
		return
	}
	p := track.Problem{Position: part.at, Message: "and " + plural(part.count, "more problem") + " in this entry"}
	raw.row.Problems = append(raw.row.Problems, p)
	if raw.omitted.by == nil {
		raw.omitted.by = make(map[track.Problem]int)
	}
	raw.omitted.by[p] = part.count
}

// validate turns the texts of a row into values or problems.
func (r rules) validate(raw *rawRow) {
	if isMarked(raw.text[fID]) && raw.reason != "" {
		raw.mayBeAbout(raw.text[fID])
		raw.markedInvalid()
		return
	}
	u := &raw.row.Update
	var faults [fieldCount]*fault
	if !raw.validated[fID] {
		u.ID, faults[fID] = r.id(raw.text[fID])
	}
	if !raw.validated[fName] {
		u.Name, faults[fName] = r.name(raw.text[fName])
	}
	if !raw.validated[fVolume] {
		u.Volume, faults[fVolume] = r.volume(raw.text[fVolume])
	}
	if !raw.validated[fProject] {
		u.Project, faults[fProject] = r.project(raw.text[fProject])
	}
	if !raw.validated[fMedia] {
		u.Media, faults[fMedia] = r.media(raw.text[fMedia])
	}
	if faults[fID] != nil {
		raw.mayBeAbout(raw.text[fID])
	}
	for f, bad := range faults {
		if bad != nil {
			raw.row.Problems = append(raw.row.Problems, track.Problem{
				Position: raw.at(f), Field: fieldNames[f], Message: bad.message, Hint: bad.hint,
			})
		}
	}
}

// fault is what is wrong with the text of a field; nil if nothing is.
func (r rules) fault(field int, text string) (bad *fault) {
	switch field {
	case fID:
		_, bad = r.id(text)
	case fName:
		_, bad = r.name(text)
	case fVolume:
		_, bad = r.volume(text)
	case fProject:
		_, bad = r.project(text)
	case fMedia:
		_, bad = r.media(text)
	}
	return bad
}

const secretHint = "remove it, and treat it as known to everyone who has the file; the rest of the file was not checked"

// isSecret reports whether a text contains the API key.
func (p *pass) isSecret(text string) bool {
	secret := p.m.opts.Secret
	return len(secret) >= minSecret && strings.Contains(text, secret)
}

// refuseSecret searches the values for the API key. The type text has searched the
// file already, but escapes and doubled quotation marks can hide the key there.
func (p *pass) refuseSecret(raw *rawRow) error {
	if len(p.m.opts.Secret) < minSecret {
		return nil
	}
	for f, text := range raw.text {
		if p.isSecret(text) {
			return &fileError{track.Problem{
				Position: raw.at(f), Field: fieldNames[f], Message: "the API key is here",
				Hint: secretHint,
			}}
		}
	}
	for _, x := range raw.expect {
		if err := p.refuseSecret(x); err != nil {
			return err
		}
	}
	return nil
}
