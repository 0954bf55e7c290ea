package input

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// Problems is the error of manifests that cannot be used. It lists everything that is
// wrong, in the order of the arguments and of the positions in each. At most a thousand
// problems are listed. If there are more, the last one says how many, and
// Summary.Found is the number of all.
type Problems []track.Problem

// Error has one problem per line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find each problem.
func (p Problems) Unwrap() []error {
	errs := make([]error, len(p))
	for i, problem := range p {
		errs[i] = problem
	}
	return errs
}

// fileError is a problem after which the rest of a file cannot be read.
type fileError struct{ track.Problem }

func asFileError(err error) (track.Problem, bool) {
	var fe *fileError
	if errors.As(err, &fe) {
		return fe.Problem, true
	}
	return track.Problem{}, false
}

// located is a problem with its place in the order of all sources.
type located struct {
	track.Problem
	source int
	count  int  // how many problems it stands for
	whole  bool // it is about everything that was read, and always listed
}

// collector stores the first problems, and counts all of them, also by their cause.
type collector struct {
	stored []located
	total  int
	causes groups
}

// add adds a problem of a row, or of no row if row is 0.
func (c *collector) add(source, row int, p track.Problem) { c.addMany(source, row, p, 1) }

// addMany adds a problem that stands for several.
func (c *collector) addMany(source, row int, p track.Problem, count int) {
	c.total += count
	c.causes.add(source, row, p, count)
	if len(c.stored) < 2*maxProblems {
		c.stored = append(c.stored, located{p, source, count, false})
	}
}

// addWhole adds a problem that is known only when everything was read.
func (c *collector) addWhole(source int, p track.Problem) {
	c.total++
	c.causes.add(source, 0, p, 1)
	c.stored = append(c.stored, located{p, source, 1, true})
}

// whole are the problems that addWhole has added, in order. The others must be sorted.
func (c *collector) whole() (list []located) {
	for _, l := range c.stored {
		if l.whole {
			list = append(list, l)
		}
	}
	return list
}

// sorted returns the problems in order, cut to maxProblems. One problem alone is never
// cut off: the line that replaced it would be as long.
func (c *collector) sorted() (list Problems, cut bool) {
	slices.SortStableFunc(c.stored, func(a, b located) int {
		return cmp.Or(cmp.Compare(a.source, b.source), a.Position.Compare(b.Position))
	})
	most := maxProblems
	if c.total == most+1 {
		most++
	}
	more := c.total
	for i, l := range c.stored {
		if i < most || l.whole {
			list = append(list, l.Problem)
			more -= l.count
		}
	}
	if cut = more > 0; cut {
		list = append(list, track.Problem{
			Position: track.Position{File: list[len(list)-1].Position.File},
			Message:  "and " + plural(more, "more problem"),
		})
	}
	return list, cut
}

// quote quotes foreign text for a message: escaped, cut, and with the secret redacted.
func (m *Manifest) quote(text string) string { return m.rules.show(text) }

// plain is quote without the quotation marks.
func (m *Manifest) plain(text string) string {
	const most = 40
	cut := ""
	if r := []rune(text); len(r) > most {
		text, cut = string(r[:most]), "…"
	}
	quoted := m.quote(text)
	return quoted[1:len(quoted)-1] + cut
}

// show quotes text so that it is safe to print, cut to maxShown characters.
func show(text string) string {
	count := 0
	for i := range text {
		if count == maxShown {
			return safe.Quote(text[:i]) + "…"
		}
		count++
	}
	return safe.Quote(text)
}

// plural is "1 row", "2 rows".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
