package input

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// What this file knows is the list of rows to run again (failed.csv): how the
// table was written that it is made of, and how a row is read there that was
// invalid before.

// isErrorColumn is true for the column in which such a list says why its rows
// are in it. It is not a part of the rows.
func isErrorColumn(name string, holds int) bool {
	return holds == ignored && normalizeHeader(strings.TrimLeft(strings.TrimSpace(name), "#")) == "error"
}

// again names the columns of a table so that they are read as they were without
// the options that let unknown ones pass. listed are the columns that come back.
func (p *pass) again(names []string, columns []int) (again []string, listed []int) {
	for i, name := range names {
		switch holds := columns[i]; {
		case isErrorColumn(name, holds):
			continue
		case holds == ignored, holds == nameless && p.m.opts.IgnoreUnknown:
			name = p.ignorable(name)
		}
		again, listed = append(again, name), append(listed, i)
	}
	return again, listed
}

// ignorable makes a name that is always ignored, which no option takes for a field.
func (p *pass) ignorable(name string) string {
	if !strings.HasPrefix(strings.TrimSpace(name), "#") {
		name = "#" + name
	}
	taken := func(column string) bool { return normalizeHeader(column) == normalizeHeader(name) }
	for slices.ContainsFunc(mapValues(p.m.opts.Columns), taken) {
		name = "#" + name
	}
	return name
}

func mapValues(columns map[string]string) []string {
	var list []string
	for _, f := range fieldNames {
		if c, mapped := columns[f]; mapped {
			list = append(list, c)
		}
	}
	return list
}

// style says how the table is written, for a list that is written alike.
func (t *table) style() *track.Table {
	style := t.reader.style()
	style.Columns, t.listed = t.p.again(t.names, t.columns)
	style.Error, style.BOM = t.p.ignorable(track.ColumnError), t.p.src.shape.bom
	style.Sep = style.Sep || !t.p.finds(&style)
	return &style
}

// finds reports whether the delimiter of a table is found from its header.
func (p *pass) finds(d *track.Table) bool {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = d.Delimiter
	if err := w.Write(append(slices.Clone(d.Columns), d.Error)); err != nil {
		return false
	}
	w.Flush()
	return p.findDelimiter(b.String()) == d.Delimiter
}

// alone reports whether the source is all there is: a list of rows to run again
// then has its columns.
func (p *pass) alone() bool { return len(p.m.sources) == 1 }

// listing is what a rawRow knows of how it stands in a list of rows to run again.
type listing struct {
	// table is the one whose current record the row is; nil for an entry.
	table *table
	// substitutes stand for fields whose text no table can hold: something that is
	// no value either.
	substitutes [fieldCount]string
	// notRepresentable is set when something is wrong that the cells cannot show.
	notRepresentable bool
	// reason is why a row was invalid that track.Mark stands behind the id of.
	reason string
}

// cells renders a row for the list of rows to run again: in the columns of the
// table that is all there is, or else in those of track.Columns. The list is read
// as a table again, so a row that is invalid here must not become valid there, nor
// invalid for another reason: what the cells cannot show is said by a mark behind
// the id.
func (d *rawRow) cells() (cells []string, marked bool) {
	id := fID
	if d.table != nil && d.table.p.alone() {
		cells, id = d.table.ownCells(), slices.Index(d.table.listed, d.table.where[fID])
	} else {
		cells = make([]string, fieldCount)
		for f := range cells {
			cells[f] = orElse(d.substitutes[f], d.text[f])
		}
	}
	marked = d.notRepresentable || isMarked(cells[id])
	if marked && !isMarked(cells[id]) {
		cells[id] += track.Mark
	}
	return cells, marked
}

// ownCells are the cells of the current record in the columns that come back,
// filled up to all of them. Cells that have no column stand behind them.
func (t *table) ownCells() []string {
	all := t.record.cells
	cells := make([]string, len(t.listed), len(t.listed)+max(0, len(all)-len(t.columns)))
	for i, column := range t.listed {
		if column < len(all) {
			cells[i] = all[column]
		}
	}
	if len(all) > len(t.columns) {
		cells = append(cells, all[len(t.columns):]...)
	}
	return cells
}

// isMarked reports whether an id says that its row was invalid.
func isMarked(id string) bool { return strings.HasSuffix(strings.TrimSpace(id), track.Mark) }

// markedInvalid makes the one problem of a row that was invalid before, for the
// reason that it was.
func (d *rawRow) markedInvalid() {
	d.row.Problems = append(d.row.Problems, track.Problem{
		Position: d.at(fID), Field: fieldNames[fID], Message: d.reason, Hint: track.MarkHint,
	})
}

// maxReason is how many characters of a reason are read.
const maxReason = 300

// readReason is why a row was invalid, as the column of errors says it.
func readReason(cell string) string {
	reason := strings.TrimSpace(cell)
	reason = strings.TrimPrefix(reason, "invalid_row: ")
	reason = strings.TrimSpace(strings.TrimSuffix(reason, "("+track.MarkHint+")"))
	reason = safe.Line(reason)
	if r := []rune(reason); len(r) > maxReason {
		return string(r[:maxReason])
	}
	return reason
}
