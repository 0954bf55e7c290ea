package input

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// This file is about failed.csv, the list of rows to run again: how a row is rendered
// for it, and how a row that was invalid before is read from it.

// isErrorColumn reports whether a column is the one in which such a list says why each
// row is listed. The column is not part of the row.
func isErrorColumn(name string, holds int) bool {
	return holds == ignored && normalizeHeader(strings.TrimLeft(strings.TrimSpace(name), "#")) == "error"
}

// listedColumns are the columns that a table's rows have in a list of rows to run
// again. Ignored columns are renamed, so that the list can be read without the option
// that ignores unknown columns. listed are the columns' indexes in the table.
func (p *pass) listedColumns(names []string, columns []int) (renamed []string, listed []int) {
	for i, name := range names {
		switch holds := columns[i]; {
		case isErrorColumn(name, holds):
			continue
		case holds == ignored, holds == nameless && p.m.opts.IgnoreUnknown:
			name = p.ignorable(name)
		}
		renamed, listed = append(renamed, name), append(listed, i)
	}
	return renamed, listed
}

// ignorable turns a name into one that is always ignored and that Options.Columns does
// not use.
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

// style is how the table is written. A list of its rows is written the same way.
func (t *table) style() *track.Table {
	style := t.reader.style()
	style.Columns, t.listed = t.p.listedColumns(t.names, t.columns)
	for field, column := range t.where {
		if column < 0 && t.p.m.sets(field) {
			style.Columns, t.listed = append(style.Columns, fieldNames[field]), append(t.listed, addedColumn-field)
		}
	}
	encoding := t.p.src.shape.Encoding
	style.UTF16 = encoding == utf16LEName || encoding == utf16BEName
	style.BOM = style.BOM || t.p.src.shape.BOM || encoding != "" && encoding != utf8Name
	style.Error = t.p.ignorable(track.ColumnError)
	style.Sep = style.Sep || !t.p.findsDelimiterOf(&style)
	return &style
}

// findsDelimiterOf reports whether the delimiter of a table would be found from its
// header.
func (p *pass) findsDelimiterOf(d *track.Table) bool {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = d.Delimiter
	if err := w.Write(append(slices.Clone(d.Columns), d.Error)); err != nil {
		return false
	}
	w.Flush()
	return p.findDelimiter(b.String()) == d.Delimiter
}

// addedColumn, less a field, stands in table.listed for a column that the table does not
// have: a list of its rows has it for the field of Options.Set.
const addedColumn = -1

// isOnlySource reports whether there is no other source. If so, a list of rows to run
// again has the columns of this one.
func (p *pass) isOnlySource() bool { return len(p.m.sources) == 1 }

// listing is what a rawRow needs to be rendered for a list of rows to run again.
type listing struct {
	// table is the one whose current record the row is; nil for an entry.
	table *table
	// substitutes stand in for invalid values that a table cannot show. They are invalid
	// too.
	substitutes [fieldCount]string
	// notRepresentable is set when the row is invalid for a reason that its cells
	// cannot show.
	notRepresentable bool
	// reason is why the row was invalid before, if track.Mark follows its id.
	reason string
}

// cells renders a row for the list of rows to run again: in the columns of its table
// if that is the only source, otherwise in those of track.Columns. The list is a
// manifest, and an invalid row must be invalid in it for the same reason. If the cells
// cannot show that reason, a mark follows the id.
func (raw *rawRow) cells() (cells []string, marked bool) {
	id := fID
	if raw.table != nil && raw.table.p.isOnlySource() {
		cells, id = raw.table.ownCells(), slices.Index(raw.table.listed, raw.table.where[fID])
	} else {
		cells = make([]string, fieldCount)
		for f := range cells {
			cells[f] = orElse(raw.substitutes[f], raw.text[f])
		}
	}
	marked = raw.notRepresentable || isMarked(cells[id])
	if marked && !isMarked(cells[id]) {
		cells[id] += track.Mark
	}
	return cells, marked
}

// ownCells are the cells of the current record in the listed columns, padded to
// their number. Surplus cells follow.
func (t *table) ownCells() []string {
	all := t.record.cells
	cells := make([]string, len(t.listed), len(t.listed)+max(0, len(all)-len(t.columns)))
	for i, column := range t.listed {
		switch {
		case column < 0:
			cells[i] = t.p.m.filled(addedColumn-column, "")
		case len(all) == len(t.columns):
			cells[i] = t.p.m.filled(t.columns[column], all[column])
		case column < len(all):
			cells[i] = all[column]
		}
	}
	if len(all) > len(t.columns) {
		cells = append(cells, all[len(t.columns):]...)
	}
	return cells
}

// isMarked reports whether track.Mark follows an id.
func isMarked(id string) bool { return strings.HasSuffix(strings.TrimSpace(id), track.Mark) }

// markedInvalid gives a marked row its only problem: the reason why it was invalid
// before.
func (raw *rawRow) markedInvalid() {
	raw.row.Problems = append(raw.row.Problems, track.Problem{
		Position: raw.at(fID), Field: fieldNames[fID], Message: raw.reason, Hint: track.MarkHint,
	})
}

// maxReason is how many characters of a reason are read.
const maxReason = 300

// readReason is the reason in the column of errors.
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
