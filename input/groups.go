package input

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"tracksync/internal/track"
)

// Group is the problems of one source that have one cause: the same field, and the same
// message once its values are taken out.
type Group struct {
	Field   string
	Message string // with … for the values that differ
	Hint    string // of the first problem
	Count   int    // how many problems there are
	Rows    int    // how many rows have one; 0 if some of the problems are not of a row
	// First are the first problems, in order. If they are all, Whole is set.
	First []track.Problem
	Whole bool
}

// groups sorts problems by their cause. It stores the first few of each cause and counts
// the others, so that it stays small however many problems there are.
type groups struct {
	byCause map[string]*group
	left    int // problems of causes that are not stored
	cause   []byte
	values  []string
}

// group is a Group that grows.
type group struct {
	Group
	source  int
	members int
	row     int      // the row of the last member
	parts   []string // the message between its values
	values  []string // its values; varies marks those that are not always the same
}

// varies stands for a value that is not the same in all messages of a group. No message
// contains it.
const varies = "\x00"

// add adds a problem that stands for several. row is the number of its row, or 0.
func (g *groups) add(source, row int, p track.Problem, count int) {
	parts := g.split(p.Message)
	g.cause = append(g.cause[:0], byte(source), byte(source>>8), byte(source>>16), byte(source>>24))
	g.cause = append(append(g.cause, p.Field...), 0)
	for _, part := range parts {
		g.cause = append(append(g.cause, part...), 0)
	}
	one, known := g.byCause[string(g.cause)]
	switch {
	case known:
	case len(g.byCause) == maxGroups:
		g.left += count
		return
	default:
		if g.byCause == nil {
			g.byCause = make(map[string]*group)
		}
		one = &group{source: source, parts: slices.Clone(parts), values: slices.Clone(g.values)}
		one.Field, one.Hint = p.Field, p.Hint
		g.byCause[string(g.cause)] = one
	}
	one.add(row, p, count, g.values)
}

func (g *group) add(row int, p track.Problem, count int, values []string) {
	for i, v := range values {
		if g.values[i] != v {
			g.values[i] = varies
		}
	}
	g.members++
	g.Count += count
	switch {
	case row == 0 || g.members > 1 && g.Rows == 0:
		g.Rows = 0
	case row != g.row:
		g.Rows++
	}
	g.row = row
	if len(g.First) < maxOfGroup {
		g.First = append(g.First, p)
	}
}

// split returns the parts of a message between its values, and sets g.values. The values
// are numbers and texts in quotation marks. But a name in quotation marks that is not
// known is the cause itself.
func (g *groups) split(message string) (parts []string) {
	g.values = g.values[:0]
	named := strings.HasPrefix(message, "unknown ") || strings.HasPrefix(message, "column")
	from := 0
	for at := 0; at < len(message); {
		end := at
		switch c := message[at]; {
		case c == '"' && !named:
			end = quotedEnd(message, at)
		case c >= '0' && c <= '9':
			for end < len(message) && message[end] >= '0' && message[end] <= '9' {
				end++
			}
		}
		if end == at {
			at++
			continue
		}
		parts = append(parts, message[from:at])
		g.values = append(g.values, message[at:end])
		at, from = end, end
	}
	return append(parts, message[from:])
}

// quotedEnd is the end of the text in quotation marks that begins at an offset, with the
// … that show appends.
func quotedEnd(s string, at int) int {
	for i := at + 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return len(s) - len(strings.TrimPrefix(s[i+1:], "…"))
		}
	}
	return at
}

// message is the message of all members.
func (g *group) message() string {
	var b strings.Builder
	for i, part := range g.parts {
		b.WriteString(part)
		switch {
		case i == len(g.values):
		case g.values[i] == varies:
			b.WriteString("…")
		default:
			b.WriteString(g.values[i])
		}
	}
	return somewhere.ReplaceAllString(b.String(), ":…")
}

// somewhere finds what is left of a position.
var somewhere = regexp.MustCompile(`:…:[0-9…]+`)

// list are the groups in the order of their first problems.
func (g *groups) list() []Group {
	all := make([]*group, 0, len(g.byCause))
	for _, one := range g.byCause {
		slices.SortStableFunc(one.First, func(a, b track.Problem) int { return a.Position.Compare(b.Position) })
		one.Message, one.Whole = one.message(), one.members == len(one.First)
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b *group) int {
		return cmp.Or(cmp.Compare(a.source, b.source), a.First[0].Position.Compare(b.First[0].Position),
			cmp.Compare(a.Field, b.Field), cmp.Compare(a.Message, b.Message))
	})
	list := make([]Group, len(all))
	for i, one := range all {
		list[i] = one.Group
	}
	return list
}
