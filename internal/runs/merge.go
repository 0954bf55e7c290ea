package runs

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"tracksync/internal/run"
	"tracksync/internal/track"
	"tracksync/report"
)

// Merged is several runs that are reported as one, or a single one.
type Merged struct {
	report.Run
	Parts []*Past // by the time when they began

	choice choice
	groups [][]int          // the parts by their manifests
	order  []map[string]int // by part: the places of the manifests
}

// OpenAll opens and merges the runs in several directories. now is as for Open.
func OpenAll(dirs []run.Dir, now time.Time) (m *Merged, err error) {
	m = &Merged{}
	defer func() {
		if err != nil {
			err = errors.Join(err, m.Close())
		}
	}()
	for _, dir := range dirs {
		if slices.ContainsFunc(m.Parts, func(p *Past) bool { return p.Dir.Path == dir.Path }) {
			return m, fmt.Errorf("the run %s is named twice", dir.Path)
		}
		p, err := Open(dir, now)
		if err != nil {
			return m, err
		}
		m.Parts = append(m.Parts, p)
		if p.BaseURL != m.Parts[0].BaseURL {
			return m, fmt.Errorf("the runs %s and %s were made against different APIs, %s and %s",
				m.Parts[0].Dir.Path, dir.Path, m.Parts[0].BaseURL, p.BaseURL)
		}
	}
	if len(m.Parts) > math.MaxUint16 {
		return m, errors.New("more runs than can be merged")
	}
	if len(m.Parts) == 1 {
		m.Run = report.Run{Summary: m.Parts[0].Summary, Results: m.Parts[0].Results}
		return m, nil
	}
	return m, m.merge()
}

// Close closes the files of all runs.
func (m *Merged) Close() error {
	var errs []error
	for _, p := range m.Parts {
		errs = append(errs, p.Close())
	}
	return errors.Join(errs...)
}

func (m *Merged) merge() (err error) {
	slices.SortStableFunc(m.Parts, func(a, b *Past) int {
		return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.Dir.Path, b.Dir.Path))
	})
	m.group()
	if err := m.choose(manyRows); err != nil {
		return err
	}
	m.Results = m.results
	m.Summary, err = m.summary()
	return err
}

// manyRows are so many that what is known of them is not in memory at once.
const manyRows = 1 << 20

// choose decides which results count. Of more than many rows it looks at a quarter of the
// tracks at a time: that takes 8 bytes a row, and not 32, and reads all lines four times.
func (m *Merged) choose(many int) error {
	n := len(m.Parts)
	m.choice = choice{dropped: make([]bits, n), instead: make([][]instead, n), kin: m.sameRows, rerun: m.isRerun()}
	rows, turns := 0, 1
	for _, p := range m.Parts {
		for _, n := range p.record.Counts() {
			rows += n
		}
	}
	if rows > many {
		turns = 4
	}
	entries := make([]entry, 0, rows/turns+rows/64)
	for turn := range turns {
		var err error
		entries, err = m.entries(entries[:0], func(id track.ID) bool { return turnOf(id, turns) == turn })
		if err != nil {
			return err
		}
		m.choice.choose(entries)
	}
	m.choice.sort()
	return nil
}

// turnOf spreads tracks over turns, whatever pattern their ids have.
func turnOf(id track.ID, turns int) int {
	return int(uint64(id) * 0x9e3779b97f4a7c15 >> 32 % uint64(turns))
}

