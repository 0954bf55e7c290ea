package sandbox

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// store holds the tracks. The caller holds the lock.
type store struct {
	listed   []int64 // the tracks of a listing: sorted, without duplicates
	exists   func(int64) bool
	states   map[int64]state // seeded or changed
	stubborn []string
	omit     []string
}

// state is a track and its history.
type state struct {
	name    string
	volume  int
	project int64  // 0: none
	media   string // "": none
	updated time.Time
	applied int
	body    string // of the last PUT applied
}

// epoch is when all tracks were created, as in the documented example.
var epoch = time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)

func newStore(c Config) *store {
	s := &store{
		listed:   slices.Clone(c.IDs),
		exists:   c.Exists,
		states:   make(map[int64]state, len(c.Tracks)),
		stubborn: c.Stubborn,
		omit:     c.Omit,
	}
	for _, t := range c.Tracks {
		s.listed = append(s.listed, t.ID)
		s.states[t.ID] = state{name: t.Name, volume: t.Volume, project: t.Project, media: t.Media, updated: epoch}
	}
	slices.Sort(s.listed)
	s.listed = slices.Clip(slices.Compact(s.listed))
	return s
}

// get returns a track. Its values are derived from the id if it was not seeded or
// changed.
func (s *store) get(id int64) (state, bool) {
	if st, ok := s.states[id]; ok {
		return st, true
	}
	if _, ok := slices.BinarySearch(s.listed, id); !ok && (s.exists == nil || id <= 0 || !s.exists(id)) {
		return state{}, false
	}
	return state{
		name:    fmt.Sprintf("Track %d", id),
		volume:  100, // as in the documented example
		media:   transcoded(fmt.Sprintf("https://example.com/uploads/%d.mp3", id)),
		updated: epoch,
	}, true
}

// update changes an existing track, except its stubborn fields.
func (s *store) update(id int64, c change, body []byte, now time.Time) {
	st, _ := s.get(id)
	sets := func(field string) bool { return !slices.Contains(s.stubborn, field) }
	if c.name != nil && sets(fieldName) {
		st.name = *c.name
	}
	if c.volume != nil && sets(fieldVolume) {
		st.volume = *c.volume
	}
	if c.detach && sets(fieldProject) {
		st.project = 0
	}
	if c.project != nil && sets(fieldProject) {
		st.project = *c.project
	}
	if c.media != nil && sets(fieldMedia) {
		st.media = transcoded(*c.media)
	}
	st.updated = now
	st.applied++
	st.body = string(body)
	s.states[id] = st
}

// page returns n of the listed ids, starting at offset. If name is not nil, only
// tracks with that name count.
func (s *store) page(offset, n int, name *string) []int64 {
	if name == nil {
		from := min(offset, len(s.listed))
		return s.listed[from:min(from+n, len(s.listed))]
	}
	var ids []int64
	for _, id := range s.listed {
		st, _ := s.get(id)
		if st.name != *name {
			continue
		}
		if offset > 0 {
			offset--
			continue
		}
		if ids = append(ids, id); len(ids) == n {
			break
		}
	}
	return ids
}

// answer is a track as it appears in an answer.
func (s *store) answer(id int64, st state) map[string]any {
	t := map[string]any{
		"id":         id,
		fieldName:    st.name,
		fieldVolume:  st.volume,
		fieldProject: nil,
		fieldMedia:   nil,
		fieldCreated: timestamp(epoch),
		fieldUpdated: timestamp(st.updated),
	}
	if st.project != 0 {
		t[fieldProject] = map[string]any{"id": st.project, "name": fmt.Sprintf("Project %d", st.project)}
	}
	if st.media != "" {
		t[fieldMedia] = map[string]any{"url": st.media, "duration": duration(st.media)}
	}
	for _, field := range s.omit {
		delete(t, field)
	}
	return t
}

// timestamp formats a time as the service does, which is not ISO 8601.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// transcoded is the URL that the service makes of the URL in a PUT: always the same for
// the same URL, and never that URL itself, even if it was already transcoded.
func transcoded(sent string) string {
	sum := sha256.Sum256([]byte(sent))
	return "https://example.com/transcoded/" + hex.EncodeToString(sum[:12]) + ".mp3"
}

// duration is the length of the audio of a URL: 30 to 629 seconds.
func duration(media string) int {
	sum := sha256.Sum256([]byte(media))
	return 30 + int(binary.BigEndian.Uint32(sum[:])%600)
}
