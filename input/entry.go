package input

import (
	"fmt"
	"hash/maphash"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"tracksync/internal/track"
)

// The keys of an entry.
var entryKeys = []string{"id", "name", "volume", "project", "project_id", "media", "media_url", "expect"}

// entry turns one entry of a YAML or JSON manifest into a row. Scalars are read as
// they are written: the types that YAML gives them (0123 is 83, yes is true) don't
// matter. Lines and columns of n must be those of the file.
func (p *pass) entry(n *yaml.Node) error {
	if p.leavesOut() {
		return nil
	}
	e := p.entries
	if e == nil {
		e = &entryReader{}
		e.raw.at = e.place
		p.entries = e
	}
	*e = entryReader{p: p, raw: rawRow{at: e.raw.at}, at: p.nodePosition(n), keys: entryKeys}
	e.raw.row.Position = e.at
	if message, hint := unsupported(n); message != "" {
		e.broken(n, message, hint)
	} else if n.Kind != yaml.MappingNode {
		hint := "write id: 17, and the fields to change"
		if n.Kind == yaml.SequenceNode {
			hint = "a list of tracks must not be inside a list"
		}
		e.broken(n, "an entry must be a mapping with an id", hint)
	} else {
		e.mapping(n)
	}
	return p.finishRow(&e.raw)
}

// entryReader reads one entry, or one alternative of an entry's expectation.
type entryReader struct {
	p      *pass
	raw    rawRow
	at     track.Position
	keys   []string               // the allowed keys
	expect bool                   // an expectation is read, not an entry
	values [fieldCount]*yaml.Node // the node of each field
}

// keySet is the keys of a mapping that were read so far. Most mappings have few.
type keySet struct {
	few   [fewKeys]*yaml.Node
	count int                   // how many of few are set
	many  map[string]*yaml.Node // all keys, once there are more than fewKeys
}

const fewKeys = 8

// find returns the node of a key, or nil.
func (s *keySet) find(name string) *yaml.Node {
	if s.many != nil {
		return s.many[name]
	}
	for _, n := range s.few[:s.count] {
		if n.Value == name {
			return n
		}
	}
	return nil
}

func (s *keySet) add(key *yaml.Node) {
	switch {
	case s.many != nil:
		s.many[key.Value] = key
	case s.count < fewKeys:
		s.few[s.count] = key
		s.count++
	default:
		s.many = map[string]*yaml.Node{key.Value: key}
		for _, n := range s.few {
			s.many[n.Value] = n
		}
	}
}

func (p *pass) nodePosition(n *yaml.Node) track.Position {
	return track.Position{File: p.src.name, Line: n.Line, Column: n.Column}
}

func (e *entryReader) place(field int) track.Position {
	if n := e.values[field]; n != nil {
		return e.p.nodePosition(n)
	}
	return e.at
}

func (e *entryReader) problem(n *yaml.Node, field, message, hint string) {
	if len(e.raw.row.Problems) >= maxRowProblems {
		if e.raw.omitted.count++; e.raw.omitted.count == 1 {
			e.raw.omitted.at = e.p.nodePosition(n)
		}
		return
	}
	e.raw.row.Problems = append(e.raw.row.Problems, track.Problem{
		Position: e.p.nodePosition(n), Field: field, Message: message, Hint: hint,
	})
}

// broken makes the entry invalid as a whole: none of its fields can be read.
func (e *entryReader) broken(n *yaml.Node, message, hint string) {
	e.problem(n, "", message, hint)
	e.raw.notRepresentable = true
	e.raw.validated = allFields
}

