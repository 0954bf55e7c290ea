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

// entry makes a row of one entry of a YAML or JSON manifest. Scalars are taken
// as they are written: the YAML library's idea of their type (0123 is 83, yes
// is true) is not asked. Lines and columns of n are those of the file.
func (p *pass) entry(n *yaml.Node) error {
	e := &entryReader{p: p, at: p.nodePosition(n), keys: entryKeys}
	e.raw.row.Position = e.at
	e.raw.at = e.place
	if message, hint := unsupported(n); message != "" {
		e.broken(n, message, hint)
	} else if n.Kind != yaml.MappingNode {
		hint := "write id: 17, and what shall be changed"
		if n.Kind == yaml.SequenceNode {
			hint = "a list of tracks must not be inside a list"
		}
		e.broken(n, "an entry must be a mapping with an id", hint)
	} else {
		e.mapping(n)
	}
	return p.finish(&e.raw)
}

// entryReader gathers one entry.
type entryReader struct {
	p      *pass
	raw    rawRow
	at     track.Position
	keys   []string               // that it may have
	expect bool                   // what is read is not the entry, but what it expects
	values [fieldCount]*yaml.Node // where each field stands
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

// broken makes an invalid row of an entry that has no fields.
func (e *entryReader) broken(n *yaml.Node, message, hint string) {
	e.problem(n, "", message, hint)
	e.raw.notRepresentable = true
	e.raw.validated = allFields
}

// mapping reads the fields of an entry.
func (e *entryReader) mapping(n *yaml.Node) {
	seen := make(map[string]*yaml.Node, len(n.Content)/2)
	var likely []string // ids under other keys
	for key, value := range pairs(n) {
		name, ok := e.key(key, seen)
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

// key reads a key, and refuses one that stands in its mapping already.
func (e *entryReader) key(key *yaml.Node, seen map[string]*yaml.Node) (string, bool) {
	if message, hint := unsupported(key); message != "" || key.Kind != yaml.ScalarNode {
		e.problem(key, "", orElse(message, "a key must be a single word"), orElse(hint, "use "+strings.Join(e.keys, ", ")))
		e.raw.notRepresentable = true
		return "", false
	}
	if first := seen[key.Value]; first != nil {
		e.problem(key, "", fmt.Sprintf("key %s stands at %s already", e.p.m.quote(key.Value), e.p.nodePosition(first)), "keep one of them")
		e.raw.notRepresentable = true
		return "", false
	}
	seen[key.Value] = key
	return key.Value, true
}

// once refuses the second of two keys that mean the same field.
func (e *entryReader) once(field int, key *yaml.Node, read func()) {
	if first := e.values[field]; first != nil {
		e.problem(key, fieldNames[field], fmt.Sprintf("%s says the same as the key for %s", e.p.m.quote(key.Value),
			e.p.nodePosition(first)), "keep one of them")
		e.raw.notRepresentable = true
		return
	}
	read()
}

// unknown refuses a key that means nothing, unless it may be ignored.
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

// unknownKey says what is wrong with a key that means nothing; "" for one
// that may be ignored.
func (p *pass) unknownKey(key *yaml.Node, known []string) (message, hint string) {
	name := key.Value
	switch {
	case isExpect(name):
		return "unknown key " + p.m.quote(name), "an entry says what it expects as expect: {volume: 40}; " + expectHint
	case alwaysIgnored(name):
		return "", ""
	case p.m.opts.IgnoreUnknown:
		p.ignoredKey(name)
		return "", ""
	}
	return "unknown key " + p.m.quote(name), orElse(p.m.didYouMean(name, known),
		"use "+strings.Join(known, ", ")+", or --ignore-unknown")
}

// ignoredKey warns of a key, once a file.
func (p *pass) ignoredKey(name string) {
	key := maphash.String(p.src.file.seed, name)
	if _, known := p.ignored[key]; !p.check || known || len(p.ignored) >= maxIgnored {
		return
	}
	if p.ignored == nil {
		p.ignored = make(map[uint64]struct{})
	}
	p.ignored[key] = struct{}{}
	p.m.warnings.add(askedFor, track.Problem{Position: track.Position{File: p.src.name}, Message: "ignored key: " + p.m.quote(name)})
}

// project reads project: null or project: {id: 3}.
func (e *entryReader) project(key, value *yaml.Node) {
	if value.Kind == yaml.MappingNode {
		e.nested(fProject, key, value, "id")
		return
	}
	if value.Kind == yaml.ScalarNode && !isNull(value) && !isQuotedNull(value) && !isBlankText(value) {
		if message, _ := unsupported(value); message == "" {
			e.markInvalid(fProject, value, e.p.m.quote(value.Value)+" is not a project", "write project: {id: 3}, or project_id: 3")
			return
		}
	}
	e.scalar(fProject, key, value)
}

// media reads media: {url: …}, and media: null where that is a condition.
func (e *entryReader) media(key, value *yaml.Node) {
	if e.expect && isNull(value) || isBlankText(value) {
		e.scalar(fMedia, key, value)
		return
	}
	e.nested(fMedia, key, value, "url")
}

// mediaCondition reads the media that a track must have for its media alone to be
// replaced: media: {url: …, expect: …}.
func (e *entryReader) mediaCondition(key, value *yaml.Node) {
	message, hint := unsupported(value)
	switch {
	case message != "":
	case value.Kind != yaml.ScalarNode || isNull(value) || value.Value == "":
		message, hint = "what is expected of the media must be a URL", "write media: {url: …, expect: …}, or leave it out"
	case len(value.Value) > maxCell:
		message, hint = fmt.Sprintf("the media URL of %d bytes is too long", len(value.Value)), fmt.Sprintf("the most is %d", maxCell)
	}
	if message != "" {
		e.problem(anchorOf(key, value), fieldNames[fMedia], message, hint)
		e.raw.notRepresentable = true
		return
	}
	e.raw.row.ExpectMedia = track.Value(value.Value)
}

// nested reads a field that is a mapping with one key.
func (e *entryReader) nested(field int, key, value *yaml.Node, inner string) {
	form := fmt.Sprintf("write %s: {%s: …}", key.Value, inner)
	if message, hint := unsupported(value); message != "" {
		e.markInvalid(field, value, message, hint)
		return
	}
	if value.Kind != yaml.MappingNode {
		if isNull(value) {
			e.null(field, key, value)
		} else {
			e.markInvalid(field, value, e.p.m.quote(key.Value)+" must be a mapping", form)
		}
		return
	}
	keys := make(map[string]*yaml.Node, 1)
	found := false
	for k, v := range pairs(value) {
		name, ok := e.key(k, keys)
		switch {
		case !ok:
		case name == "expect" && field == fMedia && !e.expect:
			e.mediaCondition(k, v)
		case name != inner:
			e.unknown(k, []string{inner})
		case field == fProject && (isNull(v) || isQuotedNull(v)):
			found = true
			e.markInvalid(field, anchorOf(k, v), "a project's id cannot be null", "write project: null to detach the track from its project")
		case e.expect && isNull(v):
			found = true
			e.markInvalid(field, anchorOf(k, v), "a media's url cannot be null", "write media: null for a track without media")
		default:
			found = true
			e.scalar(field, k, v)
		}
	}
	if !found {
		hint := form
		if field == fProject {
			hint += ", or project: null to detach the track from its project"
			if e.expect {
				hint = form + ", or project: null for a track that belongs to no project"
			}
		}
		e.markInvalid(field, value, e.p.m.quote(key.Value)+" has no "+inner, hint)
	}
}

// scalar reads a single value.
func (e *entryReader) scalar(field int, key, value *yaml.Node) {
	message, hint := unsupported(value)
	switch {
	case message != "":
		e.markInvalid(field, value, message, hint)
	case value.Kind != yaml.ScalarNode:
		e.markInvalid(field, value, fieldNames[field]+" must be a single value", "")
	case field == fProject && isNull(value) && value.Value == "null":
		e.take(field, value)
	case e.expect && field == fMedia && value.Value == "null" && isNull(value):
		e.values[field] = value
		e.raw.row.Update.Media = track.Null[string]()
	case isNull(value):
		e.null(field, key, value)
	case field == fProject && isQuotedNull(value):
		e.markInvalid(field, value, "null in quotation marks is a text", e.rules().nullHint())
		e.raw.substitutes[field] = `"null"`
	default:
		e.take(field, value)
	}
}

// take leaves a field's text to the rules.
func (e *entryReader) take(field int, value *yaml.Node) {
	e.values[field] = value
	e.raw.text[field] = value.Value
	e.raw.validated[field] = false
}

// rules are those for what is read.
func (e *entryReader) rules() rules {
	if e.expect {
		return e.p.m.rules.expectations()
	}
	return e.p.m.rules
}

// null refuses null, in any writing, where it says nothing or is no value.
func (e *entryReader) null(field int, key, value *yaml.Node) {
	shown := e.p.m.quote(value.Value)
	if value.Value == "" {
		shown = "a key without a value"
	}
	hint := "leave " + key.Value + " out to keep what the track has"
	switch field {
	case fID:
		hint = "every entry names its track"
	case fName:
		hint += "; put it in quotation marks if that is the name"
	case fProject:
		hint = e.rules().nullHint()
	}
	if e.expect && field != fProject {
		hint = expectNullHint(field, key.Value)
	}
	e.markInvalid(field, anchorOf(key, value), shown+" is not a value for "+fieldNames[field], hint)
}

// anchorOf is the node that a message about a value points at: its key if
// there is nothing to point at.
func anchorOf(key, value *yaml.Node) *yaml.Node {
	if value.Value == "" {
		return key
	}
	return value
}

// markInvalid makes a field invalid.
func (e *entryReader) markInvalid(field int, n *yaml.Node, message, hint string) {
	e.values[field] = n
	if field == fID && n.Kind == yaml.ScalarNode {
		e.raw.mayBeAbout(n.Value)
	}
	e.problem(n, fieldNames[field], message, hint)
	e.raw.validated[field] = true
	e.raw.substitutes[field], e.raw.notRepresentable = "?", true
	if field == fName {
		e.raw.substitutes[field] = " " // blank: anything else would be a name
	}
}
