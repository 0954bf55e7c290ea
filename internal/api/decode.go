package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"tracksync/internal/track"
)

// badAnswer means that a 2xx is not the answer that was asked for. Its text is for
// people.
type badAnswer struct {
	text  string
	final bool // to ask again would give it again
}

func (e *badAnswer) Error() string { return e.text }

func bad(format string, args ...any) error { return &badAnswer{text: fmt.Sprintf(format, args...)} }

// decodeTrack decodes the answer to a call for one track. Texts that are as asked share the
// memory of those.
func decodeTrack(b []byte, id track.ID, asked track.Values) (track.Track, error) {
	t, err := asTrack(b, asked)
	if err == errNoTrack {
		err = cmp.Or(checkJSON(b, '{', "a track"), err)
	}
	if err != nil {
		return track.Track{}, err
	}
	if t.ID != id {
		return track.Track{}, bad("the answer is about track %d, not %d", t.ID, id)
	}
	return t, nil
}

var (
	// errNoTrack means that an answer is not one object of JSON.
	errNoTrack = bad("the answer is not a track")
	// errNoID means that a track has no usable id.
	errNoID = bad("the answer is a track without an id")
)

// decodeTracks decodes a page of the listing with at most that many tracks. A track
// without an id gets the id 0, because it counts for the offsets of the others.
func decodeTracks(b []byte, most int) ([]track.Track, error) {
	if err := checkJSON(b, '[', "a list of tracks"); err != nil {
		return nil, err
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return nil, bad("the answer is not a list of tracks")
	}
	if len(raw) > most {
		return nil, &badAnswer{fmt.Sprintf("the page has %d tracks, which is too many to be one", len(raw)), true}
	}
	tracks := make([]track.Track, 0, len(raw))
	for _, r := range raw {
		t, err := asTrack(r, track.Values{})
		if err != nil && err != errNoID {
			return nil, err
		}
		tracks = append(tracks, t)
	}
	return tracks, nil
}

// checkJSON is an error for an answer that is not JSON of the expected kind. It tells
// what the answer seems to be instead.
func checkJSON(b []byte, opening byte, what string) error {
	b = bytes.TrimSpace(b)
	switch {
	case len(b) == 0:
		return bad("the answer is empty")
	case b[0] == '<':
		return bad("the answer is HTML, not JSON: a proxy may have answered in place of the API")
	case bytes.HasPrefix(b, []byte{0x1f, 0x8b}):
		return bad("the answer is packed in a way that was not asked for")
	case !validJSON(b):
		return bad("the answer is not JSON, or is cut off")
	case b[0] != opening:
		return bad("the answer is JSON, but not %s", what)
	}
	return nil
}

// asTrack decodes one track. Every field but the id may be missing, and a field of an
// unknown type counts as missing: an odd answer must not make an applied PUT look
// failed. A number outside the field's range is kept as odd, since it differs from
// what was asked for.
func asTrack(b []byte, asked track.Values) (track.Track, error) {
	var id, name, volume, project, media []byte
	ok := members(b, func(key, value []byte) {
		switch string(key) {
		case "id":
			id = value
		case "name":
			name = value
		case "volume":
			volume = value
		case "project":
			project = value
		case "media":
			media = value
		}
	})
	if !ok {
		return track.Track{}, errNoTrack
	}
	n, ok := integer(id)
	if !ok || n <= 0 {
		return track.Track{}, errNoID
	}
	t := track.Track{ID: track.ID(n)}
	t.Name = field(name, like(asked.Name))
	t.Volume = number(volume, func(n int64) (int, bool) { return int(n), n == int64(int(n)) })
	t.Project = within(project, "id", func(b json.RawMessage) track.Field[track.ID] {
		return number(b, func(n int64) (track.ID, bool) { return track.ID(n), n > 0 })
	})
	t.Media = within(media, "url", func(b json.RawMessage) track.Field[string] { return field(b, like(asked.Media)) })
	return t, nil
}

// within decodes a field that is an object and takes the value of one key. A null
// there means absent.
func within[T comparable](b json.RawMessage, key string, read func(json.RawMessage) track.Field[T]) track.Field[T] {
	if bytes.Equal(b, []byte("null")) {
		return track.Null[T]()
	}
	var f track.Field[T]
	members(b, func(name, value []byte) {
		if string(name) == key {
			f = read(value)
		}
	})
	if f.IsNull() {
		return track.Field[T]{}
	}
	return f
}

// number decodes a whole number that fits. A fraction or a number out of bounds is
// odd.
func number[T comparable](b json.RawMessage, fit func(int64) (T, bool)) track.Field[T] {
	if len(b) == 0 || b[0] == 'n' { // null
		return field[T](b, nil)
	}
	n, whole := integer(b)
	if !whole {
		if text, isNumber := anyNumber(b); isNumber {
			return track.Odd[T](text)
		}
	}
	return field(b, func(json.RawMessage) (T, bool) {
		v, fits := fit(n)
		return v, whole && fits
	})
}

// anyNumber is a number, also one written as text, in its shortest form.
func anyNumber(b json.RawMessage) (string, bool) {
	s := string(b)
	if t, ok := text(b); ok {
		s = t
	}
	if strings.Trim(s, "0123456789.eE+-") != "" {
		return "", false // ParseFloat also knows words and hexadecimal numbers
	}
	if len(s) > maxDigits {
		return s[:10] + "… (a number of " + strconv.Itoa(len(s)) + " characters)", b[0] != '"'
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s, errors.Is(err, strconv.ErrRange)
	}
	return strconv.FormatFloat(f, 'g', -1, 64), true
}

// field is absent for a key that is missing or cannot be understood.
func field[T comparable](b json.RawMessage, parse func(json.RawMessage) (T, bool)) track.Field[T] {
	switch {
	case len(b) == 0:
		return track.Field[T]{}
	case bytes.Equal(b, []byte("null")):
		return track.Null[T]()
	}
	if v, ok := parse(b); ok {
		return track.Value(v)
	}
	return track.Field[T]{}
}

// text decodes a string.
func text(b json.RawMessage) (string, bool) { return textLike(b, "") }

// like decodes a string, which shares the memory of the expected one if it is that.
func like(expected track.Field[string]) func(json.RawMessage) (string, bool) {
	s, _ := expected.Get()
	return func(b json.RawMessage) (string, bool) { return textLike(b, s) }
}

func textLike(b json.RawMessage, expected string) (string, bool) {
	if len(b) < 2 || b[0] != '"' {
		return "", false
	}
	inner := b[1 : len(b)-1]
	switch {
	case bytes.IndexByte(inner, '\\') >= 0 || !utf8.Valid(inner):
		var s string
		return s, json.Unmarshal(b, &s) == nil
	case string(inner) == expected:
		return expected, true
	}
	return string(inner), true
}

// maxDigits is more than any number here needs. Parsing a million digits would take
// a tenth of a second.
const maxDigits = 100

// integer decodes a whole number, also when written as 55.0 or as text.
func integer(b json.RawMessage) (int64, bool) {
	if n, ok := digits(b); ok {
		return n, true
	}
	s := string(b)
	if t, ok := text(b); ok {
		s = t
	}
	if len(s) > maxDigits {
		return 0, false
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// digits decodes a number that is nothing but digits, as most are.
func digits(b []byte) (n int64, ok bool) {
	const most = 18 // any number of so many digits fits
	if len(b) == 0 || len(b) > most {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}