// mapping reads the fields of an entry.
func (e *entryReader) mapping(n *yaml.Node) {
	var seen keySet
	var likely []string // ids under other keys
	for key, value := range pairs(n) {
		name, ok := e.key(key, &seen)
		if !ok {
			if key.Value == "id" {
				e.raw.mayBeAbout(value.Value)
			}
			continue
		}
		if !slices.Contains(e.keys, name) {
			e.unknown(key, e.keys)
			if meansID(name) {
				likely = append(likely, value.Value)
			}
			continue
		}
		switch name {
		case "id":
			e.scalar(fID, key, value)
		case "name":
			e.scalar(fName, key, value)
		case "volume":
			e.scalar(fVolume, key, value)
		case "project_id":
			e.once(fProject, key, func() { e.scalar(fProject, key, value) })
		case "project":
			e.once(fProject, key, func() { e.project(key, value) })
		case "media_url":
			e.once(fMedia, key, func() { e.scalar(fMedia, key, value) })
		case "media":
			e.once(fMedia, key, func() { e.media(key, value) })
		case "expect":
			e.expectation(key, value)
		}
	}
	if e.values[fID] == nil {
		for _, id := range likely {
			e.raw.mayBeAbout(id)
		}
	}
}

// pairs are the keys and values of a mapping.
func pairs(n *yaml.Node) func(yield func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], n.Content[i+1]) {
				return
			}
		}
	}
}

// key reads a key, and refuses one that its mapping already has.
func (e *entryReader) key(key *yaml.Node, seen *keySet) (string, bool) {
	if message, hint := unsupported(key); message != "" || key.Kind != yaml.ScalarNode {
		e.problem(key, "", orElse(message, "a key must be a single word"),
			orElse(hint, "use "+strings.Join(e.keys, ", ")))
		e.raw.notRepresentable = true
		return "", false
	}
	if first := seen.find(key.Value); first != nil {
		e.problem(key, "", fmt.Sprintf("key %s is already at %s", e.p.m.quote(key.Value), e.p.nodePosition(first)),
			"keep one of them")
		e.raw.notRepresentable = true
		return "", false
	}
	seen.add(key)
	return key.Value, true
}

// once reads a field that can be written under two keys, and refuses the second.
func (e *entryReader) once(field int, key *yaml.Node, read func()) {
	if first := e.values[field]; first != nil {
		e.problem(key, fieldNames[field], fmt.Sprintf("%s means the same as the key for %s", e.p.m.quote(key.Value),
			e.p.nodePosition(first)), "keep one of them")
		e.raw.notRepresentable = true
		return
	}
	read()
}

// unknown refuses an unknown key, unless it may be ignored.
func (e *entryReader) unknown(key *yaml.Node, known []string) {
	message, hint := e.p.unknownKey(key, known)
	if e.expect {
		message, hint = e.p.unknownCondition(key, known)
	}
	if message != "" {
		e.problem(key, "", message, hint)
		e.raw.notRepresentable = true
	}
}

// unknownKey says what is wrong with an unknown key; "" for one that may be ignored.
func (p *pass) unknownKey(key *yaml.Node, known []string) (message, hint string) {
	name := key.Value
	switch {
	case isExpect(name):
		return "unknown key " + p.m.quote(name), "write expectations as expect: {volume: 40}; " + expectHint
	case alwaysIgnored(name):
		p.noteIgnored(name, whyAlways(name))
		return "", ""
	case p.m.opts.IgnoreUnknown:
		p.noteIgnored(name, IsUnknown)
		p.ignoredKey(name)
		return "", ""
	}
	return "unknown key " + p.m.quote(name), orElse(p.m.didYouMean(name, known),
		"use "+strings.Join(known, ", ")+", or --ignore-unknown")
}

// ignoredKey warns about an ignored key, once per file.
func (p *pass) ignoredKey(name string) {
	key := maphash.String(p.src.file.seed, name)
	if _, known := p.ignored[key]; !p.check || known || len(p.ignored) >= maxIgnored {
		return
	}
	if p.ignored == nil {
		p.ignored = make(map[uint64]struct{})
	}
	p.ignored[key] = struct{}{}
	p.m.warnings.add(askedFor,
		track.Problem{Position: track.Position{File: p.src.name}, Message: "ignored key: " + p.m.quote(name)})
}
