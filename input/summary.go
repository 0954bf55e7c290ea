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
	Sources []Source
	// Table is how the manifest is written if there is one and it is a table, and
	// otherwise nil: WrittenRow.Cells are then in track.Columns.
	Table *track.Table
}

// Counts are those of the rows of the run, after Options.Only and Options.Limit.
// They add up: Rows = Valid + Invalid + Superseded.
type Counts struct {
	Rows       int // rows that Manifest.Rows will hand out
	Valid      int // rows that count, Skipped included
	Invalid    int // with OnInvalid Skip alone, or beside Problems
	Superseded int // with OnDuplicate Last alone
	Skipped    int // valid rows that set no field
	// Sets is how many valid rows set each field.
	Sets struct{ Name, Volume, Project, Media int }
	// ProjectNull is how many of Sets.Project are null. Only the state of these
	// tracks tells how many of them have a project to lose.
	ProjectNull int
	// Expecting is how many valid rows say what their track must look like
	// before it is touched, those that set no field included.
	Expecting int
}

// Findings are what is wrong or likely to be wrong with the manifests.
type Findings struct {
	// Warnings do not make a manifest unusable. They are the first of each kind;
	// MoreWarnings say how many more there are of a kind, and Warned is the number
	// of all.
	Warnings     []track.Problem
	MoreWarnings []track.Problem
	Warned       int
	// Problems is why rows are invalid that OnInvalid Skip leaves out.
	Problems Problems
	// Found is how many problems there are, also those that are not kept. Cut
	// is set when the last of the Problems only says how many those are.
	Found int
	Cut   bool
	// Partly is set beside Problems when not all rows could be read: the counts
	// are then of some of them.
	Partly bool
}

// Source is one argument of the run.
type Source struct {
	Name      string   // as it was given
	Size      int64    // bytes, as stored
	SHA256    string   // of the bytes as stored, hexadecimal
	Format    Format   // as given or found
	Gzip      bool     // whether it is packed
	Delimiter rune     // tables only
	Header    []string // tables only
	Rows      int      // all rows in it, also those that are not part of the run
}

// Count adds one row. It may be used for counts of some of the rows, too.
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

// keepsID reports whether a row's id is to be kept for IDs.
func (m *Manifest) keepsID(row *track.Row) bool {
	counts := len(row.Problems) == 0 && !row.Superseded
	return m.opts.KeepIDs && counts && !(row.Update.Empty() && !row.Conditional())
}

// IDs are the tracks that the run deals with, sorted and each once: those of the
// rows that are valid, are not superseded, and set or expect something. It is nil
// unless Options.KeepIDs is set and Check has succeeded. The caller must not change
// it.
func (m *Manifest) IDs() []track.ID { return m.ids }

// ForgetIDs gives back the memory of IDs.
func (m *Manifest) ForgetIDs() { m.ids = nil }

// recount counts the rows of the run, if they are not all rows of the files.
func (m *Manifest) recount(ctx context.Context, refused bool, v Visitor) (err error) {
	m.summary, m.ids = Summary{}, nil
	if v != nil {
		v.Restart()
	}
	m.each(ctx, refused, func(raw *rawRow, failed error) bool {
		if err = failed; err == nil {
			if m.summary.Count(&raw.row); m.keepsID(&raw.row) {
				m.ids = append(m.ids, raw.row.Update.ID)
			}
			if v != nil {
				v.Row(&raw.row)
			}
		}
		return err == nil
	})
	return err
}

// describeSources adds the sources to the summary.
func (m *Manifest) describeSources() {
	for _, src := range m.sources {
		m.summary.Sources = append(m.summary.Sources, Source{
			Name: src.name, Size: src.file.size, SHA256: src.file.sum, Format: src.format,
			Gzip: src.shape.gzip, Delimiter: src.shape.delimiter, Header: src.shape.header, Rows: src.found.rows,
		})
	}
	if len(m.sources) == 1 {
		m.summary.Table = m.sources[0].shape.table
	}
}

// withSource adds the source's name to an error that is not the manifest's fault.
func withSource(src *source, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fmt.Errorf("%s: %w", show(src.name), err)
}
