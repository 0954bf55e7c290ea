package input

import (
	"slices"
	"strings"

	"tracksync/internal/track"
)

// rawRow is a row as its reader found it: text for each field, "" for one that
// is absent, and where each stands. The rules make values of the texts.
type rawRow struct {
	row  track.Row
	text [fieldCount]string
	// validated marks fields that the reader has judged itself: their text is
	// not read.
	validated [fieldCount]bool
	// at says where a field stands. It is called for few rows.
	at func(field int) track.Position
	// expect are the alternatives of what the track must look like, where that is
	// said: raw rows of which the values of row.Update and the problems are of
	// interest. Fields that they do not have are validated.
	expect []*rawRow
	// likelyIDs are ids that an invalid row without a usable one may be about.
	likelyIDs []track.ID
	// warnings is what its reader has found, beside those about its values.
	warnings []warning
	omitted  omitted
	// refusesFile is set when the file cannot be used because of the row, also with
	// Options.OnInvalid Skip.
	refusesFile bool
	listing
}

// omitted counts the problems of an entry beyond the most that are kept.
type omitted struct {
	count int
	at    track.Position // of the first of them
	// by are the problems of a row that say how many those are.
	by map[track.Problem]int
}

// allFields marks every field.
var allFields = [fieldCount]bool{true, true, true, true, true}

// unreadable is a row of which nothing is known but where it begins and why.
func unreadable(began track.Position, problem track.Problem) *rawRow {
	raw := &rawRow{validated: allFields}
	raw.notRepresentable = true
	raw.at = func(int) track.Position { return began }
	raw.row.Position = began
	raw.row.Problems = []track.Problem{problem}
	return raw
}

// finishRow applies the rules to d and hands it on as a row.
func (p *pass) finishRow(raw *rawRow) error {
	p.m.rules.validate(raw)
	for _, x := range raw.expect {
		p.m.rules.expectations().validate(x)
		raw.row.Expect = append(raw.row.Expect, x.row.Update.Values)
		raw.row.Problems = append(raw.row.Problems, x.row.Problems...)
		raw.notRepresentable = raw.notRepresentable || len(x.row.Problems) > 0
		raw.tellOmitted(x.omitted)
	}
	raw.tellOmitted(raw.omitted)
	p.smell(raw)
	slices.SortStableFunc(raw.row.Problems, func(a, b track.Problem) int { return a.Position.Compare(b.Position) })
	if p.check {
		p.src.found.volumes.add(raw)
		if err := p.refuseSecret(raw); err != nil {
			return err
		}
	}
	return p.emit(raw)
}

// tellOmitted adds a problem that says how many more there are in a part of the
// entry.
func (raw *rawRow) tellOmitted(part omitted) {
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

// validate makes values of the texts of d, or problems.
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

// fault is what is wrong with the text of a field; nil when nothing is.
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

// refuseSecret looks for the API key in values whose writing hid it from
// text: escapes, doubled quotes.
func (p *pass) refuseSecret(raw *rawRow) error {
	if len(p.m.opts.Secret) < minSecret {
		return nil
	}
	for f, text := range raw.text {
		if strings.Contains(text, p.m.opts.Secret) {
			return &fileError{track.Problem{
				Position: raw.at(f), Field: fieldNames[f], Message: "the API key is here",
				Hint: "remove it, and treat it as known to everyone who has the file; the rest of the file was not checked",
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
