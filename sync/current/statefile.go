package current

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"tracksync/internal/track"
)

// ErrNotState means that the file is something else, so nobody may be told to delete
// it.
var ErrNotState = errors.New("this is not a state file of tracksync")

// ErrDamaged means that a state file is damaged, or cannot be read by this version.
var ErrDamaged = errors.New("the state file cannot be used; delete it, and the next run makes a new one (media that " +
	"the service has transcoded are sent once more)")

// ErrOtherAccount means that the file is valid, but was made for another base URL or
// with another key.
var ErrOtherAccount = errors.New("the state file belongs to another account; name another file for this one")

const (
	stateVersion = 1
	// maxStateLine bounds a line of a state file, in bytes.
	maxStateLine = 4096
)

// header is the first line of a state file.
type header struct {
	Version int             `json:"tracksync_state"`
	BaseURL string          `json:"base_url"`
	Salt    []byte          `json:"salt"`
	Account string          `json:"account"` // the fingerprint
	Run     string          `json:"run,omitempty"`
	AsOf    string          `json:"as_of,omitempty"` // RFC 3339, UTC, to the millisecond
	Limit   json.RawMessage `json:"limit,omitempty"`
	Entries int             `json:"entries"` // lines that follow
}

// asOfForm is the format of header.AsOf, which is that of the times in results.
const asOfForm = "2006-01-02T15:04:05.000Z"

// record is one of the other lines: hashes in base64, of URLs.
type record struct {
	ID      track.ID `json:"id"`
	Applied string   `json:"applied"`
	Seen    string   `json:"seen,omitempty"`
	Before  string   `json:"before,omitempty"`
}

// Save writes the state as JSON Lines: a header, and then one line per track by
// ascending id. The same state always gives the same bytes. The caller should replace
// the old file only when all is written.
func (s *State) Save(w io.Writer) error { return s.save(w, false) }

// SaveConfirmed is Save without the tracks for which the service's own URL was not seen
// yet. The file has this form during a run: should the process die, what an earlier
// run recorded about such a track may no longer be true.
func (s *State) SaveConfirmed(w io.Writer) error { return s.save(w, true) }

func (s *State) save(w io.Writer, confirmed bool) error {
	out := bufio.NewWriter(w)
	enc := encoder(out)
	left := func(e entry) bool { return e.kind == nothing || confirmed && e.kind != seen }
	n := 0
	for _, e := range s.entries.all() {
		if !left(e) {
			n++
		}
	}
	head := header{
		Version: stateVersion, BaseURL: s.account.BaseURL, Salt: s.salt[:], Account: s.account.Fingerprint(s.salt[:]),
		Run: s.run, Limit: s.Limit, Entries: n,
	}
	if !s.asOf.IsZero() {
		head.AsOf = s.asOf.UTC().Format(asOfForm)
	}
	err := enc.Encode(head)
	for id, e := range s.entries.all() {
		if err != nil {
			break
		}
		if left(e) {
			continue
		}
		r := record{ID: id, Applied: e.applied.text()}
		switch e.kind {
		case seen:
			r.Seen = e.mark.text()
		case pending:
			r.Before = e.mark.text()
		}
		err = enc.Encode(r)
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return fmt.Errorf("cannot write the state file: %w", err)
	}
	return nil
}

// LoadState reads what Save wrote. Its error wraps ErrOtherAccount, ErrNotState or
// ErrDamaged, or is the reader's. It never returns part of a state with an error.
func LoadState(r io.Reader, a Account) (*State, error) {
	in := bufio.NewReaderSize(r, maxStateLine)
	s := &State{account: a}
	n, err := s.loadHeader(in)
	if err != nil {
		return nil, err
	}
	for i := range n {
		if err := s.loadRecord(in, i+2); err != nil {
			return nil, err
		}
	}
	if _, err := in.ReadByte(); err == nil {
		return nil, damaged(n+2, "there are more tracks than the %d in the header", n)
	} else if err != io.EOF {
		return nil, unreadable(err)
	}
	return s, nil
}

