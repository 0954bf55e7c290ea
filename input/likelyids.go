package input

import (
	"regexp"
	"slices"
	"strings"

	"tracksync/internal/track"
)

// A row without a usable id may still be the latest row of a track that another row
// names: perhaps its id has a leading zero, or the row has too many cells and any of
// them may be the id. Then it is unclear what the track should have. The other row may
// be outdated, so it is invalid too and not sent.

// mayBeAbout adds an id that an invalid row may be about.
func (raw *rawRow) mayBeAbout(text string) {
	if id := likelyID(text); id != 0 && !slices.Contains(raw.likelyIDs, id) && len(raw.likelyIDs) < maxLikely {
		raw.likelyIDs = append(raw.likelyIDs, id)
	}
}

// maxLikely is how many ids a row may be about.
const maxLikely = 20

// likelyID is the id that a text was likely meant to be, or 0.
func likelyID(text string) track.ID {
	if inner, ok := formulaText(text); ok {
		text = inner
	}
	text = strings.Trim(onlyVisible(text), " \t\r\n\u00a0'\"")
	text = strings.TrimPrefix(strings.TrimSuffix(text, track.Mark), "+")
	if grouped.MatchString(text) {
		text = strings.Map(func(c rune) rune {
			if c < '0' || c > '9' {
				return -1
			}
			return c
		}, text)
	}
	id, bad := rules{}.id(strings.TrimLeft(text, "0"))
	if bad != nil {
		return 0
	}
	return id
}

// likelyIDs adds the ids that a ragged record may be about. Cells are missing or
// surplus either before the id or after it.
func (t *table) likelyIDs(raw *rawRow) {
	at, cells := t.where[fID], t.record.cells
	switch {
	case at < 0 || len(cells) == 0:
	case at == 0: // the first cell is the id in any case
		if id, bad := t.p.m.rules.id(cells[0]); bad == nil {
			raw.row.Update.ID = id
		} else {
			raw.mayBeAbout(cells[0])
		}
	default:
		more := len(cells) - len(t.columns)
		for i := max(0, at+min(0, more)); i <= at+max(0, more) && i < len(cells); i++ {
			raw.mayBeAbout(cells[i])
		}
	}
}

// idInLine finds ids, except those of projects, in a line that is not valid JSON.
var idInLine = regexp.MustCompile(`"project"\s*:\s*\{[^}]*\}?|"id"\s*:\s*"?(\d+)`)

func (raw *rawRow) likelyIDsOfLine(line []byte) {
	for _, match := range idInLine.FindAllSubmatch(line, maxLikely) {
		raw.mayBeAbout(string(match[1]))
	}
}

// suspects are rows that may not be the latest ones of their tracks, because an
// invalid row may be about the same track. The slices run parallel to ids.
type suspects struct {
	ids   []int64          // ids that invalid rows may be about and that other rows have; ascending
	last  []int            // number of the last row with the id; 0 if that row is invalid
	where []track.Position // position of the id in that row
	by    []track.Position // position of the invalid row that may be about the id; zero if none
}

func newSuspects(likely []int64, known *idList) *suspects {
	slices.Sort(likely)
	s := &suspects{}
	for _, id := range slices.Compact(likely) {
		if known.has(track.ID(id)) {
			s.ids = append(s.ids, id)
		}
	}
	n := len(s.ids)
	s.last, s.where, s.by = make([]int, n), make([]track.Position, n), make([]track.Position, n)
	return s
}

// see inspects the next row. With latest, only a later row can make a row uncertain.
func (s *suspects) see(number int, raw *rawRow, latest bool) {
	for _, id := range raw.likelyIDs {
		if i, found := slices.BinarySearch(s.ids, int64(id)); found && (!latest || s.last[i] > 0) {
			s.by[i] = raw.row.Position
		}
	}
	if i, found := slices.BinarySearch(s.ids, int64(raw.row.Update.ID)); found {
		s.last[i], s.where[i] = number, raw.at(fID)
		if len(raw.row.Problems) > 0 {
			s.last[i] = 0 // an invalid row is not sent in any case
		}
		if latest {
			s.by[i] = track.Position{}
		}
	}
}

// uncertain is a row that is invalid because of another one.
type uncertain struct {
	number  int
	problem track.Problem
}

// rows returns the uncertain rows in order.
func (s *suspects) rows() []uncertain {
	var list []uncertain
	for i := range s.ids {
		if s.by[i] == (track.Position{}) || s.last[i] == 0 {
			continue
		}
		list = append(list, uncertain{s.last[i], track.Problem{
			Position: s.where[i], Field: track.FieldID,
			Message: "an invalid row may be about the same track: " + s.by[i].String(), Hint: "fix that row",
		}})
	}
	slices.SortFunc(list, func(a, b uncertain) int { return a.number - b.number })
	return list
}
