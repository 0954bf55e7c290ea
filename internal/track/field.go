package track

import (
	"bytes"
	"encoding/json"
	"fmt"
)

type state uint8

const (
	absent state = iota
	null
	value
)

// Field is a field that is absent, null, or has a value. The three stay apart
// from a manifest's cell to the request's body: absent leaves the track's
// field as it is, null clears it. The zero Field is absent.
//
// In a struct that becomes JSON, tag it omitzero: an absent field is left out,
// null is written as null.
type Field[T comparable] struct {
	value T
	state state
}

// Value returns a Field that has the value v.
func Value[T comparable](v T) Field[T] { return Field[T]{value: v, state: value} }

// Null returns a Field that is null.
func Null[T comparable]() Field[T] { return Field[T]{state: null} }

// Get returns the value, and whether there is one: false for absent and null.
func (f Field[T]) Get() (T, bool) { return f.value, f.state == value }

// IsZero reports whether the field is absent.
func (f Field[T]) IsZero() bool { return f.state == absent }

// IsNull reports whether the field is null.
func (f Field[T]) IsNull() bool { return f.state == null }

// String says the field for people: its value, "null", or "" when absent.
func (f Field[T]) String() string {
	switch f.state {
	case value:
		return fmt.Sprint(f.value)
	case null:
		return "null"
	}
	return ""
}

// MarshalJSON writes the value or null. An absent field is written as null
// too, because JSON has no other word: leave it out with omitzero.
func (f Field[T]) MarshalJSON() ([]byte, error) {
	if f.state != value {
		return []byte("null"), nil
	}
	return marshal(f.value)
}

// UnmarshalJSON reads a value or null. It is not called for a key that is
// missing, which leaves the field absent.
func (f *Field[T]) UnmarshalJSON(b []byte) error {
	if bytes.Equal(b, []byte("null")) {
		*f = Null[T]()
		return nil
	}
	var v T
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	*f = Value(v)
	return nil
}

// marshal is json.Marshal without the escaping of <, > and &, which only
// browsers need and which makes URLs hard to read.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
