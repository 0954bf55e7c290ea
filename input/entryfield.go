package input

import (
	"fmt"

	"go.yaml.in/yaml/v4"

	"tracksync/internal/track"
)

// project reads project: null or project: {id: 3}.
func (e *entryReader) project(key, value *yaml.Node) {
	if value.Kind == yaml.MappingNode {
		e.nested(fProject, key, value, "id")
		return
	}
	if value.Kind == yaml.ScalarNode && !isNull(value) && !isQuotedNull(value) && !isBlankText(value) {
		if message, _ := unsupported(value); message == "" {
			e.markInvalid(fProject, value, e.p.m.quote(value.Value)+" is not a project",
				"write project: {id: 3}, or project_id: 3")
			return
		}
	}
	e.scalar(fProject, key, value)
}

// media reads media: {url: …}, and in an expectation media: null as well.
func (e *entryReader) media(key, value *yaml.Node) {
	if e.expect && isNull(value) || isBlankText(value) {
		e.scalar(fMedia, key, value)
		return
	}
	e.nested(fMedia, key, value, "url")
}

// mediaCondition reads media: {url: …, expect: …}. The media is replaced only if it is
// the expected one; the other fields do not depend on it.
func (e *entryReader) mediaCondition(key, value *yaml.Node) {
	message, hint := unsupported(value)
	switch {
	case message != "":
	case value.Kind != yaml.ScalarNode || isNull(value) || value.Value == "":
		message, hint = "the expected media must be a URL",
			"write media: {url: …, expect: …}, or leave it out"
	case len(value.Value) > maxCell:
		message, hint = fmt.Sprintf("the media URL of %d bytes is too long", len(value.Value)),
			fmt.Sprintf("at most %d are allowed", maxCell)
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
	form := func() string { return fmt.Sprintf("write %s: {%s: …}", key.Value, inner) }
	if message, hint := unsupported(value); message != "" {
		e.markInvalid(field, value, message, hint)
		return
	}
	if value.Kind != yaml.MappingNode {
		if isNull(value) {
			e.null(field, key, value)
		} else {
			e.markInvalid(field, value, e.p.m.quote(key.Value)+" must be a mapping", form())
		}
		return
	}
	var keys keySet
	found := false
	for k, v := range pairs(value) {
		name, ok := e.key(k, &keys)
		switch {
		case !ok:
		case name == "expect" && field == fMedia && !e.expect:
			e.mediaCondition(k, v)
		case name != inner:
			e.unknown(k, []string{inner})
		case field == fProject && (isNull(v) || isQuotedNull(v)):
			found = true
			e.markInvalid(field, anchorOf(k, v), "a project's id cannot be null",
				"write project: null to detach the track from its project")
		case e.expect && isNull(v):
			found = true
			e.markInvalid(field, anchorOf(k, v), "a media's url cannot be null",
				"write media: null for a track without media")
		default:
			found = true
			e.scalar(field, k, v)
		}
	}
	if !found {
		e.markInvalid(field, value, e.p.m.quote(key.Value)+" has no "+inner, form()+e.orNull(field))
	}
}

// orNull is the part of a hint that says that a field may be null, if it may.
func (e *entryReader) orNull(field int) string {
	switch {
	case field != fProject:
		return ""
	case e.expect:
		return ", or project: null for a track that belongs to no project"
	}
	return ", or project: null to detach the track from its project"
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
		e.setText(field, value)
	case e.expect && field == fMedia && value.Value == "null" && isNull(value):
		e.values[field] = value
		e.raw.row.Update.Media = track.Null[string]()
	case isNull(value):
		e.null(field, key, value)
	case field == fProject && isQuotedNull(value):
		e.markInvalid(field, value, "null in quotation marks is a text", e.rules().nullHint())
		e.raw.substitutes[field] = `"null"`
	default:
		e.setText(field, value)
	}
}

// setText stores a field's text, for the rules to validate.
func (e *entryReader) setText(field int, value *yaml.Node) {
	e.values[field] = value
	e.raw.text[field] = value.Value
	e.raw.validated[field] = false
}

// rules are the rules for an entry or for an expectation, whichever is read.
func (e *entryReader) rules() rules {
	if e.expect {
		return e.p.m.rules.expectations()
	}
	return e.p.m.rules
}

// null refuses any spelling of null where it is not a value.
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

// anchorOf is the node that a message about a value points at. For an empty value that
// is its key.
func anchorOf(key, value *yaml.Node) *yaml.Node {
	if value.Value == "" {
		return key
	}
	return value
}

// markInvalid adds a problem to a field and keeps the rules from reading its text.
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
