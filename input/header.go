package input

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"tracksync/internal/track"
)

// What a column holds beside a field's index.
const (
	ignored  = -1 // a column that means nothing here
	nameless = -2 // a column without a name: its cells must be empty
)

// normalizeHeader makes names comparable: case, surrounding blanks, and what
// stands between words do not matter.
func normalizeHeader(name string) string {
	var b strings.Builder
	gap := false
	for _, c := range norm.NFC.String(strings.TrimSpace(name)) {
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

// alwaysIgnored is true for columns and keys of our own reports and for
// comments.
func alwaysIgnored(name string) bool {
	switch normalizeHeader(name) {
	case "error", "status":
		return true
	}
	return strings.HasPrefix(strings.TrimSpace(name), "#")
}

// isExpect is true for a condition: to ignore one would apply a row that its
// author wanted to be held back.
func isExpect(name string) bool {
	n := normalizeHeader(name)
	return n == "expect" || strings.HasPrefix(n, "expect_") || strings.HasPrefix(n, "expect:")
}

const expectHint = "remove it only if the tracks may be changed whatever they are now"

// header finds out what each column holds, and complains about what is wrong
// with them. at says where a column's name stands.
func (p *pass) header(names []string, at func(column int) track.Position) (columns []int, usable bool) {
	complain := func(column int, field, message, hint string) {
		usable = false
		p.complain(track.Problem{Position: at(column), Field: field, Message: message, Hint: hint})
	}
	usable = true
	columns = make([]int, len(names))
	var holder [fieldCount]int // 1 + the column of each field
	var passed []string
	for i, name := range names {
		field := p.fieldOf(name, names)
		columns[i] = field
		switch {
		case field >= 0 && holder[field] > 0:
			complain(i, fieldNames[field], "columns "+p.m.quote(names[holder[field]-1])+" and "+p.m.quote(name)+
				" are both "+fieldNames[field], "keep one of them; the other stands at "+at(holder[field]-1).String())
		case field >= 0:
			holder[field] = i + 1
		case isExpect(name):
			complain(i, "", "unknown column "+p.m.quote(name), "expect is for YAML and JSON; "+expectHint)
		case field == nameless || alwaysIgnored(name):
		case p.m.opts.IgnoreUnknown:
			passed = append(passed, name)
		case fieldIndex(normalizeHeader(name)) >= 0:
			complain(i, "", "column "+p.m.quote(name)+" is not used, because another column was named for "+normalizeHeader(name),
				"rename it, put # before its name, or use --ignore-unknown")
		default:
			complain(i, "", "unknown column "+p.m.quote(name), orElse(p.m.didYouMean(name, track.Columns()),
				"use "+strings.Join(track.Columns(), ", ")+", put # before its name, or use --ignore-unknown"))
		}
	}
	for f := range fieldCount {
		if column, mapped := p.m.opts.Columns[fieldNames[f]]; mapped && holder[f] == 0 {
			complain(0, fieldNames[f], "there is no column "+p.m.quote(column)+" for "+fieldNames[f],
				orElse(p.m.didYouMean(column, names), "the columns are "+p.m.list(names)))
		} else if f == fID && holder[f] == 0 {
			complain(0, fieldNames[f], "there is no column id; the columns are "+p.m.list(names),
				orElse(p.missingID(names), "name it id, or say which it is with --map id=COLUMN"))
		}
	}
	if len(passed) > 0 && p.check {
		p.m.warn(track.Problem{Position: at(0), Message: "ignored columns: " + p.m.list(passed)})
	}
	return columns, usable
}

func (p *pass) missingID(names []string) string {
	for _, n := range names {
		if nearest(n, track.Columns()) == track.FieldID {
			return "did you mean column " + p.m.quote(n) + "? then use --map id=" + p.m.quote(n)
		}
	}
	return ""
}

func orElse(first, second string) string {
	if first != "" {
		return first
	}
	return second
}

// fieldOf is what the column called name holds. A field that Options.Columns
// names is in that column alone: in the one that is called exactly so, or
// else in one that is called so but for case and the like.
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
	if f := fieldIndex(normal); f >= 0 {
		if _, elsewhere := p.m.opts.Columns[fieldNames[f]]; !elsewhere {
			return f
		}
	}
	return ignored
}

func hasExact(all []string, name string) bool {
	for _, n := range all {
		if n == name {
			return true
		}
	}
	return false
}

// delimiters are tried in this order.
var delimiters = []rune{',', ';', '\t', '|'}

// findDelimiter finds what separates the names of a header: what yields the
// most columns that mean something, and of these what yields the most columns.
func (p *pass) findDelimiter(line string) rune {
	best, bestKnown, bestCount := delimiters[0], -1, 0
	for _, d := range delimiters {
		names := splitHeader(line, d)
		known := 0
		for _, n := range names {
			if p.fieldOf(n, names) >= 0 || alwaysIgnored(n) {
				known++
			}
		}
		if known > bestKnown || known == bestKnown && len(names) > bestCount {
			best, bestKnown, bestCount = d, known, len(names)
		}
	}
	return best
}

// splitHeader splits a line at a delimiter that is not between quotation
// marks. It is a guess for findDelimiter, not the reading of the header.
func splitHeader(line string, d rune) []string {
	var names []string
	quoted, start := false, 0
	for i, c := range line {
		switch {
		case c == '"':
			quoted = !quoted
		case c == d && !quoted:
			names = append(names, unquoteName(line[start:i]))
			start = i + len(string(d))
		}
	}
	return append(names, unquoteName(line[start:]))
}

func unquoteName(s string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		s = strings.ReplaceAll(s[1:len(s)-1], `""`, `"`)
	}
	return s
}
