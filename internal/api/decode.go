package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"tracksync/internal/track"
)

// badAnswer is a 2xx that is not what was asked for. Its text is for people.
type badAnswer struct{ text string }

func (e *badAnswer) Error() string { return e.text }

func bad(format string, args ...any) error { return &badAnswer{fmt.Sprintf(format, args...)} }

// decodeTrack reads the answer to a call for one track.
func decodeTrack(b []byte, id track.ID) (track.Track, error) {
	if err := checkJSON(b, '{', "a track"); err != nil {
		return track.Track{}, err
	}
	t, err := asTrack(b)
	if err != nil {
		return track.Track{}, err
	}
	if t.ID != id {
		return track.Track{}, bad("the answer is about track %d, not %d", t.ID, id)
	}
	return t, nil
}

// decodeTracks reads a page of the listing.
func decodeTracks(b []byte) ([]track.Track, error) {
	if err := checkJSON(b, '[', "a list of tracks"); err != nil {
		return nil, err
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return nil, bad("the answer is not a list of tracks")
	}
	tracks := make([]track.Track, 0, len(raw))
	for _, r := range raw {
		t, err := asTrack(r)
		if err != nil {
			return nil, err
		}
		tracks = append(tracks, t)
	}
	return tracks, nil
}

// checkJSON says of an answer that is not JSON of the kind expected what it
// seems to be instead.
func checkJSON(b []byte, opening byte, what string) error {
	b = bytes.TrimSpace(b)
	switch {
	case len(b) == 0:
		return bad("the answer is empty")
	case b[0] == '<':
		return bad("the answer is HTML, not JSON: a proxy may have answered in place of the API")
	case bytes.HasPrefix(b, []byte{0x1f, 0x8b}):
		return bad("the answer is packed in a way that was not asked for")
	case !json.Valid(b):
		return bad("the answer is not JSON, or is cut off")
	case b[0] != opening:
		return bad("the answer is JSON, but not %s", what)
	}
	return nil
}

// asTrack reads one track. All but the id may be missing, and a field of a type
// that is not known counts as missing: the answer to a PUT that was applied must
// not make it look failed.
func asTrack(b []byte) (track.Track, error) {
	var raw struct {
		ID      json.RawMessage `json:"id"`
		Name    json.RawMessage `json:"name"`
		Volume  json.RawMessage `json:"volume"`
		Project json.RawMessage `json:"project"`
		Media   json.RawMessage `json:"media"`
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return track.Track{}, bad("the answer is not a track")
	}
	id, ok := integer(raw.ID)
	if !ok || id <= 0 {
		return track.Track{}, bad("the answer is a track without an id")
	}
	t := track.Track{ID: track.ID(id)}
	t.Name = field(raw.Name, text)
	t.Volume = field(raw.Volume, func(b json.RawMessage) (int, bool) {
		n, ok := integer(b)
		return int(n), ok && n == int64(int(n))
	})
	t.Project = field(raw.Project, func(b json.RawMessage) (track.ID, bool) {
		var p struct {
			ID json.RawMessage `json:"id"`
		}
		if json.Unmarshal(b, &p) != nil {
			return 0, false
		}
		id, ok := integer(p.ID)
		return track.ID(id), ok && id > 0
	})
	t.Media = field(raw.Media, func(b json.RawMessage) (string, bool) {
		var m struct {
			URL json.RawMessage `json:"url"`
		}
		if json.Unmarshal(b, &m) != nil {
			return "", false
		}
		return text(m.URL)
	})
	return t, nil
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

func text(b json.RawMessage) (string, bool) {
	var s string
	if len(b) == 0 || b[0] != '"' || json.Unmarshal(b, &s) != nil {
		return "", false
	}
	return s, true
}

// maxDigits is more than any number here has. To read one of a million digits
// would take a tenth of a second.
const maxDigits = 100

// integer reads a whole number, also written as 55.0 or as text.
func integer(b json.RawMessage) (int64, bool) {
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
