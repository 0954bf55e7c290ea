package safe

import (
	"bytes"
	"encoding/json"
)

// JSONStrings lets redact change the strings of JSON text, keys included, and
// nothing else: what was JSON before is JSON after, with the same numbers. Redact
// is given each string as it is without its escapes, behind which a secret could
// hide.
//
// A text without any string, and a string that is never closed, are given to redact
// as they are. The result may be b itself.
func JSONStrings(b []byte, redact func([]byte) []byte) []byte {
	if bytes.IndexByte(b, '\\') < 0 && bytes.Equal(redact(bytes.Clone(b)), b) {
		return b // every string stands in it as it is
	}
	var out []byte
	for {
		open := bytes.IndexByte(b, '"')
		switch {
		case open < 0 && out == nil:
			return redact(bytes.Clone(b)) // it is something else
		case open < 0:
			return append(out, b...)
		}
		end := closing(b, open)
		if end < 0 {
			return append(out, redact(bytes.Clone(b))...)
		}
		out = append(out, b[:open]...)
		out = append(out, redactedString(b[open:end], redact)...)
		b = b[end:]
	}
}

// closing is the end of the string that opens there; -1 if it has none.
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

// redactedString is a string with its quotation marks. It is as it was unless
// redact has something against it.
func redactedString(quoted []byte, redact func([]byte) []byte) []byte {
	var text string
	if json.Unmarshal(quoted, &text) != nil {
		return redact(bytes.Clone(quoted))
	}
	clean := redact([]byte(text))
	if string(clean) == text {
		return quoted
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(string(clean)) // a string always can be
	encoded := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	if inner := encoded[1 : len(encoded)-1]; !bytes.Equal(redact(bytes.Clone(inner)), inner) {
		return []byte(`"` + Redacted + `"`) // the escapes have made a secret of it again
	}
	return encoded
}
