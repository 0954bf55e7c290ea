package track

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// Fingerprint identifies these exact values: 16 hexadecimal digits of a SHA-256, or ""
// if no field is set. A resumed run recognizes a row by it, wherever the row stands in
// the manifest, and even if the results don't have the values, because only fields that
// differ were sent or because they were redacted.
//
// Later versions read stored fingerprints, so they must always be made in this way.
func (v Values) Fingerprint() string {
	if v.Empty() {
		return ""
	}
	text := make([]byte, 0, 256) // most fit, and need no memory of their own
	text = appendField(text, FieldName, v.Name)
	text = appendField(text, FieldVolume, v.Volume)
	text = appendField(text, FieldProject, v.Project)
	text = appendField(text, FieldMedia, v.Media)
	sum := sha256.Sum256(text)
	var word [16]byte
	hex.Encode(word[:], sum[:8])
	return string(word[:])
}

// appendField adds a field. Each text has its length in front, so that different values
// never become the same text.
func appendField[T comparable](text []byte, name string, f Field[T]) []byte {
	if f.IsZero() {
		return text
	}
	text = append(append(text, name...), '=')
	if f.IsNull() {
		return append(text, "null;"...)
	}
	value := f.String()
	text = strconv.AppendInt(text, int64(len(value)), 10)
	text = append(append(text, ':'), value...)
	return append(text, ';')
}
