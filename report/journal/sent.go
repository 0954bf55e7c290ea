package journal

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"time"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// Sent writes sent.log: which rows a request is under way for. A row gets its line
// in results.jsonl as it ends; a process that is killed before leaves none, and
// nobody could tell a row that may have been applied from one that was never sent.
//
// A line stands in the file before its request leaves, and another follows when it
// was surely not applied. A kill loses neither; a power cut may, as it may
// lose the results of the last second. The file is of one session, which its first line
// names. It also has the requests that have ended, see Ledger.Ended.
//
// It is safe for concurrent use.
type Sent struct{ file *os.File }

// createSent makes the file at path anew, for a session.
func createSent(path string, session int) (*Sent, error) {
	if err := safe.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, openError(path, err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, createError(path, err)
	}
	s := &Sent{f}
	if err := s.write([]byte(sessionLine(session) + sentEnd)); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return s, nil
}

// Sending records rows whose updates are about to be sent. When it returns an error
// none of them must be sent.
func (s *Sent) Sending(rows []track.Outgoing) error {
	lines := make([]byte, 0, sentRoom*len(rows))
	now := time.Now().UnixMilli()
	for _, r := range rows {
		lines = strconv.AppendInt(append(lines, "\n+ "...), int64(r.ID), 10)
		lines = append(append(lines, ' '), cmp.Or(r.Asked, "-")...)
		lines = strconv.AppendInt(append(lines, ' '), int64(r.Row), 10)
		lines = strconv.AppendInt(append(lines, ' '), now, 10)
		lines = append(lines, sentEnd...)
	}
	return s.write(lines)
}

// NotApplied records a row whose latest update was surely not applied.
func (s *Sent) NotApplied(row track.Row) error {
	line := strconv.AppendInt([]byte("\n- "), int64(row.Update.ID), 10)
	return s.write(append(line, sentEnd...))
}

const (
	sentRoom = 80 // what a line takes
	sentEnd  = " .\n"
)

// write writes lines with one write, so that those of several goroutines do not mix.
// Each begins with a line break too: what a full disk cut off before must not damage
// it.
func (s *Sent) write(lines []byte) error {
	if _, err := s.file.Write(lines); err != nil {
		return fmt.Errorf("what is sent cannot be recorded: %w", err)
	}
	return nil
}

// Sync makes what was recorded durable.
func (s *Sent) Sync() error { return s.file.Sync() }

// Close closes the file. A nil Sent is none, and a second Close does nothing.
func (s *Sent) Close() error {
	if s == nil {
		return nil
	}
	if err := s.file.Close(); !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil
}
