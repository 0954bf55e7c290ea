package page

import (
	"bytes"
	"html/template"
	"slices"
	"strings"

	"tracksync/internal/display"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
)

const (
	maxRows     = 1000    // that are listed
	maxRowBytes = 1400000 // of the list
)

// rows are the rows that need attention.
type rows struct {
	List     template.HTML // the rows of the table
	Listed   string        // how many are listed
	All      string        // how many there are
	Cut      bool          // not all are listed
	None     bool
	Statuses []choice
	Places   []choice // files and sheets
	Fields   []choice
}

// choice is a value by which the list can be filtered.
type choice struct{ Value, Words string }

// row is one line of the list.
type row struct {
	Number int
	Status track.Status
	Words  string
	ID     track.ID
	Place  string // in the manifest
	Sheet  string // of the manifest: the file, and the sheet if there is one
	Field  string
	Cause  int // cause.Number; 0: none
	Asked  []change
	Said   string // by the API, or of the row
	Advice string
}

// change is one field of a row.
type change struct{ Field, From, To string }

// NewList lists the rows whose status want accepts, usually report.NeedsAttention, given the
// causes of failures. Results beyond the first thousand of them are not read.
func NewList(failures []report.Failure, results report.Results, want func(track.Status) bool) (*List, error) {
	tmpl, err := parse()
	if err != nil {
		return nil, err
	}
	l := &List{tmpl: tmpl, want: want, causes: map[report.Cause]int{}}
	for i, f := range failures {
		l.causes[report.Cause{Code: f.Code, Cause: f.Cause, Field: f.Field}] = i + 1
	}
	for r, err := range results(want) {
		if err != nil {
			return nil, err
		}
		if l.isFull() {
			break
		}
		if err := l.add(r); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// List is the list of rows that need attention, as the page shows it. Make it with NewList,
// before Write, which may be called when the results can no longer be read.
type List struct {
	tmpl     *template.Template
	want     func(track.Status) bool
	causes   map[report.Cause]int
	out      bytes.Buffer
	listed   int
	statuses []string
	places   []string
	fields   []string
}

func (l *List) isFull() bool { return l.listed == maxRows || l.out.Len() > maxRowBytes }

// count is how many rows there are to list.
func (l *List) count(s report.Summary) (n int) {
	for status, rows := range s.Totals {
		if l == nil && report.NeedsAttention(status) || l != nil && l.want(status) {
			n += rows
		}
	}
	return n
}

func (l *List) add(r track.Result) error {
	l.listed++
	row := l.row(r)
	for _, c := range []struct {
		list  *[]string
		value string
	}{{&l.statuses, string(row.Status)}, {&l.places, row.Sheet}, {&l.fields, row.Field}} {
		if c.value != "" && !slices.Contains(*c.list, c.value) && len(*c.list) < maxRows/10 {
			*c.list = append(*c.list, c.value)
		}
	}
	return l.tmpl.ExecuteTemplate(&l.out, "row", row)
}

func (l *List) row(r track.Result) row {
	at := track.Position{File: r.Source, Line: r.Line, Sheet: r.Sheet, Cell: r.Cell}
	row := row{
		Number: r.Row, Status: r.Status, Words: words(string(r.Status)), ID: r.ID,
		Place: safe.CutLine(at.String(), maxText), Sheet: sheetOf(r), Asked: changesOf(r),
		Advice: report.Advice(r),
	}
	if e := r.Error; e != nil {
		row.Field, row.Said = safe.CutLine(e.Field, 80), safe.CutLine(e.Message, maxText)
	}
	if n, listed := l.causes[report.CauseOf(r)]; listed {
		row.Cause = n
	} else {
		row.Cause = l.causes[report.Cause{Code: report.Other}]
	}
	return row
}

func sheetOf(r track.Result) string {
	if r.Sheet == "" {
		return safe.CutLine(r.Source, 80)
	}
	return safe.CutLine(r.Source, 80) + ": " + safe.CutLine(r.Sheet, 80)
}

// changesOf is what a row asks for, field by field.
func changesOf(r track.Result) (list []change) {
	c := r.Changes
	if c == (track.Changes{}) {
		c = r.Wanted
	}
	list = appendChange(list, "name", c.Name)
	list = appendChange(list, "volume", c.Volume)
	list = appendChange(list, "project", c.Project)
	return appendChange(list, "media", c.Media)
}

func appendChange[T comparable](list []change, field string, c track.Change[T]) []change {
	if c.To.IsZero() {
		return list
	}
	from := ""
	if !c.From.IsZero() {
		from = safe.CutLine(c.From.String(), 120)
	}
	return append(list, change{field, from, safe.CutLine(c.To.String(), 120)})
}

// rows is the list, of all rows that need attention.
func (l *List) rows(all int) rows {
	if l == nil {
		l = &List{}
	}
	choices := func(list []string) (c []choice) {
		slices.Sort(list)
		for _, v := range list {
			c = append(c, choice{v, strings.ReplaceAll(v, "_", " ")})
		}
		return c
	}
	statuses := choices(l.statuses)
	r := rows{
		List: template.HTML(l.out.String()), Listed: display.Thousands(l.listed), All: display.Thousands(all),
		Cut: l.listed < all, None: all == 0, Statuses: statuses, Places: choices(l.places), Fields: choices(l.fields),
	}
	return r
}
