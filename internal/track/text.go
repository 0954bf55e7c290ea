package track

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// AppendText appends s as a string of JSON, as encoding/json writes it without the
// escaping of <, > and &, which only browsers need and which makes URLs hard to read.
func AppendText(b []byte, s string) []byte {
	if !isPlain(s) {
		return appendMarshaled(b, s)
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// AppendKey appends the key of a member of an object of JSON, behind the ones before
// it. A key needs no escapes.
func AppendKey(b []byte, key string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	b = append(append(b, '"'), key...)
	return append(b, `":`...)
}

// isPlain reports whether a string of JSON shows s as it is: printable ASCII with
// nothing to escape, as most texts are.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// appendJSON appends v, without the cost of reflection for the types of a track's
// fields.
func appendJSON[T any](b []byte, v T) []byte {
	switch v := any(v).(type) {
	case string:
		return AppendText(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case ID:
		return strconv.AppendInt(b, int64(v), 10)
	}
	return appendMarshaled(b, v)
}

// appendMarshaled is appendJSON for any type that encoding/json can write.
func appendMarshaled(b []byte, v any) []byte {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return append(b, "null"...) // no type of a field has values that JSON has not
	}
	return append(b, bytes.TrimSuffix(text.Bytes(), []byte("\n"))...)
}
