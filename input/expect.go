package input

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// The keys of what an entry expects.
var expectKeys = []string{"name", "volume", "project", "project_id", "media", "media_url"}

// MaxAlternatives is how many states an entry may expect: an undo file needs a few.
const MaxAlternatives = 32

// expectation reads what the track must look like before it is changed:
//
//	expect: {volume: 40, project: null}
//	expect: [{volume: 40}, {volume: 55}] # either will do
//
// It is read like an entry, but with rules.expectations, and no unknown key except a
// comment is ignored: a row whose condition was overlooked would be applied against
// its author's will.
func (e *entryReader) expectation(key, value *yaml.Node) {
	if message, _ := unsupported(value); message != "" || value.Kind != yaml.SequenceNode {
		e.alternative(key, value)
		return
	}
	switch n := len(value.Content); {
	case n == 0:
		e.wrongExpectation(value, "expect is empty", expectForm+", or remove it")
	case n > MaxAlternatives:
		e.wrongExpectation(value, fmt.Sprintf("expect has %d alternatives, more than %d", n, MaxAlternatives),
			"leave some out")
	default:
		for _, item := range value.Content {
			e.alternative(item, item)
		}
	}
}

// alternative reads one of the states that are accepted.
func (e *entryReader) alternative(key, value *yaml.Node) {
	message, hint := unsupported(value)
	switch {
	case message != "":
	case isNull(value), value.Kind == yaml.MappingNode && len(value.Content) == 0:
		message, hint = "expect is empty", expectForm+", or remove it"
	case value.Kind != yaml.MappingNode:
		message, hint = "expect must be a mapping, or a list of mappings", expectForm
	}
	if message != "" {
		at := value
		if value.Kind == yaml.ScalarNode {
			at = anchorOf(key, value)
		}
		e.wrongExpectation(at, message, hint)
		return
	}
	x := &entryReader{p: e.p, at: e.p.nodePosition(value), keys: expectKeys, expect: true}
	x.raw.at = x.place
	x.raw.validated = allFields
	x.mapping(value)
	if len(x.raw.row.Problems) == 0 && x.values == [fieldCount]*yaml.Node{} {
		x.problem(value, "expect", "expect is empty", expectForm+", or remove it")
	}
	e.raw.expect = append(e.raw.expect, &x.raw)
}

// wrongExpectation makes the entry invalid. A table cannot show the reason, because it
// has no expectations.
func (e *entryReader) wrongExpectation(at *yaml.Node, message, hint string) {
	e.problem(at, "expect", message, hint)
	e.raw.notRepresentable = true
}

const expectForm = "write what the track must look like before it is changed, for example expect: {volume: 40}"

// unknownCondition says what is wrong with an unknown key of an expectation; "" for a
// comment.
func (p *pass) unknownCondition(key *yaml.Node, known []string) (message, hint string) {
	if strings.HasPrefix(strings.TrimSpace(key.Value), "#") {
		return "", ""
	}
	return "unknown key " + p.m.quote(key.Value) + " in expect", orElse(p.m.didYouMean(key.Value, known),
		"use "+strings.Join(known, ", ")+"; a condition is never ignored")
}

// expectNullHint says what to write instead of a null that expects nothing.
func expectNullHint(field int, key string) string {
	if field == fMedia {
		return "write null, exactly so, for a track without media, or leave it out to accept any"
	}
	return fmt.Sprintf("write what the track must have, or leave %s out", key)
}
