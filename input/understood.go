package input

import (
	"slices"
	"strings"

	"tracksync/internal/track"
)

// Source is what was understood of one argument of the run.
type Source struct {
	Name   string // as it was given
	Size   int64  // bytes, as stored
	SHA256 string // of the bytes as stored, hexadecimal; "" if they were not read to their end
	Format Format // as given or found; "" if it was not found out
	Layout
	Contents
}

// Layout is how a source is written. Readers fill it while they read: what they do not
// know of their format stays zero.
type Layout struct {
	Gzip     bool   // whether it is packed
	Encoding string // of a text, by its usual name, for example UTF-8; "" for a workbook
	BOM      bool   // whether the text begins with a byte order mark

	// The rest is for tables only, except for IgnoredKeys.

	Delimiter rune
	Sheet     string
	HeaderRow int      // the line of a text, or the row of a sheet, where the header begins
	Above     int      // rows with content that stand above the header and are not read
	Columns   []Column // all columns, in order
	// IgnoredKeys are the keys of YAML and JSON entries that are ignored: the first few
	// different ones.
	IgnoredKeys []Column
}

// Contents counts what a source contains: all its rows, even those that are not part of
// the run. Rows whose ids repeat are invalid, or with OnDuplicate Last count like others.
type Contents struct {
	Counts
	Blank         int      // blank lines and rows of empty cells below the header
	Hidden        int      // rows of a sheet that are hidden
	Done          int      // rows of a marked workbook that are done already and left out
	HiddenSkipped bool     // whether the hidden rows are left out; otherwise they are among Rows
	Lowest        track.ID // the lowest id; 0 if no row has a usable one
	Highest       track.ID // the highest id
}

// Column is what a column of a table, or a key of an entry, is read as.
type Column struct {
	Name  string // as it is written
	Field string // the field that it holds; "" if it is ignored
	Why   Reason
}

// Reason says why a column holds a field, or why it is ignored.
type Reason string

// Why a column holds a field.
const (
	ByName    Reason = "name"    // it has the field's name
	BySynonym Reason = "synonym" // it has another name that means the field
	ByMap     Reason = "map"     // Options.Columns names it
	ByGuess   Reason = "guess"   // only to check its cells: its name is a problem
)

// Why a column is ignored.
const (
	IsComment  Reason = "comment"  // its name begins with #
	IsReport   Reason = "report"   // it is error or status, which reports have
	IsUnknown  Reason = "unknown"  // Options.IgnoreUnknown
	IsNameless Reason = "nameless" // it has no name, and its cells must be empty
	IsRefused  Reason = "refused"  // a problem says why
)

// understood are the columns of the table, each with its meaning.
func (h *heading) understood() []Column {
	columns := make([]Column, len(h.names))
	for i, name := range h.names {
		columns[i] = Column{Name: name, Why: h.whyIgnored(i)}
		if field := h.columns[i]; field >= 0 {
			columns[i].Field, columns[i].Why = fieldNames[field], h.whyHeld(i, field)
		}
	}
	return columns
}

func (h *heading) whyHeld(column, field int) Reason {
	_, mapped := h.p.m.opts.Columns[fieldNames[field]]
	switch {
	case slices.Contains(h.presumed, column):
		return ByGuess
	case mapped:
		return ByMap
	case normalizeHeader(h.names[column]) == fieldNames[field]:
		return ByName
	}
	return BySynonym
}

func (h *heading) whyIgnored(column int) Reason {
	name := h.names[column]
	_, repeats := h.repeated[column]
	switch {
	case repeats, isExpect(name):
		return IsRefused
	case h.columns[column] == nameless:
		return IsNameless
	case alwaysIgnored(name):
		return whyAlways(name)
	case h.p.m.opts.IgnoreUnknown:
		return IsUnknown
	}
	return IsRefused
}

// whyAlways is the reason for a name that is alwaysIgnored.
func whyAlways(name string) Reason {
	if strings.HasPrefix(strings.TrimSpace(name), "#") {
		return IsComment
	}
	return IsReport
}

// noteIgnored adds an ignored key to the layout.
func (p *pass) noteIgnored(name string, why Reason) {
	key, keys := Column{Name: name, Why: why}, p.src.shape.IgnoredKeys
	if p.check && len(keys) < maxKeysNoted && !slices.Contains(keys, key) {
		p.src.shape.IgnoredKeys = append(keys, key)
	}
}

// Count adds one row.
func (c *Contents) Count(row *track.Row) {
	c.Counts.Count(row)
	id := row.Update.ID
	if id == 0 {
		return
	}
	if id < c.Lowest || c.Lowest == 0 {
		c.Lowest = id
	}
	c.Highest = max(c.Highest, id)
}

// skipBlank counts blank rows. Only the first pass counts.
func (p *pass) skipBlank(rows int) {
	if p.check {
		p.src.found.Blank += rows
	}
}

// invalidate counts a row as invalid that was counted before. Its id repeats.
func (c *Contents) invalidate(row *track.Row) {
	var one Counts
	one.Count(row)
	c.add(one, -1)
	c.add(Counts{Rows: 1, Invalid: 1}, 1)
}

// add adds other counts so many times.
func (c *Counts) add(d Counts, times int) {
	c.Rows += times * d.Rows
	c.Valid += times * d.Valid
	c.Invalid += times * d.Invalid
	c.Superseded += times * d.Superseded
	c.Skipped += times * d.Skipped
	c.Sets.Name += times * d.Sets.Name
	c.Sets.Volume += times * d.Sets.Volume
	c.Sets.Project += times * d.Sets.Project
	c.Sets.Media += times * d.Sets.Media
	c.ProjectNull += times * d.ProjectNull
	c.Expecting += times * d.Expecting
}
