package journal

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// Sent keeps sent.log: which rows a request is under way for. A row gets its line
// in results.jsonl as it ends; a process that is killed before leaves none, and
// nobody could tell a row that may have been applied from one that was never sent.
//
// A line stands in the file before its request leaves, and another follows when it
// was surely not applied. A kill takes neither away; a power cut may, as it may
// take the results of the last second. The file is of one session.
//
// It is safe for concurrent use.
type Sent struct{ file *os.File }

// CreateSent makes the file at path anew.
func CreateSent(path string) (*Sent, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, openError(path, err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, createError(path, err)
	}
	return &Sent{f}, nil
}

// Sending takes a row whose update is about to be sent. When it returns an error
// the update must not be sent.
func (s *Sent) Sending(row track.Row) error {
	u := row.Update
	return s.add(fmt.Sprintf("+ %d %s %d %d", u.ID, cmp.Or(u.Fingerprint(), "-"), row.Number, time.Now().UnixMilli()))
}

// NotApplied takes a row whose latest update was surely not applied.
func (s *Sent) NotApplied(row track.Row) error { return s.add(fmt.Sprintf("- %d", row.Update.ID)) }

// add writes a line with one write, so that lines of several goroutines do not
// mix. It begins with a line break too: what a full disk cut off before must not
// take this line with it.
func (s *Sent) add(line string) error {
	if _, err := s.file.WriteString("\n" + line + " .\n"); err != nil {
		return fmt.Errorf("what is sent cannot be kept: %w", err)
	}
	return nil
}

// Sync makes what was taken durable.
func (s *Sent) Sync() error { return s.file.Sync() }

// Close closes the file. A nil Sent is none.
func (s *Sent) Close() error {
	if s == nil {
		return nil
	}
	return s.file.Close()
}

// InFlight is a row whose last line in sent.log says that its update was sent, and
// may have been applied.
type InFlight struct {
	ID   track.ID
	Row  int       // its number then
	Sent time.Time // to the millisecond

	asked uint64 // Result.Asked, of what the row asked
	open  int    // updates that were sent, less those that were surely not applied
}

// ReadSent returns the rows that a request was under way for when the session
// ended, if it ended at once; those whose results came afterwards among them. They
// are in the order of their ids. A file that does not exist holds nothing, and a
// line that was cut off was not followed by a request.
func ReadSent(path string) ([]InFlight, error) {
	f, err := safe.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, openError(path, err)
	}
	defer f.Close() // only read
	all, err := sentLines(f)
	if err != nil {
		return nil, openError(path, err)
	}
	slices.SortStableFunc(all, func(a, b InFlight) int { return cmp.Compare(a.ID, b.ID) })
	rows := all[:0]
	for _, l := range all {
		last := len(rows) - 1
		switch {
		case last < 0 || rows[last].ID != l.ID:
			rows = append(rows, l)
		case l.open > 0:
			l.open += rows[last].open
			rows[last] = l
		default:
			rows[last].open += l.open
		}
	}
	return slices.DeleteFunc(rows, func(l InFlight) bool { return l.open <= 0 }), nil
}

func sentLines(r io.Reader) ([]InFlight, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	var all []InFlight
	for {
		text, size, err := readLine(in)
		if err == io.EOF && size == 0 {
			return all, nil
		}
		if err != nil && err != io.EOF {
			return nil, err
		}
		if l, ok := sentLine(string(text)); ok {
			all = append(all, l)
		}
	}
}

// sentLine reads a line that is whole.
func sentLine(text string) (l InFlight, ok bool) {
	words := strings.Fields(text)
	if len(words) < 3 || words[len(words)-1] != "." {
		return l, false
	}
	id, err := strconv.ParseInt(words[1], 10, 64)
	if err != nil || id <= 0 {
		return l, false
	}
	l.ID, l.open = track.ID(id), -1
	if words[0] == "-" && len(words) == 3 {
		return l, true
	}
	if words[0] != "+" || len(words) != 6 {
		return l, false
	}
	row, rowErr := strconv.Atoi(words[3])
	at, atErr := strconv.ParseInt(words[4], 10, 64)
	l.Row, l.Sent, l.asked, l.open = row, time.UnixMilli(at), askedNumber(words[2]), 1
	return l, rowErr == nil && atErr == nil && row > 0 && row <= MaxRow
}

// Unknown is what such a row ended with, given the result that it had before, if it
// had one.
func (l InFlight) Unknown(before track.Result) track.Result {
	r := before
	if r.Row == 0 {
		r.Row, r.ID = l.Row, l.ID
	}
	r.Left = before.Own() // what it left before it may still have
	r.Status, r.FinishedAt, r.Changes, r.Answered = track.Unknown, l.Sent.UTC(), track.Changes{}, track.Values{}
	r.Asked = ""
	if l.asked != 0 {
		r.Asked = fmt.Sprintf("%016x", l.asked)
	}
	r.Error = &track.Error{
		Code: "killed", Retryable: true,
		Message: "the run ended at once while this row's update was under way: it may have been applied; sending the row again is safe",
	}
	return r
}
