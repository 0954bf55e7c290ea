package track

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

type state uint8

const (
	absent state = iota
	null
	value
	odd
)

// Field is a field that is absent, null, or has a value. These three stay distinct from
// the manifest's cell to the request's body: absent leaves the track's field as it is,
// null clears it. The zero Field is absent.
//
// In structs for JSON, tag it omitzero: then an absent field is left out, and null is
// written as null.
//
// A field of a track can also be odd: it has a value that a T can't hold, for example a
// volume of 77.5. An odd field equals no value, and no manifest can request it.
type Field[T comparable] struct {
	value T
	odd   string // the value as text
	state state
}

// Value returns a Field that has the value v.
func Value[T comparable](v T) Field[T] { return Field[T]{value: v, state: value} }

// Null returns a Field that is null.
func Null[T comparable]() Field[T] { return Field[T]{state: null} }

// Odd returns a Field with a value that is no T, given as text.
func Odd[T comparable](text string) Field[T] { return Field[T]{odd: text, state: odd} }

// Get returns the value, and whether there is one: false for absent, null and odd.
func (f Field[T]) Get() (T, bool) { return f.value, f.state == value }

// IsZero reports whether the field is absent.
func (f Field[T]) IsZero() bool { return f.state == absent }

// IsNull reports whether the field is null.
func (f Field[T]) IsNull() bool { return f.state == null }

// IsOdd reports whether the field has a value that is no T.
func (f Field[T]) IsOdd() bool { return f.state == odd }

// String is the value as text, "null", or "" if the field is absent.
func (f Field[T]) String() string {
	switch f.state {
	case odd:
		return f.odd
	case value:
		return sprint(f.value)
	case null:
		return "null"
	}
	return ""
}

// sprint is fmt.Sprint, without its cost for the types of a track's fields.
func sprint[T any](v T) string {
	switch v := any(v).(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case ID:
		return v.String()
	}
	return fmt.Sprint(v)
}

// MarshalJSON is AppendJSON for encoding/json.
func (f Field[T]) MarshalJSON() ([]byte, error) { return f.AppendJSON(nil), nil }

// AppendJSON appends the value, null, or what is odd as a number where it is one,
// else as a text. An absent field is written as null too, because JSON has no
// other word: leave it out where it IsZero.
func (f Field[T]) AppendJSON(b []byte) []byte {
	switch {
	case f.state == value:
		return appendJSON(b, f.value)
	case f.state == odd && isNumber([]byte(f.odd)):
		return append(b, f.odd...)
	case f.state == odd:
		return AppendText(b, f.odd)
	}
	return append(b, "null"...)
}

// UnmarshalJSON reads what MarshalJSON writes. A missing key leaves the field absent.
func (f *Field[T]) UnmarshalJSON(b []byte) error {
	if bytes.Equal(b, []byte("null")) {
		*f = Null[T]()
		return nil
	}
	var v T
	if err := json.Unmarshal(b, &v); err != nil {
		var text string
		_, isText := any(v).(string)
		switch {
		case isText:
			return err // a string is never odd
		case isNumber(b):
			*f = Odd[T](string(b))
		case json.Unmarshal(b, &text) == nil:
			*f = Odd[T](text)
		default:
			return err
		}
		return nil
	}
	*f = Value(v)
	return nil
}

// isNumber reports whether b is a JSON number.
func isNumber(b []byte) bool {
	var n json.Number
	return len(b) > 0 && b[0] != '"' && json.Unmarshal(b, &n) == nil
}
