package input

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// sniffJSON reports whether a text begins like JSON and is not JSON Lines.
func sniffJSON(head []byte) bool { return (head[0] == '[' || head[0] == '{') && !sniffJSONL(head) }

// sniffJSONL reports whether the first line of a text is an object, but not one that
// is the whole text and has a list of tracks.
func sniffJSONL(head []byte) bool {
	first := firstLine(head)
	rest := bytes.TrimLeft(head[len(first):], " \t\r\n")
	return head[0] == '{' && json.Valid(bytes.TrimSpace(first)) && (len(rest) > 0 || !isWrapper(first))
}

// sniffYAML reports whether the first line that is not a comment begins a list, a
// document, or the key tracks.
func sniffYAML(head []byte) bool {
	if head[0] == '[' || head[0] == '{' {
		return false // it is JSON, or meant to be
	}
	for len(head) > 0 {
		line := firstLine(head)
		head = head[len(line):]
		content := string(bytes.TrimSpace(line))
		if content == "" || strings.HasPrefix(content, "#") && !namesID(content) {
			continue
		}
		return content == "-" || strings.HasPrefix(content, "- ") || isMarker([]byte(content)) ||
			strings.HasPrefix(content, "[") || strings.HasPrefix(content, "tracks:") || strings.HasPrefix(content, "%YAML")
	}
	return false
}

// namesID reports whether a line is the header of a table with an id column. A comment
// rarely looks like that.
func namesID(line string) bool {
	for _, d := range delimiters {
		names, _, _ := splitHeader(line, d)
		isID := func(n string) bool { return fieldCalled(n) == fID }
		if len(names) > 1 && slices.ContainsFunc(names, isID) {
			return true
		}
	}
	return false
}

// isWrapper reports whether an object has a list of tracks and is not itself a track.
func isWrapper(object []byte) bool {
	var keys map[string]json.RawMessage
	if json.Unmarshal(object, &keys) != nil {
		return false
	}
	_, ok := keys["tracks"]
	return ok
}
