package input

import "bytes"

// This file recognizes lines of YAML before they are parsed.

// isVersion reports whether a line is a directive such as "%YAML 1.2". The library
// knows only 1.1, but what is read here means the same in every 1.x.
func isVersion(line []byte) bool {
	rest, found := bytes.CutPrefix(line, []byte("%YAML 1."))
	rest = bytes.TrimLeft(rest, "0123456789")
	return found && isVoid(rest)
}

// isVoid reports whether a line is blank or a comment.
func isVoid(line []byte) bool {
	line = bytes.TrimLeft(line, " \t\r\n")
	return len(line) == 0 || line[0] == '#'
}

// indentOf counts the spaces that a line begins with.
func indentOf(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " ")) }

// itemIndent is the indentation of a line that begins an item of a list, or -1.
func itemIndent(line []byte) int {
	indent := indentOf(line)
	rest := line[indent:]
	if len(rest) == 0 || rest[0] != '-' || len(rest) > 1 && !bytes.ContainsRune([]byte(" \t\r\n"), rune(rest[1])) {
		return -1
	}
	return indent
}

// isTracksKey reports whether a line is "tracks:" and nothing else.
func isTracksKey(line []byte) bool {
	for _, key := range []string{"tracks", `"tracks"`, "'tracks'"} {
		if rest, found := bytes.CutPrefix(line, []byte(key)); found {
			rest, found = bytes.CutPrefix(bytes.TrimLeft(rest, " "), []byte(":"))
			return found && isVoid(rest) && (len(rest) == 0 || rest[0] != '#')
		}
	}
	return false
}

// isMarker reports whether a line ends or begins a document.
func isMarker(line []byte) bool {
	if !bytes.HasPrefix(line, []byte("---")) && !bytes.HasPrefix(line, []byte("...")) {
		return false
	}
	return len(line) == 3 || bytes.ContainsRune([]byte(" \t\r\n"), rune(line[3]))
}

// isBareMarker reports whether a line is a marker with at most a comment after it.
func isBareMarker(line []byte) bool { return isMarker(line) && isVoid(line[3:]) }
