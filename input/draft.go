package input

import (
	"cmp"
	"slices"
	"strings"

	"tracksync/internal/track"
)

// draft is a row as its reader found it: text for each field, "" for one that
// is absent, and where each stands.
type draft struct {
	row  track.Row
	text [fieldCount]string
	// settled marks fields that the reader has judged itself: their text is
	// not read.
	settled [fieldCount]bool
	// cells is what stands for a field in a list of rows to run again, where
	// that is not its text; see fillCells.
	cells [fieldCount]string
	// lossy is set when something is wrong that the cells cannot show.
	lossy bool
	// reason is why a row was invalid that Mark stands behind the id of.
	reason string
	// idCell is where the id stands in row.Cells, where its reader made them.
	idCell int
	// expect are the alternatives of what the track must look like, where that is
	// said: drafts of which the values of row.Update and the problems are of
	// interest. Fields that they do not have are settled.
	expect []*draft
	// others are ids that an invalid row without a usable one may be about.
	others []track.ID
	// untold are problems beyond the most that are kept of a row, from untoldAt
	// on. more are the problems of row that say how many those are.
	untold   int
	untoldAt track.Position
	more     map[track.Problem]int
	// doubts is what its reader doubts, beside its values.
	doubts []doubt
	// at says where a field stands. It is called for faults alone.
	at func(field int) track.Position
}

// unreadable is a row of which nothing is known but where it begins and why.
func unreadable(began track.Position, problem track.Problem) *draft {
	d := &draft{lossy: true, settled: [fieldCount]bool{true, true, true, true, true}}
	d.at = func(int) track.Position { return began }
	d.row.Position = began
	d.row.Problems = []track.Problem{problem}
	return d
}

// finish applies the rules to d and makes a row of it.
func (p *pass) finish(d *draft) error {
	p.m.rules.judge(d)
	for _, x := range d.expect {
		p.m.rules.expectations().judge(x)
		d.row.Expect = append(d.row.Expect, x.row.Update.Values)
		d.row.Problems = append(d.row.Problems, x.row.Problems...)
		d.lossy = d.lossy || len(x.row.Problems) > 0
		d.countUntold(x)
	}
	d.countUntold(d)
	p.smell(d)
	slices.SortStableFunc(d.row.Problems, func(a, b track.Problem) int {
		return cmp.Or(cmp.Compare(a.Position.Line, b.Position.Line), cmp.Compare(a.Position.Column, b.Position.Column))
	})
	if p.check {
		p.src.volumes.add(d)
		if err := p.refuseSecret(d); err != nil {
			return err
		}
	}
	d.fillCells(p.cells)
	return p.emit(d)
}

// countUntold adds to the problems how many more there are in part.
func (d *draft) countUntold(part *draft) {
	if part.untold == 0 {
		return
	}
	p := track.Problem{Position: part.untoldAt, Message: "and " + plural(part.untold, "more problem") + " in this entry"}
	d.row.Problems = append(d.row.Problems, p)
	if d.more == nil {
		d.more = make(map[track.Problem]int)
	}
	d.more[p] = part.untold
}

// judge makes values of the texts of d, or problems.
func (r rules) judge(d *draft) {
	if isMarked(d.text[fID]) && d.reason != "" {
		d.mayBe(d.text[fID])
		d.markedInvalid()
		return
	}
	u := &d.row.Update
	var faults [fieldCount]*fault
	if !d.settled[fID] {
		u.ID, faults[fID] = r.id(d.text[fID])
	}
	if !d.settled[fName] {
		u.Name, faults[fName] = r.name(d.text[fName])
	}
	if !d.settled[fVolume] {
		u.Volume, faults[fVolume] = r.volume(d.text[fVolume])
	}
	if !d.settled[fProject] {
		u.Project, faults[fProject] = r.project(d.text[fProject])
	}
	if !d.settled[fMedia] {
		u.Media, faults[fMedia] = r.media(d.text[fMedia])
	}
	if faults[fID] != nil {
		d.mayBe(d.text[fID])
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
func (p *pass) refuseSecret(d *draft) error {
	if len(p.m.opts.Secret) < minSecret {
		return nil
	}
	for _, d := range append([]*draft{d}, d.expect...) {
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

// fillCells makes Row.Cells in the columns of track.Columns, unless the
// reader has made them in its own. The list is read as a table again, so a
// row that is invalid here must not become valid there, nor invalid for another
// reason: what a table cannot show is said by a mark behind the id. Values that a
// table cannot hold are replaced by something that is no value either.
func (d *draft) fillCells(wanted bool) {
	if !wanted {
		return
	}
	if d.row.Cells == nil {
		d.row.Cells, d.idCell = make([]string, fieldCount), fID
		for f := range d.row.Cells {
			d.row.Cells[f] = orElse(d.cells[f], d.text[f])
		}
	}
	if d.lossy || isMarked(d.row.Cells[d.idCell]) {
		d.markCells()
	}
}

// markCells makes a row of its cells invalid whatever else they say.
func (d *draft) markCells() {
	d.row.Marked = true
	if id := &d.row.Cells[d.idCell]; !isMarked(*id) {
		*id += track.Mark
	}
}
