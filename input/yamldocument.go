package input

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"

	"tracksync/internal/track"
)

// document reads a parsed document.
func (p *pass) document(n *yaml.Node) error {
	if message, hint := unsupported(n); message != "" {
		p.complainAt(n, message, hint)
		return nil
	}
	switch {
	case n.Kind == yaml.SequenceNode:
		return p.list(n)
	case n.Kind == yaml.ScalarNode && isNull(n) && n.Value == "":
		return nil // an empty document
	case n.Kind != yaml.MappingNode:
		p.complainAt(n, noTracks, noTracksHint)
		return nil
	}
	tracks := p.wrapperKeys(n, make(map[string]bool))
	if tracks == nil {
		p.complainAt(n, noTracks, noTracksHint)
		return nil
	}
	if message, hint := unsupported(tracks); message != "" || tracks.Kind != yaml.SequenceNode {
		p.complainAt(tracks, orElse(message, "tracks must be a list"),
			orElse(hint, "write tracks: [] for an empty one"))
		return nil
	}
	return p.list(tracks)
}

func (p *pass) list(n *yaml.Node) error {
	for _, entry := range n.Content {
		if err := p.interrupted(); err != nil {
			return err
		}
		if err := p.entry(entry); err != nil {
			return err
		}
	}
	return nil
}

// wrapperKeys checks the keys of the mapping around the list, and returns the list.
// seen are keys of the mapping that were read before.
func (p *pass) wrapperKeys(n *yaml.Node, seen map[string]bool) *yaml.Node {
	var tracks *yaml.Node
	for key, value := range pairs(n) {
		message, hint := unsupported(key)
		switch {
		case message != "":
			p.complainAt(key, message, hint)
		case key.Kind != yaml.ScalarNode:
			p.complainAt(key, "a key must be a single word", noTracksHint)
		case seen[key.Value]:
			p.complainAt(key, "key "+p.m.quote(key.Value)+" is already in this document", "keep one of them")
		case key.Value == "tracks":
			tracks = value
		default:
			p.wrapperKey(key)
		}
		seen[key.Value] = true
	}
	return tracks
}

// parse reads YAML that begins in column 1, and returns the roots of its documents,
// with the lines of the file. With an error it returns the documents before it.
func (y *yamlReader) parse(chunk *yamlChunk) ([]*yaml.Node, error) {
	loader, err := yaml.NewLoader(bytes.NewReader(chunk.text), yaml.WithPlugin(
		loaderlimits.New(loaderlimits.DepthValue(maxDepth), loaderlimits.AliasNone()), unresolved{}))
	if err != nil {
		return nil, err
	}
	var docs []*yaml.Node
	for {
		var doc yaml.Node
		err := loader.Load(&doc)
		if err == io.EOF {
			return docs, nil
		}
		if err != nil {
			return docs, y.syntaxError(err, chunk)
		}
		if doc.Kind == yaml.DocumentNode && len(doc.Content) == 1 {
			chunk.moveDown(doc.Content[0])
			docs = append(docs, doc.Content[0])
		}
	}
}

// syntaxError is an error of the YAML library, with its position in the file.
func (y *yamlReader) syntaxError(err error, chunk *yamlChunk) error {
	problem := track.Problem{Position: y.p.position(chunk.at), Message: "this is not YAML: " + y.clean(err.Error())}
	var le *yaml.LoadError
	if errors.As(err, &le) {
		problem.Message = "this is not YAML: " + y.clean(strings.TrimSpace(le.ContextMsg+" "+le.Message))
		if strings.Contains(le.Message, "exceeded max depth") {
			problem.Message = fmt.Sprintf("more than %d lists and mappings within each other", maxDepth)
		}
		if strings.Contains(le.ContextMsg, "quoted scalar") && strings.Contains(le.Message, "end of stream") {
			problem.Message, le.Mark = "the quotation mark that opens here is never closed", le.ContextMark
		}
		end := chunk.place(len(chunk.text))
		if line := chunk.fileLine(le.Mark.Line); line > end.line || line == end.line && le.Mark.Column > end.col {
			problem.Position = y.p.position(end) // the library counts a line break that does not exist
		} else if le.Mark.Line > 0 {
			problem.Position.Line, problem.Position.Column = line, le.Mark.Column
		} else if le.Mark.Index > 0 && le.Mark.Index <= len(chunk.text) {
			problem.Position = y.p.position(chunk.place(le.Mark.Index))
		}
	}
	return &fileError{problem}
}

// clean turns a message of the library into one line of printable text.
func (y *yamlReader) clean(message string) string {
	shown := y.p.m.quote(message)
	shown = strings.TrimSuffix(strings.TrimPrefix(shown, `"`), `"`)
	return strings.ReplaceAll(shown, `\"`, `"`)
}

// unresolved keeps the YAML library from following aliases: an alias may refer to
// itself or to very many others. Aliases are refused later, with our own message.
type unresolved struct{}

func (unresolved) NewAliasDataContext(yaml.AliasDataServices) (yaml.AliasDataContext, error) {
	return unresolved{}, nil
}
func (unresolved) BeginDocument() error                  { return nil }
func (unresolved) DefineAnchor(string, *yaml.Node) error { return nil }
func (unresolved) EndDocument() error                    { return nil }
func (unresolved) ResolveAlias(string) (*yaml.Node, bool, error) {
	return &yaml.Node{Kind: yaml.ScalarNode}, true, nil
}
