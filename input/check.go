package input

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tracksync/internal/track"
)

// Check reads every manifest to its end and summarizes it. If the manifests cannot be
// used, the error is Problems: the problems of every row of every file, even of rows
// that Options exclude. Summary then counts only the rows that could be read, and each
// record whose quotation marks are wrong as an invalid row.
//
// Other errors are ErrChanged and the context's. Check must be called only once.
func (m *Manifest) Check(ctx context.Context) (Summary, error) { return m.CheckFor(ctx, nil) }

// Visitor sees the rows that Rows will yield, while they are checked.
type Visitor interface {
	// Row gets the next row, which may be used only during the call.
	Row(*track.Row)
	// Restart says that the rows so far don't count: all rows come again.
	Restart()
}

// CheckFor is like Check, and shows v the rows of the run as it reads them, so that v
// need not read the manifests again. The rows count only if CheckFor returns no error.
// v may be nil.
func (m *Manifest) CheckFor(ctx context.Context, v Visitor) (Summary, error) {
	c := &checker{m: m, visitor: v}
	c.warnOfSet()
	for _, src := range m.sources {
		if err := c.read(ctx, src); err != nil {
			return Summary{}, err
		}
		m.all.add(src.found.Counts, 1)
	}
	m.summary.Counts, m.summary.OtherShards = c.own, m.all.Rows-c.own.Rows
	m.names = caseNames{} // a run does not need them, and they take megabytes
	if err := c.duplicates(ctx); err != nil {
		return Summary{}, err
	}
	c.refuseEmpty()
	c.refuseMissing()
	if m.only != nil || m.opts.Limit > 0 || len(m.repeated.numbers) > 0 || len(m.uncertain) > 0 {
		if err := m.recount(ctx, c.fatal, v); err != nil {
			return Summary{}, err
		}
	}
	if message := m.uselessReason(); message != "" && !c.fatal {
		c.refuseWhole(len(m.sources), track.Problem{
			Position: track.Position{File: m.sources[0].name}, Message: message, Hint: allowEmptyHint,
		})
	}
	problems, cut := c.found.sorted()
	m.whole = c.found.whole()
	m.summary.Groups, m.summary.Ungrouped = c.found.causes.list(), c.found.causes.left
	m.summary.Warnings, m.summary.MoreWarnings, m.summary.Warned = m.warnings.list()
	m.summary.Found, m.summary.Cut, m.summary.Partly = c.found.total, cut, c.partly
	m.describeSources()
	if c.fatal {
		m.ids = idList{}
		return m.summary, problems
	}
	m.ids.sort()
	m.checked = true
	m.summary.Problems = problems
	return m.summary, nil
}

// checker collects what the first pass finds.
type checker struct {
	m      *Manifest
	found  collector
	fatal  bool    // the manifests cannot be used
	partly bool    // some row could not be read
	ids    idList  // the ids of all rows; those for Manifest.IDs are marked
	likely []int64 // ids that rows without a usable id may be about

	visitor Visitor
	own     Counts // of the rows of the shard
}

// read is the first pass over one source.
func (c *checker) read(ctx context.Context, src *source) error {
	p := &pass{ctx: ctx, m: c.m, src: src, check: true}
	p.complain = func(problem track.Problem) { c.refuse(src, problem) }
	p.emit = func(raw *rawRow) error { c.onRow(src, raw); return nil }
	err := p.run()
	c.refuseEscapes(src, p.escapes)
	c.partly = c.partly || src.found.partly
	if problem, ok := asFileError(err); ok {
		c.partly = true
		c.refuse(src, problem)
		return nil
	}
	if err != nil {
		return withSource(src, err)
	}
	c.warnOfColumns(src)
	c.warnUseless(src)
	return nil
}

// warnUseless warns about options that mean nothing for a source.
func (c *checker) warnUseless(src *source) {
	useless := func(flag, what string) {
		c.warn(src, uselessFlag, track.Problem{Position: track.Position{File: src.name},
			Message: flag + " has no effect on a manifest that is not a " + what})
	}
	opts, table := c.m.opts, src.shape.Columns != nil
	if !table && len(opts.Columns) > 0 {
		useless("--map", "table")
	}
	if opts.Encoding != "" && !slices.ContainsFunc(c.m.sources, func(s *source) bool { return s.format != XLSX }) {
		useless("--encoding", "text file")
	}
	if !table && opts.HeaderRow > 0 {
		useless("--header-row", "table")
	}
	if src.format == XLSX || len(c.m.sources) > 1 {
		return
	}
	if opts.Sheet != "" {
		useless("--sheet", "workbook")
	}
	if opts.SkipHidden {
		useless("--skip-hidden", "workbook")
	}
}

