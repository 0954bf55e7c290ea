package safe

import (
	"bytes"
	"encoding/json"
)

// JSONStrings applies redact to the strings of JSON text, keys included, and to
// nothing else: JSON stays JSON, with the same numbers. redact gets each string
// decoded, because a secret could hide behind escapes.
//
// A text without any string and a string that is never closed are passed to redact
// as they are. redact must not change what it is given, and may return it. The result
// may be b itself.
func JSONStrings(b []byte, redact func([]byte) []byte) []byte {
	if bytes.IndexByte(b, '\\') < 0 && bytes.Equal(redact(b), b) {
		return b // nothing is escaped, and nothing to redact
	}
	var out []byte
	for {
		open := bytes.IndexByte(b, '"')
		switch {
		case open < 0 && out == nil:
			return redact(b) // it is not JSON with strings
		case open < 0:
			return append(out, b...)
		}
		end := closing(b, open)
		if end < 0 {
			return append(out, redact(b)...)
		}
		out = append(out, b[:open]...)
		out = append(out, redactedString(b[open:end], redact)...)
		b = b[end:]
	}
}

// closing is the end of the string that begins at open; -1 if it is never closed.
func closing(b []byte, open int) int {
	for i := open + 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// redactedString redacts a string with its quotation marks. A string without secrets
// stays byte for byte as it was.
func redactedString(quoted []byte, redact func([]byte) []byte) []byte {
	var text string
	if json.Unmarshal(quoted, &text) != nil {
		return redact(quoted)
	}
	clean := redact([]byte(text))
	if string(clean) == text {
		return quoted
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(string(clean)) // never fails for a string
	encoded := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	if inner := encoded[1 : len(encoded)-1]; !bytes.Equal(redact(inner), inner) {
		return []byte(`"` + Redacted + `"`) // encoding has brought a secret back
	}
	return encoded
}
