package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// Before writes before.jsonl: what each track was right before a PUT, and what the
// PUT was to set. A line is durable before its PUT is sent, so whatever becomes of
// the process, what may have been changed can be changed back.
//
// A track may have several lines: see Image for what it was before the run.
//
// A PUT that was surely not applied, or was answered with other values than were
// sent, gets a second line that says so. It need not be durable: without it the
// PUT counts as one that may have been applied as it was sent.
//
// One goroutine owns it.
type Before struct {
	file      *os.File
	redact    func([]byte) []byte // nil: nothing is redacted
	waiting   bytes.Buffer
	lines     []imageLine       // that wait, by their offsets in waiting
	index     *imageIndex       // of the file
	unsynced  bool              // the file has something that is not durable
	undecided map[track.ID]bool // tracks whose PUT has not ended
	err       error             // the first failure; nothing is appended after it
}

// beforeLine is a line of before.jsonl: what a track was and what is sent to it,
// or what became of the latest that was sent.
type beforeLine struct {
	ID       track.ID     `json:"id"`
	Was      track.Values `json:"was,omitzero"`
	Hidden   []string     `json:"hidden,omitempty"` // fields that are not in Was because they held the API key
	Sends    track.Values `json:"sends,omitzero"`
	Refused  bool         `json:"refused,omitzero"`  // it was not applied
	Answered track.Values `json:"answered,omitzero"` // it came back otherwise
}

// openBefore makes the file at path, or goes on with the one that is there, of
// which index knows the lines: a torn last line is cut off, since its PUT was not
// sent.
func openBefore(path string, index *imageIndex, redact func([]byte) []byte) (*Before, error) {
	f, err := safe.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, openError(path, err)
	}
	if index == nil {
		index = &imageIndex{}
	}
	err = f.Truncate(index.end)
	if err == nil {
		_, err = f.Seek(index.end, io.SeekStart)
	}
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = safe.SyncDir(filepath.Dir(path))
	}
	if err != nil {
		return nil, errors.Join(openError(path, err), f.Close())
	}
	return &Before{file: f, redact: redact, undecided: map[track.ID]bool{}, index: index}, nil
}

// Append records what a track was, and the PUT that is to change it. When it is
// called again before Ended, the PUT before was not applied.
func (b *Before) Append(u track.Update, was track.Track) error {
	if b.undecided[u.ID] {
		if err := b.add(beforeLine{ID: u.ID, Refused: true}); err != nil {
			return err
		}
	}
	b.undecided[u.ID] = true
	b.hide(&was)
	return b.add(beforeLine{ID: u.ID, Was: was.Values, Hidden: was.Hidden.Fields(), Sends: u.Values})
}

// hide leaves out what must not be written down as it is. A text without the key
// is not what the track was, and to restore it would damage the track.
func (b *Before) hide(was *track.Track) {
	for _, f := range []struct {
		text   *track.Field[string]
		hidden *bool
	}{{&was.Name, &was.Hidden.Name}, {&was.Media, &was.Hidden.Media}} {
		if text, ok := f.text.Get(); ok && b.redact != nil && string(b.redact([]byte(text))) != text {
			*f.hidden = true
		}
		if *f.hidden {
			*f.text = track.Field[string]{}
		}
	}
}

// Ended records what became of the PUT that was appended last for a track: whether
// it was applied or may have been, and what its answer said that the track has in
// the fields that were sent, where it said otherwise.
func (b *Before) Ended(id track.ID, applied bool, answered track.Values) error {
	if !b.undecided[id] {
		return nil // nothing was about to be sent
	}
	delete(b.undecided, id)
	switch {
	case !applied:
		return b.add(beforeLine{ID: id, Refused: true})
	case !answered.Empty():
		return b.add(beforeLine{ID: id, Answered: answered})
	}
	return nil
}

func (b *Before) add(l beforeLine) error {
	if b.err != nil {
		return b.err
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(l); err != nil {
		return fmt.Errorf("before-image of track %d: %w", l.ID, err)
	}
	line := text.Bytes()
	if b.redact != nil {
		line = safe.JSONStrings(line, b.redact)
	}
	if len(line) > MaxLine {
		return fmt.Errorf("before-image of track %d takes %d bytes, more than %d", l.ID, len(line), MaxLine)
	}
	b.lines = append(b.lines, imageLine{l.ID, int64(b.waiting.Len())})
	b.waiting.Write(line)
	return nil
}

// Flush writes what was appended, so that it outlives the process, if not a power
// cut.
func (b *Before) Flush() error {
	if b.err != nil || b.waiting.Len() == 0 {
		return b.err
	}
	n, err := b.file.Write(b.waiting.Bytes())
	if err == nil && n < b.waiting.Len() {
		err = io.ErrShortWrite
	}
	b.index.add(b.lines, bytes.LastIndexByte(b.waiting.Bytes()[:n], '\n')+1)
	b.waiting.Reset()
	b.lines = b.lines[:0]
	b.unsynced = true
	return b.failed(err)
}

// Sync makes everything durable that was appended.
func (b *Before) Sync() error {
	if err := b.Flush(); err != nil || !b.unsynced {
		return err
	}
	b.unsynced = false
	return b.failed(b.file.Sync())
}

// failed remembers the first failure.
func (b *Before) failed(err error) error {
	if err != nil {
		b.err = fmt.Errorf("the states before the updates cannot be recorded: %w", err)
	}
	return b.err
}

// images goes over what the file holds. Whether all is there that was appended is
// told by Close.
func (b *Before) images() iter.Seq2[Image, error] {
	_ = b.Flush()
	return b.index.images(b.file, func(track.ID) bool { return true })
}

// Close makes everything durable and closes the file. A nil Before is none, and a
// second Close does nothing.
func (b *Before) Close() error {
	if b == nil || b.file == nil {
		return nil
	}
	err := errors.Join(b.Sync(), b.file.Close())
	b.file = nil
	return err
}
