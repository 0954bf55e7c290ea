package input

import (
	"errors"
	"fmt"
	"strings"

	"tracksync/internal/track"
)

// ParseSet reads FIELD=VALUE assignments into Options.Set. A value must be one that a row
// may have; maxVolume is that of Options.
func ParseSet(assignments []string, maxVolume int) (set track.Values, err error) {
	r := newRules(Options{MaxVolume: maxVolume})
	for _, a := range assignments {
		name, text, found := strings.Cut(a, "=")
		if !found {
			return set, fmt.Errorf("%s: write FIELD=VALUE, for example volume=40", show(a))
		}
		field := flagField(name)
		switch {
		case field == fID:
			return set, errors.New("id: every row has an id of its own")
		case field < 0:
			return set, fmt.Errorf("%s is not a field: use %s", show(name), strings.Join(track.Columns()[1:], ", "))
		case leavesEmpty(field, text):
			return set, fmt.Errorf("%s has no value: without --set, a row that leaves %s empty keeps what the track has",
				show(a), fieldNames[field])
		}
		v, bad := r.values(field, text)
		if bad != nil && bad.hint != "" {
			return set, fmt.Errorf("%s: %s (%s)", fieldNames[field], bad.message, bad.hint)
		} else if bad != nil {
			return set, fmt.Errorf("%s: %s", fieldNames[field], bad.message)
		}
		attribute := track.AttributeNamed(fieldNames[field])
		if attribute.Has(set) {
			return set, fmt.Errorf("%s is given two values", fieldNames[field])
		}
		set = attribute.Copy(set, v)
	}
	return set, nil
}

// flagField is the field that a flag names, or -1.
func flagField(name string) int {
	switch name = normalizeHeader(name); name {
	case "project":
		return fProject
	case "media":
		return fMedia
	}
	return fieldIndex(name)
}

// values are a field's value alone.
func (r rules) values(field int, text string) (v track.Values, bad *fault) {
	switch field {
	case fName:
		v.Name, bad = r.name(text)
	case fVolume:
		v.Volume, bad = r.volume(text)
	case fProject:
		v.Project, bad = r.project(text)
	case fMedia:
		v.Media, bad = r.media(text)
	}
	return v, bad
}

// leavesEmpty reports whether a text means that its field is absent.
func leavesEmpty(field int, text string) bool {
	return text == "" || field != fName && strings.TrimSpace(text) == ""
}

// fill gives a row the values of Options.Set for the fields that it leaves empty. The
// update of an invalid row stays as it is.
func (m *Manifest) fill(raw *rawRow) {
	if m.opts.Set.Empty() {
		return
	}
	for field, text := range raw.text {
		raw.text[field] = m.filled(field, text)
	}
	if len(raw.row.Problems) == 0 {
		raw.row.Update.Values = m.withSet(raw.own)
	}
}

// withSet are values with those of Options.Set in the fields that they leave empty.
func (m *Manifest) withSet(v track.Values) track.Values {
	for _, a := range track.Attributes() {
		if !a.Has(v) {
			v = a.Copy(v, m.opts.Set)
		}
	}
	return v
}

// filled is a cell of a list of rows to run again. The list has the values of Options.Set,
// so that it is right without that option too.
func (m *Manifest) filled(field int, text string) string {
	if m.opts.Set.Empty() || field <= fID || !leavesEmpty(field, text) {
		return text
	}
	t := track.TextsOf(track.Update{Values: m.opts.Set})
	return [fieldCount]string{"", t.Name, t.Volume, t.Project, t.Media}[field]
}

// sets reports whether Options.Set has a field.
func (m *Manifest) sets(field int) bool { return m.filled(field, "") != "" }

// warnOfSet warns about the values of Options.Set, once for all rows.
func (c *checker) warnOfSet() {
	for _, w := range c.m.rules.warnings(track.Update{Values: c.m.opts.Set}) {
		c.warn(c.m.sources[0], w.kind, track.Problem{Position: track.Position{File: "--set"}, Field: fieldNames[w.field],
			Message: w.message, Hint: w.hint})
	}
}
