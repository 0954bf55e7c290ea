package track

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// Fingerprint is a short word for exactly these values: 16 hexadecimal digits
// of a SHA-256, or nothing when no field is set. By it a run that is taken up
// again knows a row by what it says and not by where it stands, also where the
// values themselves were not written down (only fields that differ are sent)
// or were redacted.
//
// What was written by one version is read by the next: the way it is made must
// not change.
func (v Values) Fingerprint() string {
	if v.Empty() {
		return ""
	}
	var text []byte
	text = appendField(text, FieldName, v.Name)
	text = appendField(text, FieldVolume, v.Volume)
	text = appendField(text, FieldProject, v.Project)
	text = appendField(text, FieldMedia, v.Media)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// appendField adds a field so that no two different values make the same text:
// lengths come before what could hold anything.
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
