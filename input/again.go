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
// the options that let unknown ones pass. kept are the columns that come back.
func (p *pass) again(names []string, columns []int) (again []string, kept []int) {
	for i, name := range names {
		switch holds := columns[i]; {
		case isErrorColumn(name, holds):
			continue
		case holds == ignored, holds == nameless && p.m.opts.IgnoreUnknown:
			name = p.ignorable(name)
		}
		again, kept = append(again, name), append(kept, i)
	}
	return again, kept
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

// describe says how the table was written that the one source is.
func (t *table) describe() *track.Table {
	again, kept := t.p.again(t.names, t.columns)
	t.kept = kept
	d := &track.Table{
		Columns: again, Error: t.p.ignorable(track.ColumnError),
		Delimiter: t.csv.Comma, LineEnd: "\n", BOM: t.p.src.bom, Sep: t.sep,
	}
	if bytes.HasSuffix(t.raw, crlf) {
		d.LineEnd = "\r\n"
	}
	d.Sep = d.Sep || !t.p.finds(d)
	return d
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

// giveCells gives d the cells of a record, as the list of rows to run again has
// them.
func (t *table) giveCells(d *draft, all []string) {
	if t.p.alone() {
		d.row.Cells, d.idCell = t.ownCells(all), slices.Index(t.kept, t.where[fID])
		return
	}
	for field, column := range t.where {
		if column >= 0 && column < len(all) {
			d.cells[field] = all[column]
		}
	}
}

// ownCells are the cells of a record in the columns that come back, filled up to
// all of them. Cells that have no column stand behind them.
func (t *table) ownCells(all []string) []string {
	cells := make([]string, len(t.kept), len(t.kept)+max(0, len(all)-len(t.columns)))
	for i, column := range t.kept {
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
func (d *draft) markedInvalid() {
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
