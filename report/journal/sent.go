package journal

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"time"

	"tracksync/internal/track"
)

// Sent writes sent.log: which rows a request is under way for. A row gets its line
// in results.jsonl as it ends; a process that is killed before leaves none, and
// nobody could tell a row that may have been applied from one that was never sent.
//
// A line stands in the file before its request leaves, and another follows when it
// was surely not applied. A kill loses neither; a power cut may, as it may
// lose the results of the last second. The file is of one session.
//
// It is safe for concurrent use.
type Sent struct{ file *os.File }

// createSent makes the file at path anew.
func createSent(path string) (*Sent, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, openError(path, err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, createError(path, err)
	}
	return &Sent{f}, nil
}

// Sending records a row whose update is about to be sent, and the fingerprint of what
// it asks for. When it returns an error the update must not be sent.
func (s *Sent) Sending(row track.Row, asked string) error {
	var room [sentRoom]byte
	b := strconv.AppendInt(append(room[:0], "\n+ "...), int64(row.Update.ID), 10)
	b = append(append(b, ' '), cmp.Or(asked, "-")...)
	b = strconv.AppendInt(append(b, ' '), int64(row.Number), 10)
	return s.add(strconv.AppendInt(append(b, ' '), time.Now().UnixMilli(), 10))
}

// NotApplied records a row whose latest update was surely not applied.
func (s *Sent) NotApplied(row track.Row) error {
	var room [sentRoom]byte
	return s.add(strconv.AppendInt(append(room[:0], "\n- "...), int64(row.Update.ID), 10))
}

// sentRoom is more than a line takes.
const sentRoom = 128

// add writes a line with one write, so that lines of several goroutines do not
// mix. It begins with a line break too: what a full disk cut off before must not
// damage this line too.
func (s *Sent) add(line []byte) error {
	if _, err := s.file.Write(append(line, " .\n"...)); err != nil {
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
