package input

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
)

// formatOfName is the format that a file's extension says, or "".
func formatOfName(name string) (format Format, workbook bool) {
	ext := strings.ToLower(filepath.Ext(name))
	if ext == ".gz" {
		ext = strings.ToLower(filepath.Ext(name[:len(name)-len(ext)]))
	}
	switch ext {
	case ".csv":
		return CSV, false
	case ".tsv", ".tab":
		return TSV, false
	case ".yaml", ".yml":
		return YAML, false
	case ".json":
		return JSON, false
	case ".jsonl", ".ndjson":
		return JSONL, false
	case ".xlsx", ".xlsm", ".xls", ".ods":
		return "", true
	}
	return "", false
}

// formatOfContent finds the format from the beginning of a text.
func formatOfContent(head []byte) Format {
	head = bytes.TrimLeft(head, " \t\r\n")
	if len(head) == 0 {
		return CSV
	}
	switch head[0] {
	case '[':
		return JSON
	case '{':
		line := bytes.TrimSpace(firstLine(head))
		rest := bytes.TrimLeft(head[len(firstLine(head)):], " \t\r\n")
		if json.Valid(line) && (len(rest) > 0 || !isWrapper(line)) {
			return JSONL
		}
		return JSON
	}
	for len(head) > 0 {
		line := firstLine(head)
		head = head[len(line):]
		content := string(bytes.TrimSpace(line))
		switch {
		case content == "" || strings.HasPrefix(content, "#") && !namesID(content):
			continue
		case content == "-" || strings.HasPrefix(content, "- ") || isMarker([]byte(content)) ||
			strings.HasPrefix(content, "[") || strings.HasPrefix(content, "tracks:") || strings.HasPrefix(content, "%YAML"):
			return YAML
		}
		break
	}
	return CSV
}

// namesID is true for the header of a table that has a column id, as a comment
// hardly is.
func namesID(line string) bool {
	for _, d := range delimiters {
		names, _, _ := splitHeader(line, d)
		if len(names) > 1 && slices.ContainsFunc(names, func(n string) bool { return fieldIndex(normalizeHeader(n)) == fID }) {
			return true
		}
	}
	return false
}

// isWrapper is true for an object that has a list of tracks and is none.
func isWrapper(object []byte) bool {
	var keys map[string]json.RawMessage
	if json.Unmarshal(object, &keys) != nil {
		return false
	}
	_, ok := keys["tracks"]
	return ok
}
