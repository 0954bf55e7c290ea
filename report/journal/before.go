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

// Before writes before.jsonl: what each track was right before a PUT, and what the PUT
// sets. A line is durable before its PUT is sent. So every change can be undone, even if
// the process dies.
//
// A track may have several lines: see Image for what it was before the run.
//
// A PUT that was certainly not applied, or was answered with values other than those sent,
// gets a second line that says so. This line need not be durable: without it the PUT counts
// as one that may have been applied as it was sent.
//
// It is not safe for concurrent use.
type Before struct {
	file      *os.File
	redact    func([]byte) []byte // nil: nothing is redacted
	waiting   bytes.Buffer
	lines     []imageLine       // the lines in waiting, by their offsets there
	index     *imageIndex       // the lines of the file
	unsynced  bool              // the file has data that is not durable
	undecided map[track.ID]bool // tracks whose PUT has not ended
	err       error             // the first failure; nothing is appended after it
}

// beforeLine is a line of before.jsonl: what a track was and what is sent, or the outcome of
// the latest PUT.
type beforeLine struct {
	ID       track.ID     `json:"id"`
	Was      track.Values `json:"was,omitzero"`
	Hidden   []string     `json:"hidden,omitempty"` // fields that are not in Was because they contained the API key
	Sends    track.Values `json:"sends,omitzero"`
	Refused  bool         `json:"refused,omitzero"`  // the PUT was not applied
	Answered track.Values `json:"answered,omitzero"` // the answer had other values
}

// openBefore creates the file at path, or continues an existing one, whose lines are in
// index. A torn last line is cut off, because its PUT was not sent.
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

// Append records what a track was, and the PUT that will change it. If it is called again
// before Ended, the previous PUT was not applied.
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

// hide removes fields that contain the key. They are not redacted, because restoring a
// redacted text would damage the track.
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

// Ended records the outcome of the PUT that was appended last for a track: whether it was
// applied or may have been, and the values in its answer that differ from those sent.
func (b *Before) Ended(id track.ID, applied bool, answered track.Values) error {
	if !b.undecided[id] {
		return nil // there was no PUT
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

// Flush writes what was appended, so that it survives the process, but not a power cut.
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

// Sync makes everything that was appended durable.
func (b *Before) Sync() error {
	if err := b.Flush(); err != nil || !b.unsynced {
		return err
	}
	b.unsynced = false
	return b.failed(b.file.Sync())
}

// failed stores the first failure.
func (b *Before) failed(err error) error {
	if err != nil {
		b.err = fmt.Errorf("the states before the updates cannot be recorded: %w", err)
	}
	return b.err
}

// images yields what the file contains. An error of writing is returned by Close.
func (b *Before) images() iter.Seq2[Image, error] {
	_ = b.Flush()
	return b.index.images(b.file, func(track.ID) bool { return true })
}

// Close makes everything durable and closes the file. A second Close, or Close of a nil
// Before, does nothing.
func (b *Before) Close() error {
	if b == nil || b.file == nil {
		return nil
	}
	err := errors.Join(b.Sync(), b.file.Close())
	b.file = nil
	return err
}
