package current

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"tracksync/internal/track"
)

// Account identifies whose tracks a state is about.
type Account struct {
	BaseURL string // normalized, because it is compared as text
	// Fingerprint derives from the key and a salt a text that identifies the key
	// without revealing it.
	Fingerprint func(salt []byte) string
}

// State remembers the media that was last applied to each track: the URL that the
// manifest asked for, and the URL that the service made of it, once it was seen. With
// these it answers what URLs alone cannot: whether a track has the media asked for.
//
//	asked for         the track's URL now                  the media is
//	─────────         ───────────────────                  ────────────
//	the URL now       —                                    unchanged
//	applied last      the one seen                         unchanged
//	applied last      any, and none was seen yet           unchanged; it is the one seen from now on
//	applied last      as before the PUT, none seen yet     unchanged: it is still being transcoded
//	applied last      not in the answer                    unchanged: nothing contradicts it
//	applied last      another than the one seen, or null   different: somebody changed it
//	another, or none  another                              different
//
// So the service may transcode late. Until its own URL was seen, the first URL that is
// neither the one sent nor the one before counts as its own, even though somebody may
// have set it meanwhile. The opposite mistake would send, and transcode, the same
// media in every run.
//
// The URL asked for is compared exactly. The URL now is compared with the one seen
// without query and fragment, which is where expiring signatures are.
//
// URLs are stored as salted hashes: 41 bytes per track, and no secret in the file. A
// State is not safe for concurrent use.
type State struct {
	// Limit is what the caller remembers of the account's rate limit, as compact JSON;
	// nil: nothing.
	Limit json.RawMessage

	account Account
	salt    [saltSize]byte
	entries table[entry]

	run  string    // the latest run that took over the state
	asOf time.Time // everything earlier is in the state, or is outdated
}

const (
	saltSize = 16
	hashSize = 16
)

type hash [hashSize]byte

// entry is what is known about one track. The zero entry knows nothing.
type entry struct {
	kind    kind
	applied hash // of the URL asked for
	mark    hash // of the URL seen, or of the one before, depending on kind
}

type kind uint8

const (
	nothing kind = iota
	applied      // no URL was seen yet, and the one before is not known
	pending      // no URL was seen yet; mark is the one before
	seen         // mark is the URL seen
)

// NewState returns an empty state. Its salt comes from random: pass
// crypto/rand.Reader.
func NewState(a Account, random io.Reader) (*State, error) {
	s := &State{account: a}
	if _, err := io.ReadFull(random, s.salt[:]); err != nil {
		return nil, fmt.Errorf("no random numbers for the state file: %w", err)
	}
	return s, nil
}

// Unchanged reports whether the media of a track is what asked asks for, given
// the URL that the track has now. It may learn from that URL what the service has
// made of the media. The result is plan.Diff's mediaKnown.
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
		return true // the URL is not known, or the media is not transcoded yet
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

// Applied records that a PUT set the media of a track: the URL that was sent, the one
// that the track had before, and the one in the answer to the PUT. Before is absent if
// it was not read. An answer that still has the URL sent or the one before does not
// yet reveal what the service will make of it.
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

// Forget records that it is no longer known which media was last applied to a track: a
// PUT of media may have been applied, and its answer is lost.
func (s *State) Forget(id track.ID) {
	if _, ok := s.entries.get(id); ok {
		s.entries.set(id, entry{})
	}
}

// TakeOver says which run updates the state from now on. If the previous run was
// another, it may have replaced what run itself had applied earlier.
func (s *State) TakeOver(run string, now time.Time) {
	if s.run != run {
		s.run, s.asOf = run, now.Truncate(time.Millisecond)
	}
}

// Complete says that the state contains everything the run has learned until now.
func (s *State) Complete(now time.Time) { s.asOf = now.Truncate(time.Millisecond) }

// Lacks reports whether the state may lack what its run did at a time: the run was
// killed since then, and no other run came in between.
func (s *State) Lacks(at time.Time) bool { return !at.Before(s.asOf) }

// Len is the number of tracks about which something is known.
func (s *State) Len() int {
	n := 0
	for _, e := range s.entries.all() {
		if e.kind != nothing {
			n++
		}
	}
	return n
}

// hash returns the hash that the state stores for a URL. The id is part of it, so that
// the file doesn't reveal which tracks have the same media.
func (s *State) hash(id track.ID, url string) hash {
	var b bytes.Buffer
	b.Write(s.salt[:])
	b.Write(binary.BigEndian.AppendUint64(nil, uint64(id)))
	b.WriteString(url)
	sum := sha256.Sum256(b.Bytes())
	return hash(sum[:hashSize])
}
