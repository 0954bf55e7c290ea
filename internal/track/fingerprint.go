package track

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// Fingerprint is a short word for exactly these values: 16 hexadecimal digits
// of a SHA-256, or nothing when no field is set. By it a resumed run knows a
// row by what it says and not by where it stands, also where the
// values themselves were not written down (only fields that differ are sent)
// or were redacted.
//
// What was written by one version is read by the next: the way it is made must
// not change.
func (v Values) Fingerprint() string {
	if v.Empty() {
		return ""
	}
	text := make([]byte, 0, 256) // most fit, and need no memory of their own
	for _, a := range attributes {
		text = appendField(text, a, v)
	}
	sum := sha256.Sum256(text)
	var word [16]byte
	hex.Encode(word[:], sum[:8])
	return string(word[:])
}

// appendField adds a field so that no two different values make the same text:
// lengths come before what could hold anything.
func appendField(text []byte, a Attribute, v Values) []byte {
	if !a.Has(v) {
		return text
	}
	text = append(append(text, a.Name()...), '=')
	if a.IsNull(v) {
		return append(text, "null;"...)
	}
	value, _ := a.Text(v)
	text = strconv.AppendInt(text, int64(len(value)), 10)
	text = append(append(text, ':'), value...)
	return append(text, ';')
}