func (s *State) loadHeader(in *bufio.Reader) (entries int, err error) {
	const begins = `{"tracksync_state":`
	if head, _ := in.Peek(len(begins)); !strings.HasPrefix(begins, string(head)) {
		return 0, ErrNotState
	}
	text, err := readLine(in, 1)
	if err != nil {
		return 0, err
	}
	var h header
	err = parse(text, &h)
	switch {
	case h.Version > stateVersion:
		return 0, damaged(1, "format %d is of a newer version of tracksync", h.Version)
	case err != nil:
		return 0, damaged(1, "%v", err)
	case h.Version != stateVersion, len(h.Salt) != saltSize, h.Entries < 0:
		return 0, damaged(1, "not a header")
	}
	if h.AsOf != "" {
		if s.asOf, err = time.Parse(asOfForm, h.AsOf); err != nil {
			return 0, damaged(1, "%.40q is not a time", h.AsOf)
		}
	}
	s.run, s.Limit = h.Run, h.Limit
	copy(s.salt[:], h.Salt)
	if h.BaseURL != s.account.BaseURL {
		return 0, fmt.Errorf("%w (it was made for %.200q)", ErrOtherAccount, h.BaseURL)
	}
	if h.Account != s.account.Fingerprint(s.salt[:]) {
		return 0, fmt.Errorf("%w (it was made with another key)", ErrOtherAccount)
	}
	return h.Entries, nil
}

func (s *State) loadRecord(in *bufio.Reader, line int) error {
	text, err := readLine(in, line)
	if err != nil {
		return err
	}
	var r record
	if err := parse(text, &r); err != nil {
		return damaged(line, "%v", err)
	}
	last := track.ID(0)
	if n := len(s.entries.ids); n > 0 {
		last = s.entries.ids[n-1]
	}
	e := entry{kind: applied}
	ok := e.applied.parse(r.Applied)
	switch {
	case r.ID <= last || r.ID > track.MaxID:
		return damaged(line, "track %d does not come after %d", r.ID, last)
	case r.Seen != "" && r.Before != "":
		return damaged(line, "a URL is both seen and to come")
	case r.Seen != "":
		e.kind, ok = seen, ok && e.mark.parse(r.Seen)
	case r.Before != "":
		e.kind, ok = pending, ok && e.mark.parse(r.Before)
	}
	if !ok {
		return damaged(line, "not a hash")
	}
	s.entries.set(r.ID, e)
	return nil
}

// readLine returns the next line without its line break.
func readLine(in *bufio.Reader, line int) ([]byte, error) {
	text, err := in.ReadSlice('\n')
	switch {
	case err == io.EOF && len(text) == 0:
		return nil, damaged(line, "it ends too early")
	case err == io.EOF:
		return nil, damaged(line, "the line is torn")
	case err == bufio.ErrBufferFull:
		return nil, damaged(line, "the line is too long")
	case err != nil:
		return nil, unreadable(err)
	}
	return text[:len(text)-1], nil
}

// parse reads a line and refuses one that Save would not have written: a repeated key,
// or one in capitals, is damage too.
func parse(text []byte, to any) error {
	if err := json.Unmarshal(text, to); err != nil {
		return errors.New("the line is not JSON of the right kind")
	}
	var b bytes.Buffer
	enc := encoder(&b)
	if err := enc.Encode(to); err != nil || !bytes.Equal(bytes.TrimSuffix(b.Bytes(), []byte("\n")), text) {
		return errors.New("the line is not what was written")
	}
	return nil
}

func encoder(w io.Writer) *json.Encoder {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false) // for people and for grep, not for browsers
	return enc
}

func damaged(line int, format string, args ...any) error {
	return fmt.Errorf("line %d: %s: %w", line, fmt.Sprintf(format, args...), ErrDamaged)
}

func unreadable(err error) error { return fmt.Errorf("cannot read the state file: %w", err) }

func (h hash) text() string { return base64.RawURLEncoding.EncodeToString(h[:]) }

// parse reads what text wrote, and nothing else.
func (h *hash) parse(text string) bool {
	b, err := base64.RawURLEncoding.DecodeString(text)
	copy(h[:], b)
	return err == nil && len(b) == hashSize && h.text() == text
}
