package input

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// isNull is true for everything that YAML reads as null.
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

// isBlankText is true for a text that says nothing, as an export writes it where
// there is no value.
func isBlankText(n *yaml.Node) bool {
	message, _ := unsupported(n)
	return n.Kind == yaml.ScalarNode && n.Style&quoted != 0 && strings.TrimSpace(n.Value) == "" && message == ""
}

// isQuotedNull is true for a text that a hasty reader would take for null.
func isQuotedNull(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style&quoted != 0 && strings.TrimSpace(n.Value) == "null"
}

const quoted = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle

// unsupported says why a node is refused: aliases, anchors and tags are, so that an
// entry means exactly what one reads in it.
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
