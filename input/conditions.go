package input

import "strings"

// isExpect is true for the name of a column or key that looks like a condition:
// to ignore one would apply a row that its author wanted to be held back. It
// does not need to be one: to be asked for another name costs little.
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

const expectHint = "remove it only if the tracks may be changed whatever they are now, or put # before its name if it is no condition"
