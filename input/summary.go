package input

import (
	"context"
	"errors"
	"fmt"

	"tracksync/internal/track"
)

// Summary is what Check found.
type Summary struct {
	Counts
	Findings
	// Sources are what was understood of each argument, even of those that cannot be used.
	Sources []Source
	// OtherShards is how many rows of the run belong to other shards.
	OtherShards int
	// Table is how the manifest is written, if there is only one and it is a table.
	// Otherwise it is nil, and WrittenRow.Cells are in the order of track.Columns.
	Table *track.Table
}

// Counts are those of the rows of the run, after Options.Only, Limit and Shard.
// They add up: Rows = Valid + Invalid + Superseded.
type Counts struct {
	Rows       int // rows that Manifest.Rows will yield
	Valid      int // rows that count, including Skipped
	Invalid    int // 0 unless OnInvalid is Skip or Check returned Problems
	Superseded int // 0 unless OnDuplicate is Last
	Skipped    int // valid rows that set no field
	// Sets is how many valid rows set each field.
	Sets struct{ Name, Volume, Project, Media int }
	// ProjectNull is how many of Sets.Project are null. How many of these tracks have a
	// project now is not known here.
	ProjectNull int
	// Expecting is how many valid rows say what their track must look like before it is
	// changed, including those that set no field.
	Expecting int
}

// Findings are certain and likely mistakes in the manifests.
type Findings struct {
	// Warnings do not make a manifest unusable. They are the first of each kind.
	// MoreWarnings say how many more there are of a kind. Warned is the number of all.
	Warnings     []track.Problem
	MoreWarnings []track.Problem
	Warned       int
	// Problems is the problems of the rows that OnInvalid Skip leaves out.
	Problems Problems
	// Groups are all problems by their cause, in order. Ungrouped is how many problems have
	// causes that are not listed.
	Groups    []Group
	Ungrouped int
	// Found is the number of all problems, even of those that are not listed. Cut is set
	// if the last of the Problems only says how many more there are.
	Found int
	Cut   bool
	// Partly is set if Check returned Problems and some rows could not be read. The
	// counts then leave out those rows.
	Partly bool
}

// Count adds one row.
func (c *Counts) Count(row *track.Row) {
	c.Rows++
	switch {
	case len(row.Problems) > 0:
		c.Invalid++
		return
	case row.Superseded:
		c.Superseded++
		return
	}
	c.Valid++
	v := &row.Update.Values
	if v.Empty() {
		c.Skipped++
	}
	add := func(n *int, absent bool) {
		if !absent {
			*n++
		}
	}
	add(&c.Sets.Name, v.Name.IsZero())
	add(&c.Sets.Volume, v.Volume.IsZero())
	add(&c.Sets.Project, v.Project.IsZero())
	add(&c.Sets.Media, v.Media.IsZero())
	add(&c.ProjectNull, !v.Project.IsNull())
	add(&c.Expecting, !row.Conditional())
}

// listsID reports whether IDs lists a row's id.
func (m *Manifest) listsID(row *track.Row) bool {
	counts := len(row.Problems) == 0 && !row.Superseded && m.opts.Shard.Has(row.Update.ID)
	return m.opts.KeepIDs && counts && !(row.Update.Empty() && !row.Conditional())
}

// IDs returns the ids of the tracks that the run reads or updates, sorted and without
// duplicates: those of the rows that are valid, not superseded, and set or expect
// something. It returns nil unless Options.KeepIDs is set and Check has succeeded. The
// slice is made anew.
func (m *Manifest) IDs() []track.ID { return m.ids.onlyMarked() }

// ForgetIDs releases the memory from which IDs are made.
func (m *Manifest) ForgetIDs() { m.ids = idList{} }

// recount counts the rows of the run again when they are not all rows of the files.
func (m *Manifest) recount(ctx context.Context, refused bool, v Visitor) (err error) {
	m.summary, m.all, m.ids = Summary{}, Counts{}, idList{}
	if v != nil {
		v.Restart()
	}
	s := &selection{m: m, all: &m.all}
	s.yield = func(raw *rawRow, failed error) bool {
		if err = failed; err == nil {
			if m.summary.Count(&raw.row); m.listsID(&raw.row) {
				m.ids.add(raw.row.Update.ID, true)
			}
			if v != nil {
				v.Row(&raw.row)
			}
		}
		return err == nil
	}
	m.eachOf(ctx, refused, s)
	m.summary.OtherShards = m.all.Rows - m.summary.Rows
	return err
}

// describeSources adds the sources to the summary.
func (m *Manifest) describeSources() {
	for _, src := range m.sources {
		m.summary.Sources = append(m.summary.Sources, Source{
			Name: src.name, Size: src.file.size, SHA256: src.file.sum, Format: src.format,
			Layout: src.shape.Layout, Contents: src.found.Contents,
		})
	}
	if len(m.sources) == 1 {
		m.summary.Table = m.sources[0].shape.table
	}
}

// withSource adds the source's name to an error that is not about the manifest's
// content.
func withSource(src *source, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fmt.Errorf("%s: %w", show(src.name), err)
}
