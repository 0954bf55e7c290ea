package input

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v4"

	"tracksync/internal/track"
)

// readJSON reads a list of tracks, or an object with such a list, one entry
// at a time.
func (p *pass) readJSON(text *bufio.Reader) error {
	j := &jsonParser{p: p, in: jsonText{b: text}}
	j.reset(origin())
	c, err := j.next()
	switch {
	case err != nil:
	case c == 0:
		return nil
	case c == '[':
		err = j.tracks()
	case c == '{':
		err = j.wrapper()
	default:
		err = j.unexpected(c, "a list of tracks")
	}
	if err == nil {
		if c, err = j.next(); err == nil && c != 0 {
			err = j.fail("there is more text after the end of the JSON text",
				"several objects one after another are JSON Lines: --input-format jsonl")
		}
	}
	return restNotChecked(err)
}

// restNotChecked adds to a problem's hint that the rest of the file was not checked.
func restNotChecked(err error) error {
	if problem, ok := asFileError(err); ok && !strings.Contains(problem.Hint, "not checked") {
		if problem.Hint != "" {
			problem.Hint += "; "
		}
		problem.Hint += "the rest of the file was not checked"
		return &fileError{problem}
	}
	return err
}

// tracks reads a list of tracks.
func (j *jsonParser) tracks() error {
	return j.elements(func() error {
		if err := j.p.interrupted(); err != nil {
			return err
		}
		j.startElement()
		n, err := j.value()
		if err != nil {
			return err
		}
		return j.p.entry(n)
	})
}

// wrapper reads an object with a list of tracks.
func (j *jsonParser) wrapper() error {
	begin := *j.node(yaml.MappingNode)
	seen := make(map[string]*yaml.Node)
	err := j.members(func(key *yaml.Node) error {
		own := *key // the parser reuses the node
		key = &own
		j.startElement()
		if first := seen[key.Value]; first != nil {
			j.p.complainAt(key, fmt.Sprintf("key %s is already at %s", j.p.m.quote(key.Value), j.p.nodePosition(first)),
				"keep one of them")
		} else if len(seen) < maxColumns {
			seen[key.Value] = key
		}
		if key.Value != "tracks" {
			j.p.wrapperKey(key)
			return j.discard()
		}
		c, err := j.next()
		if err != nil {
			return err
		}
		if c != '[' {
			return j.unexpected(c, `a list: "tracks": […]`)
		}
		return j.tracks()
	})
	if err == nil && seen["tracks"] == nil {
		j.p.complainAt(&begin, noTracks, noTracksHint)
	}
	return err
}

const (
	noTracks     = `there is no list of tracks`
	noTracksHint = `write a list of tracks, or a mapping with the key "tracks" whose value is one`
)

// wrapperKey refuses a key other than tracks, unless it may be ignored.
func (p *pass) wrapperKey(key *yaml.Node) {
	if message, hint := p.unknownKey(key, []string{"tracks"}); message != "" {
		if fieldIndex(key.Value) >= 0 {
			hint = noTracksHint
		}
		p.complainAt(key, message, hint)
	}
}

func (p *pass) complainAt(n *yaml.Node, message, hint string) {
	p.complain(track.Problem{Position: p.nodePosition(n), Message: message, Hint: hint})
}

// readJSONL reads one track per line. A line that is not JSON is an invalid row, and
// the lines after it are read.
func (p *pass) readJSONL(text *bufio.Reader) error {
	l := &lines{b: text, at: origin()}
	j := &jsonParser{p: p}
	for {
		if err := p.interrupted(); err != nil {
			return err
		}
		content, at, err := l.next()
		switch {
		case err == io.EOF:
			return nil
		case errors.Is(err, errTooLong):
			return restNotChecked(&fileError{track.Problem{Position: p.position(at),
				Message: fmt.Sprintf("a line of more than %d bytes", maxRecord)}})
		case err != nil:
			return err
		}
		if len(bytes.TrimSpace(content)) == 0 {
			p.skipBlank(1)
			continue
		}
		// The line break is cut off: a position after it would be in the next line.
		j.in.ahead = bytes.TrimRight(content, "\r\n")
		j.reset(at)
		if err := j.line(content); err != nil {
			return err
		}
	}
}

// line reads one line of JSON Lines. content is its text.
func (j *jsonParser) line(content []byte) error {
	began := j.p.position(j.at)
	n, err := j.value()
	if err == nil {
		var c byte
		if c, err = j.next(); err == nil && c != 0 {
			err = j.fail("there is more text after the end of the object", "JSON Lines has one track per line")
		}
	}
	if problem, ok := asFileError(err); ok {
		if problem.Hint == "" {
			problem.Hint = "JSON Lines has one track per line; a JSON text of several lines is --input-format json"
		}
		raw := unreadable(began, problem)
		raw.likelyIDsOfLine(content)
		return j.p.finishRow(raw)
	}
	if err != nil {
		return err
	}
	return j.p.entry(n)
}