// onRow counts a row and collects its problems.
func (c *checker) onRow(src *source, raw *rawRow) {
	row := &raw.row
	src.found.Count(row)
	if id := row.Update.ID; id != 0 {
		c.ids.add(id, c.m.listsID(row))
		if _, wanted := c.m.only[id]; wanted {
			c.m.only[id] = true
		}
	}
	for _, id := range raw.likelyIDs {
		c.likely = append(c.likely, int64(id))
	}
	for _, problem := range row.Problems {
		c.found.addMany(src.index, src.found.Rows, problem, max(1, raw.omitted.by[problem]))
	}
	src.found.refused = src.found.refused || raw.refusesFile
	c.fatal = c.fatal || raw.refusesFile || len(row.Problems) > 0 && c.m.opts.OnInvalid != Skip
	if !c.m.opts.Shard.Has(row.Update.ID) {
		return
	}
	c.own.Count(row)
	if c.visitor != nil {
		row.Number = c.own.Rows
		c.visitor.Row(row)
	}
}

// refuse adds a problem that makes the manifests unusable.
func (c *checker) refuse(src *source, problem track.Problem) {
	c.fatal, src.found.refused = true, true
	c.found.add(src.index, 0, problem)
}

// refuseWhole adds a problem that is known only when everything was read.
func (c *checker) refuseWhole(source int, problem track.Problem) {
	c.fatal = true
	c.found.addWhole(source, problem)
}

// refuseEmpty refuses manifests that have no rows, or no valid row, or no row that
// sets anything: a broken export leaves such files.
func (c *checker) refuseEmpty() {
	if c.m.opts.AllowEmpty {
		return
	}
	for _, src := range c.m.sources {
		message, hint := "", allowEmptyHint
		// Without Skip every invalid row has a problem of its own.
		reported := c.m.opts.OnInvalid != Skip && src.found.Valid < src.found.Rows
		switch {
		case src.found.refused || reported:
		case src.found.Rows == 0 && src.found.Done > 0:
			message = "all rows of the manifest are done already"
		case src.found.Rows == 0:
			message = "the manifest has no rows"
		case src.found.Valid == 0:
			message = "the manifest has no valid row"
		case src.found.Valid == src.found.Skipped:
			message = "no row of the manifest sets anything"
			if src.shape.ignoredHint != "" {
				hint = src.shape.ignoredHint + "; " + hint
			}
		}
		if message != "" {
			src.found.refused = true
			c.refuseWhole(src.index, track.Problem{Position: track.Position{File: src.name}, Message: message, Hint: hint})
		}
	}
}

const allowEmptyHint = "--allow-empty accepts it anyway"

// uselessReason says why a run of the selected rows, in all shards, would do nothing; "" if
// it would do something.
func (m *Manifest) uselessReason() string {
	switch s := &m.all; {
	case m.opts.AllowEmpty || s.Rows == 0:
		return ""
	case s.Valid == 0:
		return "none of the selected rows is valid"
	case s.Skipped == s.Valid:
		return "none of the selected rows sets anything"
	}
	return ""
}

// refuseMissing refuses ids of Options.Only that no row has. It refuses none if some
// rows could not be read or have no ids: such a row might be the missing one.
func (c *checker) refuseMissing() {
	if c.partly || slices.ContainsFunc(c.m.sources, func(src *source) bool { return src.shape.noIDs }) {
		return
	}
	var ids []track.ID
	for id, found := range c.m.only {
		if !found {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return
	}
	slices.Sort(ids)
	words := make([]string, 0, 10)
	for _, id := range ids[:min(10, len(ids))] {
		words = append(words, id.String())
	}
	message := "no row has the id " + strings.Join(words, ", ")
	if len(ids) > 10 {
		message += fmt.Sprintf(" and %d more", len(ids)-10)
	}
	last := c.m.sources[len(c.m.sources)-1]
	c.refuseWhole(last.index+1, track.Problem{
		Position: track.Position{File: "--only"}, Message: message, Hint: "name ids that the manifest has",
	})
}
