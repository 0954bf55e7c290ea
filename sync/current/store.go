package current

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"tracksync/internal/track"
)

// Spool is the file in which a Store keeps its tracks: new, empty, and used by nothing
// else. An *os.File opened for reading and writing is one.
type Spool interface {
	io.Writer
	io.ReaderAt
	io.Closer
}

// Store keeps tracks as they were read: one JSON line each in the spool, and only the
// place of that line in memory. That is 16 bytes per wanted track, however large the
// account is; a full store takes up to three times as much per track while it grows.
//
// It is not safe for concurrent use. After Add fails to write, the spool may end with
// half a line: every later Add returns the same error, and what was kept before can
// still be read.
type Store struct {
	spool  Spool
	full   bool
	places table[place]
	count  int
	size   int64 // of the spool, in bytes
	err    error // of the first failed write
}

// place is where a track's line is in the spool: its offset in the high bits, its
// length in the low ones. Zero means that the track was not seen.
type place uint64

const (
	lengthBits = 24
	// maxLine is the maximum length of a line, in bytes with its line break: no track
	// that a person made is longer.
	maxLine = 1 << 21
	// maxSpool is the maximum size of the spool of a full store, in bytes, and
	// maxTracks the maximum number of its tracks: no organization has so many, so a
	// listing that brings more has no end.
	maxSpool  = 1 << 30
	maxTracks = 5_000_000
	// perWanted is how many bytes each wanted track may add to the spool. A track is
	// written again whenever it is seen again.
	perWanted = 64 << 10
	// maxPlace is the largest offset that a place can express.
	maxPlace = 1 << 39
)

// NewStore returns a store that keeps the wanted tracks and no others. It sorts the
// slice and owns it from then on.
func NewStore(wanted []track.ID, spool Spool) *Store {
	slices.Sort(wanted)
	return &Store{spool: spool, places: tableOf[place](slices.Compact(wanted))}
}

// NewFullStore returns a store that keeps every track.
func NewFullStore(spool Spool) *Store { return &Store{spool: spool, full: true} }

// Add stores the wanted ones among the tracks, replacing what was stored of them
// before. It returns how many are new.
func (s *Store) Add(tracks ...track.Track) (fresh int, err error) {
	if s.err != nil {
		return 0, s.err
	}
	lines, news, err := s.encode(tracks)
	if err != nil || len(news) == 0 {
		return 0, err
	}
	if n, err := s.spool.Write(lines); err != nil || n < len(lines) {
		if err == nil {
			err = io.ErrShortWrite
		}
		s.err = fmt.Errorf("cannot keep the tracks that were read: %w", err)
		return 0, s.err
	}
	s.size += int64(len(lines))
	for _, k := range news {
		if before, _ := s.places.get(k.id); before == 0 {
			fresh++
		}
		s.places.set(k.id, k.place)
	}
	s.count += fresh
	return fresh, nil
}

// placed is a track, and where its line is to be.
type placed struct {
	id    track.ID
	place place
}

// encode returns the lines of the wanted ones among the tracks, to be written at the end
// of the spool.
func (s *Store) encode(tracks []track.Track) (text []byte, news []placed, err error) {
	var lines bytes.Buffer
	for _, t := range tracks {
		if _, known := s.places.get(t.ID); !known && !s.full {
			continue
		}
		from := lines.Len()
		if err := encode(&lines, t); err != nil {
			return nil, nil, err
		}
		at, n := s.size+int64(from), lines.Len()-from
		if n > maxLine {
			return nil, nil, fmt.Errorf("track %d takes %d bytes, which is too much to keep", t.ID, n)
		}
		if at > s.bound() || s.full && s.count+len(news) >= maxTracks {
			return nil, nil, fmt.Errorf("%d tracks of %d bytes were read, more than any organization has: "+
				"the listing does not seem to end", s.count, s.size)
		}
		news = append(news, placed{t.ID, place(at<<lengthBits | int64(n))})
	}
	return lines.Bytes(), news, nil
}

// bound is the maximum size of the spool.
func (s *Store) bound() int64 {
	if s.full {
		return maxSpool
	}
	return min(maxSpool+perWanted*int64(s.places.len()), maxPlace)
}

// Get returns a track as it was last read, and whether it was read at all. An error
// means that the spool does not contain what was written to it.
func (s *Store) Get(id track.ID) (track.Track, bool, error) {
	p, _ := s.places.get(id)
	if p == 0 {
		return track.Track{}, false, nil
	}
	t, err := s.read(id, p)
	return t, err == nil, err
}

func (s *Store) read(id track.ID, p place) (track.Track, error) {
	line := make([]byte, p&(1<<lengthBits-1))
	n, err := s.spool.ReadAt(line, int64(p>>lengthBits))
	if n == len(line) {
		err = nil // it may say that the file ends here
	}
	var t track.Track
	if err == nil {
		t, err = decode(line)
	}
	if err == nil && t.ID != id {
		err = fmt.Errorf("track %d is in its place", t.ID)
	}
	if err != nil {
		return track.Track{}, fmt.Errorf("cannot read back what was kept of track %d: %w", id, err)
	}
	return t, nil
}

// Len is the number of tracks kept.
func (s *Store) Len() int { return s.count }

// Unseen yields the wanted ids that were not stored, ascending. An id that is stored
// during the iteration, before its turn, is left out. A full store has none.
func (s *Store) Unseen() iter.Seq[track.ID] {
	return func(yield func(track.ID) bool) {
		if s.full {
			return
		}
		for i, id := range s.places.ids { // nothing is fresh: only these are wanted
			if s.places.values[i] == 0 && !yield(id) {
				return
			}
		}
	}
}

// All yields the tracks by ascending id, each as it was last read. It ends after an
// error. Nothing may be stored during the iteration.
func (s *Store) All() iter.Seq2[track.Track, error] {
	return func(yield func(track.Track, error) bool) {
		for id, p := range s.places.all() {
			if p == 0 {
				continue
			}
			t, err := s.read(id, p)
			if !yield(t, err) || err != nil {
				return
			}
		}
	}
}

// Close closes the spool.
func (s *Store) Close() error { return s.spool.Close() }

// line is a track as it is kept.
type line struct {
	ID      track.ID              `json:"id"`
	Name    track.Field[string]   `json:"name,omitzero"`
	Volume  track.Field[int]      `json:"volume,omitzero"`
	Project track.Field[track.ID] `json:"project_id,omitzero"`
	Media   track.Field[string]   `json:"media_url,omitzero"`
	Hidden  track.Hidden          `json:"hidden,omitzero"`
}

func encode(to *bytes.Buffer, t track.Track) error {
	return json.NewEncoder(to).Encode(line{t.ID, t.Name, t.Volume, t.Project, t.Media, t.Hidden})
}

func decode(text []byte) (track.Track, error) {
	var l line
	if len(text) == 0 || text[len(text)-1] != '\n' || bytes.IndexByte(text, '\n') != len(text)-1 {
		return track.Track{}, errors.New("it is not one line")
	}
	if err := json.Unmarshal(text, &l); err != nil {
		return track.Track{}, err
	}
	values := track.Values{Name: l.Name, Volume: l.Volume, Project: l.Project, Media: l.Media}
	return track.Track{ID: l.ID, Values: values, Hidden: l.Hidden}, nil
}
