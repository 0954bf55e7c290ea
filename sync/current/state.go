package current

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"tracksync/internal/track"
)

// Account says whose tracks a state is about.
type Account struct {
	BaseURL string // in one form always: it is compared as text
	// Fingerprint makes of the key, and of a salt, what tells the key from
	// others and does not tell the key.
	Fingerprint func(salt []byte) string
}

// State remembers, for each track, the media that was applied last: the URL
// that the manifest asked for, and the URL that the service was then seen to
// have made of it. With that it answers the question that URLs alone cannot:
// whether the media asked for is what the track has.
//
//	asked for         the track's URL now                  the media is
//	─────────         ───────────────────                  ────────────
//	the URL now       —                                    unchanged
//	applied last      the one seen                         unchanged
//	applied last      any, and none was seen yet           unchanged; it is the one seen from now on
//	applied last      as before the PUT, none seen yet     unchanged: it is still being transcoded
//	applied last      not told by the answer               unchanged: nothing speaks against it
//	applied last      another than the one seen, or null   different: somebody changed it
//	another, or none  another                              different
//
// So a service that transcodes late is believed: until its URL was seen, the
// first other than the one sent and the one before is taken for it, also if in
// truth somebody has set it in the meantime. A wrong guess the other way would
// send, and transcode, the same media in every run.
//
// URLs are compared with what was asked to the letter. The URL now is compared
// with the one seen without its query and fragment, which is where signatures
// that expire are.
//
// URLs are kept as salted hashes: 41 bytes a track, and no secret in the file.
// A state is for one goroutine.
type State struct {
	account Account
	salt    [saltSize]byte
	entries table[entry]

	run  string    // the latest that took the state over
	asOf time.Time // what happened before is in the state, or was overtaken
}

const (
	saltSize = 16
	hashSize = 16
)

type hash [hashSize]byte

// entry is what is known of one track. The zero entry knows nothing.
type entry struct {
	kind    kind
	applied hash // of the URL asked for
	mark    hash // of the URL seen, or of the one before, as kind says
}

type kind uint8

const (
	nothing kind = iota
	applied      // no URL was seen yet, nor is the one before known
	pending      // none was seen yet; mark is the one before
	seen         // mark is the one seen
)

// NewState returns an empty state. Random gives its salt: crypto/rand.Reader.
func NewState(a Account, random io.Reader) (*State, error) {
	s := &State{account: a}
	if _, err := io.ReadFull(random, s.salt[:]); err != nil {
		return nil, fmt.Errorf("no random numbers for the state file: %w", err)
	}
	return s, nil
}

// Unchanged reports whether the media of a track is what asked asks for, given
// the URL that the track has now. It may learn from it what the service has
// made of the media. Its answer is what plan.Diff calls mediaKnown.
func (s *State) Unchanged(id track.ID, asked string, now track.Field[string]) bool {
	url, has := now.Get()
	if has && url == asked {
		return true
	}
	e, _ := s.entries.get(id)
	if e.kind == nothing || e.applied != s.hash(id, asked) || now.IsNull() {
		return false
	}
	if !has || track.BareURL(url) == track.BareURL(asked) && e.kind != seen {
		return true // not told, or nothing made of it yet
	}
	mark := s.hash(id, track.BareURL(url))
	if mark == e.mark {
		return true
	}
	if e.kind == seen {
		return false
	}
	s.entries.set(id, entry{seen, e.applied, mark})
	return true
}

// Applied takes note that a PUT set the media of a track: the URL that was
// sent, the one that the track had before, and the one that the PUT's answer
// has. Before is absent if it was not read. An answer that still has the URL
// sent or the one before does not tell yet what the service will make of it.
func (s *State) Applied(id track.ID, sent string, before, answered track.Field[string]) {
	e := entry{kind: applied, applied: s.hash(id, sent)}
	old, hadOld := before.Get()
	url, has := answered.Get()
	switch {
	case has && track.BareURL(url) != track.BareURL(sent) && !(hadOld && track.BareURL(url) == track.BareURL(old)):
		e.kind, e.mark = seen, s.hash(id, track.BareURL(url))
	case hadOld:
		e.kind, e.mark = pending, s.hash(id, track.BareURL(old))
	}
	s.entries.set(id, e)
}

// Forget takes note that nobody knows any more which media was applied to a
// track last: a PUT of media may have been applied, and its answer is lost.
func (s *State) Forget(id track.ID) {
	if _, ok := s.entries.get(id); ok {
		s.entries.set(id, entry{})
	}
}

// TakeOver says which run learns from now on. When the run before was another,
// what that one applied may have overtaken what run itself had applied earlier.
func (s *State) TakeOver(run string, now time.Time) {
	if s.run != run {
		s.run, s.asOf = run, now.Truncate(time.Millisecond)
	}
}

// Complete says that the state has all that the run has learned until now.
func (s *State) Complete(now time.Time) { s.asOf = now.Truncate(time.Millisecond) }

// Lacks reports whether the state may lack what its run did at a time: the run
// was killed since, and no other run came in between.
func (s *State) Lacks(at time.Time) bool { return !at.Before(s.asOf) }

// Len is the number of tracks that something is known of.
func (s *State) Len() int {
	n := 0
	for _, e := range s.entries.all() {
		if e.kind != nothing {
			n++
		}
	}
	return n
}

// hash makes of a URL what the state keeps of it. The id is part of it, so that
// nobody sees which tracks have the same media.
func (s *State) hash(id track.ID, url string) hash {
	var b bytes.Buffer
	b.Write(s.salt[:])
	b.Write(binary.BigEndian.AppendUint64(nil, uint64(id)))
	b.WriteString(url)
	sum := sha256.Sum256(b.Bytes())
	return hash(sum[:hashSize])
}
