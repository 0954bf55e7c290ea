package input

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// isNull reports whether YAML reads a node as null.
func isNull(n *yaml.Node) bool {
	if n.Kind != yaml.ScalarNode || n.Style&quoted != 0 {
		return false
	}
	switch n.Value {
	case "", "~", "null", "Null", "NULL":
		return true
	}
	return false
}

// isBlankText reports whether a node is a blank text in quotation marks. Exports write
// it for a missing value.
func isBlankText(n *yaml.Node) bool {
	message, _ := unsupported(n)
	return n.Kind == yaml.ScalarNode && n.Style&quoted != 0 && strings.TrimSpace(n.Value) == "" && message == ""
}

// isQuotedNull reports whether a node is the text "null", which looks like null.
func isQuotedNull(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style&quoted != 0 && strings.TrimSpace(n.Value) == "null"
}

const quoted = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle

// unsupported says why a node is refused, or returns "". Aliases, anchors and tags are
// refused, so that an entry means exactly what it shows.
func unsupported(n *yaml.Node) (message, hint string) {
	switch {
	case n.Kind == yaml.AliasNode:
		return "aliases are not supported", "write the value out"
	case n.Anchor != "":
		return "anchors are not supported", "remove it, and write the value out where it was referred to"
	case n.Style&yaml.TaggedStyle != 0, n.Tag == "!":
		return "tags are not supported", "remove it"
	}
	return "", ""
}
