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
	d := &rawRow{validated: allFields}
	d.notRepresentable = true
	d.at = func(int) track.Position { return began }
	d.row.Position = began
	d.row.Problems = []track.Problem{problem}
	return d
}

// finish applies the rules to d and hands it on as a row.
func (p *pass) finish(d *rawRow) error {
	p.m.rules.judge(d)
	for _, x := range d.expect {
		p.m.rules.expectations().judge(x)
		d.row.Expect = append(d.row.Expect, x.row.Update.Values)
		d.row.Problems = append(d.row.Problems, x.row.Problems...)
		d.notRepresentable = d.notRepresentable || len(x.row.Problems) > 0
		d.tellOmitted(x.omitted)
	}
	d.tellOmitted(d.omitted)
	p.smell(d)
	slices.SortStableFunc(d.row.Problems, func(a, b track.Problem) int { return a.Position.Compare(b.Position) })
	if p.check {
		p.src.found.volumes.add(d)
		if err := p.refuseSecret(d); err != nil {
			return err
		}
	}
	return p.emit(d)
}

// tellOmitted adds a problem that says how many more there are in a part of the
// entry.
func (d *rawRow) tellOmitted(part omitted) {
	if part.count == 0 {
		return
	}
	p := track.Problem{Position: part.at, Message: "and " + plural(part.count, "more problem") + " in this entry"}
	d.row.Problems = append(d.row.Problems, p)
	if d.omitted.by == nil {
		d.omitted.by = make(map[track.Problem]int)
	}
	d.omitted.by[p] = part.count
}

// judge makes values of the texts of d, or problems.
func (r rules) judge(d *rawRow) {
	if isMarked(d.text[fID]) && d.reason != "" {
		d.mayBeAbout(d.text[fID])
		d.markedInvalid()
		return
	}
	u := &d.row.Update
	var faults [fieldCount]*fault
	if !d.validated[fID] {
		u.ID, faults[fID] = r.id(d.text[fID])
	}
	if !d.validated[fName] {
		u.Name, faults[fName] = r.name(d.text[fName])
	}
	if !d.validated[fVolume] {
		u.Volume, faults[fVolume] = r.volume(d.text[fVolume])
	}
	if !d.validated[fProject] {
		u.Project, faults[fProject] = r.project(d.text[fProject])
	}
	if !d.validated[fMedia] {
		u.Media, faults[fMedia] = r.media(d.text[fMedia])
	}
	if faults[fID] != nil {
		d.mayBeAbout(d.text[fID])
	}
	for f, bad := range faults {
		if bad != nil {
			d.row.Problems = append(d.row.Problems, track.Problem{
				Position: d.at(f), Field: fieldNames[f], Message: bad.message, Hint: bad.hint,
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
func (p *pass) refuseSecret(d *rawRow) error {
	if len(p.m.opts.Secret) < minSecret {
		return nil
	}
	for _, d := range append([]*rawRow{d}, d.expect...) {
		for f, text := range d.text {
			if strings.Contains(text, p.m.opts.Secret) {
				return &fileError{track.Problem{
					Position: d.at(f), Field: fieldNames[f], Message: "the API key stands here",
					Hint: "remove it, and consider it known to whoever has the file; the rest of the file was not checked",
				}}
			}
		}
	}
	return nil
}
