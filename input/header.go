package input

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"tracksync/internal/track"
)

// What a column may hold instead of a field.
const (
	ignored  = -1 // a column that is not read
	nameless = -2 // a column without a name: its cells must be empty
)

// normalizeHeader makes names comparable: case, surrounding blanks, and what
// stands between words do not matter.
func normalizeHeader(name string) string {
	var b strings.Builder
	gap := false
	for _, c := range norm.NFC.String(trimUnseen(name)) {
		if unicode.IsSpace(c) || c == '-' || c == '_' || c == '.' {
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte('_')
		}
		gap = false
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}

// alwaysIgnored reports whether a column or key is a comment or one of our own
// reports.
func alwaysIgnored(name string) bool {
	switch normalizeHeader(name) {
	case "error", "status":
		return true
	}
	return strings.HasPrefix(strings.TrimSpace(name), "#")
}

// heading finds out what the columns of a table hold.
type heading struct {
	p        *pass
	names    []string
	at       func(column int) track.Position // the position of a column's name
	columns  []int                           // what each column holds
	holder   [fieldCount]int                 // for each field its column + 1, or 0
	repeated map[int]int                     // columns that repeat a field, and the field
	unknown  []int                           // unknown columns, which are an error
	passed   []string                        // names of unknown columns that may be ignored
	presumed []int                           // columns whose meaning is guessed
}

// header finds out what each column holds and complains about mistakes. A manifest
// with a mistake in its header cannot be used. Its rows are still checked as well as
// possible: the meaning of a column with a wrong name is guessed. repeated has the
// columns for a field that an earlier column already holds.
func (p *pass) header(names []string, at func(column int) track.Position) (columns []int, repeated map[int]int) {
	h := &heading{p: p, names: names, at: at, columns: make([]int, len(names)), repeated: make(map[int]int)}
	for i, name := range names {
		h.column(i, name)
	}
	for f := range fieldCount {
		h.mapped(f)
	}
	h.missingID()
	for _, i := range slices.Clone(h.unknown) {
		h.guess(i)
	}
	if len(h.passed) > 0 && p.check {
		p.src.shape.ignoredHint = h.passedHint()
		p.m.warnings.add(askedFor, track.Problem{Position: at(0), Message: "ignored columns: " + p.m.list(h.passed),
			Hint: p.src.shape.ignoredHint})
	}
	p.src.shape.Columns = h.understood()
	return h.columns, h.repeated
}

func (h *heading) complain(column int, field, message, hint string) {
	h.p.complain(track.Problem{Position: h.at(column), Field: field, Message: message, Hint: hint})
}

// column finds out what one column holds.
func (h *heading) column(i int, name string) {
	m := h.p.m
	field := h.p.fieldOf(name, h.names)
	h.columns[i] = field
	switch {
	case field >= 0 && h.holder[field] > 0:
		h.columns[i], h.repeated[i] = ignored, field
		h.complainTwice(i, field)
	case field >= 0:
		h.holder[field] = i + 1
	case isExpect(name):
		h.complain(i, "", "unknown column "+m.quote(name), "expect is for YAML and JSON; "+expectHint)
	case field == nameless || alwaysIgnored(name):
	case m.opts.IgnoreUnknown:
		h.passed = append(h.passed, name)
	case h.isSpare(i):
	case fieldCalled(name) >= 0:
		h.complain(i, "", "column "+m.quote(name)+" is not used, because another column was named for "+
			fieldNames[fieldCalled(name)],
			"rename it, put # before its name, or use --ignore-unknown")
	default:
		h.unknown = append(h.unknown, i)
	}
}

// complainTwice complains about a column for a field that an earlier column holds.
func (h *heading) complainTwice(i, field int) {
	m, first := h.p.m, h.holder[field]-1
	h.complain(i, fieldNames[field], "columns "+m.quote(h.names[first])+" and "+m.quote(h.names[i])+" are both "+
		fieldNames[field],
		"keep one of them, or put # before the name of the other; the first is at "+h.at(first).String())
}

// mapped complains about a column of Options.Columns that does not exist.
func (h *heading) mapped(field int) {
	m := h.p.m
	column, mapped := m.opts.Columns[fieldNames[field]]
	if !mapped || h.holder[field] > 0 {
		return
	}
	h.complain(0, fieldNames[field], "there is no column "+m.quote(column)+" for "+fieldNames[field],
		orElse(m.didYouMean(column, h.names), "the columns are "+m.list(h.names)))
	if i := slices.Index(h.names, nearest(column, h.names)); slices.Contains(h.unknown, i) || i >= 0 && h.isSpare(i) {
		h.presume(i, field)
	}
}

// isSpare reports whether a column has a name of a field for which Options.Columns names a
// column that does not exist. There is a complaint about that one.
func (h *heading) isSpare(i int) bool {
	f := fieldCalled(h.names[i])
	if f < 0 || h.columns[i] >= 0 {
		return false
	}
	named, elsewhere := h.p.m.opts.Columns[fieldNames[f]]
	return elsewhere && !slices.ContainsFunc(h.names, func(n string) bool {
		return normalizeHeader(n) == normalizeHeader(named)
	})
}

// missingID complains about a header without a column id.
func (h *heading) missingID() {
	m := h.p.m
	if h.holder[fID] > 0 || m.opts.Columns[track.FieldID] != "" {
		return
	}
	if hint := h.lacksHeader(); hint != "" {
		h.unknown = nil
		h.complain(0, track.FieldID, "there is no column id; the columns are "+m.list(h.names), hint)
		return
	}
	at, hint := 0, "name it id, or say which it is with --map id=COLUMN; or in which row the names are with --header-row"
	for i, name := range h.names {
		if f, sure := likelyField(name); f == fID && h.columns[i] == ignored {
			at, hint = i, "did you mean column "+m.quote(name)+"? then use "+m.mapFlag(fID, name)
			h.unknown = slices.DeleteFunc(h.unknown, func(u int) bool { return u == i })
			if sure {
				h.presume(i, fID)
			}
			break
		}
	}
	h.complain(at, track.FieldID, "there is no column id; the columns are "+m.list(h.names), hint)
}

// lacksHeader says what to do about names that are none: values, because the table has no
// header, or names in quotation marks of SQL. It returns "" for others.
func (h *heading) lacksHeader() string {
	quoted := len(h.names) > 0
	for _, name := range h.names {
		name = strings.TrimSpace(name)
		if allDigits(name) || isMediaURL(name) {
			return "the first row seems to be a track: put a row with the names of the columns above it (psql: HEADER; " +
				"sqlite3: .headers on)"
		}
		quoted = quoted && len(name) > 2 && name[0] == '\'' && name[len(name)-1] == '\''
	}
	if quoted {
		return "CSV has no quotation marks like '; in sqlite3 export with .mode csv, not .mode quote"
	}
	return ""
}

// guess complains about an unknown column. It then reads the column as the field
// that was likely meant.
func (h *heading) guess(i int) {
	m, name := h.p.m, h.names[i]
	field, sure := likelyField(name)
	if field < 0 || h.holder[field] > 0 || m.opts.Columns[fieldNames[field]] != "" {
		h.complain(i, "", "unknown column "+m.quote(name),
			"use "+strings.Join(track.Columns(), ", ")+", put # before its name, or use --ignore-unknown")
		return
	}
	h.complain(i, "", "unknown column "+m.quote(name),
		"did you mean "+m.quote(fieldNames[field])+"? then rename it, or use "+
			m.mapFlag(field, name))
	if sure {
		h.presume(i, field)
	}
}

// presume decides that a column holds a field although its name is wrong. The caller
// has complained about the name.
func (h *heading) presume(column, field int) {
	h.columns[column], h.holder[field] = field, column+1
	h.presumed = append(h.presumed, column)
	h.unknown = slices.DeleteFunc(h.unknown, func(u int) bool { return u == column })
}

// passedHint names the first ignored column that may hold a field, and the flag that
// uses it.
func (h *heading) passedHint() string {
	for _, n := range h.passed {
		if f, _ := likelyField(n); f >= 0 && h.holder[f] == 0 {
			return "use " + h.p.m.mapFlag(f, n) + " if that is the " + fieldNames[f]
		}
	}
	return ""
}

// mapFlag is the flag that reads a field from the column with this name.
func (m *Manifest) mapFlag(field int, name string) string {
	name = strings.Join(strings.Fields(name), " ")
	special := func(c rune) bool {
		return !unicode.In(c, unicode.L, unicode.M, unicode.N) && !strings.ContainsRune("-_.", c)
	}
	switch quoted := m.quote(name); {
	case !strings.ContainsFunc(name, special):
		return "--map " + fieldNames[field] + "=" + name
	case quoted != `"`+name+`"` || strings.ContainsAny(name, "$`!%"): // a shell would change it
		return "--map " + fieldNames[field] + "=COLUMN"
	default:
		return "--map " + fieldNames[field] + "=" + quoted
	}
}

func orElse(first, second string) string {
	if first != "" {
		return first
	}
	return second
}

// fieldOf is what the column with this name holds. A field of Options.Columns is held
// only by the column named there: the one with exactly that name, or if there is none,
// one whose name is equal after normalizeHeader.
func (p *pass) fieldOf(name string, all []string) int {
	normal := normalizeHeader(name)
	for field, column := range p.m.opts.Columns {
		if name == column || normal == normalizeHeader(column) && !hasExact(all, column) {
			return fieldIndex(field)
		}
	}
	if strings.TrimSpace(name) == "" {
		return nameless
	}
	if f := fieldOfNormal(normal); f >= 0 {
		if _, elsewhere := p.m.opts.Columns[fieldNames[f]]; !elsewhere {
			return f
		}
	}
	return ignored
}

// fieldCalled is the field that a column's name means by itself, or -1.
func fieldCalled(name string) int { return fieldOfNormal(normalizeHeader(name)) }

// fieldOfNormal is fieldCalled for a normalized name.
func fieldOfNormal(name string) int {
	if f, understood := understoodNames[name]; understood {
		return f
	}
	return fieldIndex(name)
}

func hasExact(all []string, name string) bool {
	for _, n := range all {
		if n == name {
			return true
		}
	}
	return false
}
