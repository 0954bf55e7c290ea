package api

import "bytes"

// members calls visit for each member of a JSON object, in order: its key, decoded,
// and its value as it is written. It reports whether b is an object and nothing else;
// before that, visit may have been called.
//
// It takes the place of decoding into a map, which costs more than all the rest of
// an answer.
func members(b []byte, visit func(key, value []byte)) bool {
	at := skipBlanks(b, 0)
	return byteAt(b, at) == '{' && isLast(b, objectEnd(b, at, 0, visit))
}

// validJSON is json.Valid, faster.
func validJSON(b []byte) bool {
	return isLast(b, valueEnd(b, skipBlanks(b, 0), 0))
}

// isLast reports whether nothing follows a value that ends at a place.
func isLast(b []byte, end int) bool { return end != noJSON && skipBlanks(b, end) == len(b) }

// maxDepth is how deep objects and lists may stand in each other, for encoding/json
// too.
const maxDepth = 10_000

// noJSON is where a value ends that is none.
const noJSON = -1

// valueEnd is the end of the JSON value that begins at a place.
func valueEnd(b []byte, at, depth int) int {
	switch c := byteAt(b, at); {
	case c == '"':
		return stringEnd(b, at)
	case c == '{':
		return objectEnd(b, at, depth, nil)
	case c == '[':
		return listEnd(b, at, depth)
	case c == '-' || isDigit(c):
		return numberEnd(b, at)
	}
	for _, word := range []string{"null", "true", "false"} {
		if bytes.HasPrefix(b[at:], []byte(word)) {
			return at + len(word)
		}
	}
	return noJSON
}

func objectEnd(b []byte, at, depth int, visit func(key, value []byte)) int {
	if at = skipBlanks(b, at+1); byteAt(b, at) == '}' {
		return at + 1
	}
	for depth < maxDepth {
		key := at
		if byteAt(b, at) != '"' {
			return noJSON
		}
		if at = stringEnd(b, at); at == noJSON {
			return noJSON
		}
		keyEnd := at
		if at = skipBlanks(b, at); byteAt(b, at) != ':' {
			return noJSON
		}
		value := skipBlanks(b, at+1)
		if at = valueEnd(b, value, depth+1); at == noJSON {
			return noJSON
		}
		if visit != nil {
			visit(unquoted(b[key:keyEnd]), b[value:at])
		}
		switch at = skipBlanks(b, at); byteAt(b, at) {
		case '}':
			return at + 1
		case ',':
			at = skipBlanks(b, at+1)
		default:
			return noJSON
		}
	}
	return noJSON
}

func listEnd(b []byte, at, depth int) int {
	if at = skipBlanks(b, at+1); byteAt(b, at) == ']' {
		return at + 1
	}
	for depth < maxDepth {
		if at = valueEnd(b, at, depth+1); at == noJSON {
			return noJSON
		}
		switch at = skipBlanks(b, at); byteAt(b, at) {
		case ']':
			return at + 1
		case ',':
			at = skipBlanks(b, at+1)
		default:
			return noJSON
		}
	}
	return noJSON
}

func stringEnd(b []byte, at int) int {
	for at++; at < len(b); at++ {
		switch c := b[at]; {
		case c == '"':
			return at + 1
		case c < ' ':
			return noJSON
		case c == '\\':
			if at++; byteAt(b, at) == 'u' {
				if at += 4; at >= len(b) || !isHex(b[at-3:at+1]) {
					return noJSON
				}
			} else if bytes.IndexByte([]byte(`"\/bfnrt`), byteAt(b, at)) < 0 {
				return noJSON
			}
		}
	}
	return noJSON
}

func numberEnd(b []byte, at int) int {
	if b[at] == '-' {
		at++
	}
	first := at
	if at = digitsEnd(b, at); at == first || b[first] == '0' && at > first+1 {
		return noJSON
	}
	if byteAt(b, at) == '.' {
		first = at + 1
		if at = digitsEnd(b, first); at == first {
			return noJSON
		}
	}
	if byteAt(b, at)|0x20 == 'e' {
		if at++; byteAt(b, at) == '+' || byteAt(b, at) == '-' {
			at++
		}
		first = at
		if at = digitsEnd(b, first); at == first {
			return noJSON
		}
	}
	return at
}

func digitsEnd(b []byte, at int) int {
	for isDigit(byteAt(b, at)) {
		at++
	}
	return at
}

func skipBlanks(b []byte, at int) int {
	for at < len(b) && (b[at] == ' ' || b[at] == '\n' || b[at] == '\r' || b[at] == '\t') {
		at++
	}
	return at
}

// byteAt is a byte, or 0 behind the end: no JSON has it where it is looked for.
func byteAt(b []byte, at int) byte {
	if at < len(b) {
		return b[at]
	}
	return 0
}

func isDigit(c byte) bool { return c-'0' < 10 }

func isHex(b []byte) bool {
	for _, c := range b {
		if !isDigit(c) && c|0x20-'a' > 5 {
			return false
		}
	}
	return true
}

// unquoted decodes a string.
func unquoted(quoted []byte) []byte {
	inner := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return inner
	}
	s, _ := text(quoted)
	return []byte(s)
}