// entries adds what is needed to decide which results of some tracks count.
func (m *Merged) entries(entries []entry, wanted func(track.ID) bool) ([]entry, error) {
	for i, p := range m.Parts {
		for b, err := range p.record.Briefs() {
			if err != nil {
				return nil, err
			}
			if !wanted(b.ID) {
				continue
			}
			e := entry{id: b.ID, asked: b.Asked, at: b.At, row: uint32(b.Row), run: uint16(i),
				status: uint8(slices.Index(track.Statuses(), b.Status))}
			if e.id == 0 {
				e.asked = uint64(b.Row)
			}
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// group finds the runs of the same manifests, such as shards.
func (m *Merged) group() {
	same := func(a, b run.ManifestRecord) bool { return a.SHA256 == b.SHA256 }
	for i, p := range m.Parts {
		at := slices.IndexFunc(m.groups, func(g []int) bool {
			return slices.EqualFunc(m.Parts[g[0]].Manifests, p.Manifests, same)
		})
		if at < 0 {
			m.groups, at = append(m.groups, nil), len(m.groups)
		}
		m.groups[at] = append(m.groups[at], i)
		order := map[string]int{}
		for n, manifest := range p.Manifests {
			order[manifest.Name] = n
		}
		m.order = append(m.order, order)
	}
}

// selecting are the recorded options that decide, besides the shard, which rows of a manifest a run has.
var selecting = []string{"only", "limit"}

// sameRows reports whether two runs have the same rows, by the same numbers.
func (m *Merged) sameRows(a, b uint16) bool {
	p, q := m.Parts[a], m.Parts[b]
	if p.Rows != q.Rows || p.Shard != q.Shard || !slices.ContainsFunc(m.groups, func(g []int) bool {
		return slices.Contains(g, int(a)) && slices.Contains(g, int(b))
	}) {
		return false
	}
	return !slices.ContainsFunc(selecting, func(name string) bool {
		return fmt.Sprint(p.Options[name]) != fmt.Sprint(q.Options[name])
	})
}

// isRerun tells which runs have a list of failed rows of which others as their manifest.
func (m *Merged) isRerun() func(of, by uint16) bool {
	reruns := map[[2]uint16]bool{}
	for by, p := range m.Parts {
		for _, manifest := range p.Manifests {
			if !run.IsFailedList(filepath.Base(manifest.Path)) {
				continue
			}
			dir, err := os.Stat(filepath.Dir(manifest.Path))
			if err != nil {
				continue // it is not there any more
			}
			for of, q := range m.Parts {
				if info, err := os.Stat(q.Dir.Path); err == nil && os.SameFile(dir, info) {
					reruns[[2]uint16{uint16(of), uint16(by)}] = true
				}
			}
		}
	}
	return func(of, by uint16) bool { return reruns[[2]uint16{of, by}] }
}

// row is a row that is listed.
type row struct {
	status track.Status
	at     place // where it stands
	result place // whose result it has
}

// rowsOf yields the rows of a run that are listed, in their order.
func (m *Merged) rowsOf(run int) iter.Seq[row] {
	return func(yield func(row) bool) {
		instead := m.choice.instead[run]
		for n, status := range m.Parts[run].record.Rows() {
			at := place{uint16(run), uint32(n)}
			if m.choice.dropped[run].has(at.row) {
				continue
			}
			r := row{status, at, at}
			if len(instead) > 0 && instead[0].row == at.row {
				r.result = instead[0].result
				r.status, _ = m.Parts[r.result.run].record.Status(int(r.result.row))
				instead = instead[1:]
			}
			if !yield(r) {
				return
			}
		}
	}
}

// read reads the result of a row, at its place.
func (m *Merged) read(r row) (track.Result, error) {
	result, err := m.lookup(r.result)
	if err != nil || r.at == r.result {
		return result, err
	}
	at, err := m.lookup(r.at)
	if at.Line == 0 && at.Cell == "" && at.Source == result.Source {
		return result, err // only its update was known
	}
	result.Source, result.Line, result.Sheet, result.Cell = at.Source, at.Line, at.Sheet, at.Cell
	return result, err
}

func (m *Merged) lookup(at place) (track.Result, error) {
	p := m.Parts[at.run]
	r, _, err := p.record.Lookup(int(at.row))
	return p.placed(r), err
}

// results yields the rows of all runs in the order of the manifests, numbered anew.
func (m *Merged) results(want func(track.Status) bool) iter.Seq2[track.Result, error] {
	return func(yield func(track.Result, error) bool) {
		number := 0
		for _, group := range m.groups {
			for r, err := range m.resultsOf(group) {
				number++
				if err == nil && !want(r.status) {
					continue
				}
				var result track.Result
				if err == nil {
					result, err = r.result()
				}
				result.Row = number
				if !yield(result, err) || err != nil {
					return
				}
			}
		}
	}
}

// pending is a row whose result may have been read.
type pending struct {
	status track.Status
	result func() (track.Result, error)
}

// resultsOf yields the rows of the runs of one manifest. Those of several runs must be read to
// find out which comes first.
func (m *Merged) resultsOf(group []int) iter.Seq2[pending, error] {
	if len(group) == 1 {
		return func(yield func(pending, error) bool) {
			for r := range m.rowsOf(group[0]) {
				if !yield(pending{r.status, func() (track.Result, error) { return m.read(r) }}, nil) {
					return
				}
			}
		}
	}
	return func(yield func(pending, error) bool) {
		heads := make([]*head, 0, len(group))
		defer func() {
			for _, h := range heads {
				h.stop()
			}
		}()
		for _, run := range group {
			next, stop := iter.Pull(m.rowsOf(run))
			heads = append(heads, &head{merged: m, run: run, next: next, stop: stop})
		}
		for _, h := range heads {
			h.advance()
		}
		for {
			first := firstOf(heads)
			if first == nil {
				return
			}
			result, err := first.result, first.err
			if !yield(pending{result.Status, func() (track.Result, error) { return result, nil }}, err) || err != nil {
				return
			}
			first.advance()
		}
	}
}

// head is the next row of a run.
type head struct {
	merged *Merged
	run    int
	next   func() (row, bool)
	stop   func()
	result track.Result
	err    error
	ended  bool
}

func (h *head) advance() {
	r, ok := h.next()
	if h.ended = !ok; ok {
		h.result, h.err = h.merged.read(r)
	}
}

// firstOf is the head whose row comes first in the manifest; nil: all have ended.
func firstOf(heads []*head) (first *head) {
	for _, h := range heads {
		switch {
		case h.ended:
		case h.err != nil:
			return h
		case first == nil || h.before(first):
			first = h
		}
	}
	return first
}

func (h *head) before(other *head) bool {
	a, b := &h.result, &other.result
	return cmp.Or(
		cmp.Compare(h.merged.order[h.run][a.Source], h.merged.order[other.run][b.Source]),
		positionOf(a).Compare(positionOf(b)), cmp.Compare(a.Row, b.Row)) < 0
}

func positionOf(r *track.Result) track.Position {
	return track.Position{Line: r.Line, Sheet: r.Sheet, Cell: r.Cell}
}
