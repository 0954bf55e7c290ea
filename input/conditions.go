package input

import "strings"

// isExpect reports whether the name of a column or key looks like a condition. Such a
// name is never ignored, because that would apply a row that its author wanted to hold
// back. A false alarm costs little: the user chooses another name.
func isExpect(name string) bool {
	n := normalizeHeader(name)
	switch n {
	case "if", "only_if", "if_match", "unless", "precondition", "preconditions", "assert":
		return true
	}
	word, _, _ := strings.Cut(n, "_")
	word, _, _ = strings.Cut(word, ":")
	return strings.HasPrefix(n, "expect") || len(word) < 10 && distance([]rune(word), []rune("expect")) <= 1
}

const expectHint = "remove it only if the tracks may be changed whatever they are now, " +
	"or put # before its name if it is not a condition"
