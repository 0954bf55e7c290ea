package journal

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// Before keeps before.jsonl: what each track was right before a PUT, and what the
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
	file     *os.File
	redact   func([]byte) []byte
	waiting  bytes.Buffer
	unsynced bool              // the file has something that is not durable
	open     map[track.ID]bool // tracks whose PUT has not come to its end
	err      error             // the first failure; nothing is taken after it
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

// CreateBefore makes the file at path, or goes on with the one that is there: a
// torn last line is cut off, since its PUT was not sent.
func CreateBefore(path string, redact func([]byte) []byte) (*Before, error) {
	f, err := safe.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, openError(path, err)
	}
	end, err := endOfLines(f)
	if err == nil {
		err = f.Truncate(end)
	}
	if err == nil {
		_, err = f.Seek(end, io.SeekStart)
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
	return &Before{file: f, redact: redact, open: map[track.ID]bool{}}, nil
}

// endOfLines is where the last whole line ends.
func endOfLines(f *os.File) (int64, error) {
	in := bufio.NewReaderSize(f, 64<<10)
	var end, at int64
	for {
		part, err := in.ReadSlice('\n')
		at += int64(len(part))
		switch {
		case err == nil:
			end = at
		case err == io.EOF:
			return end, nil
		case err != bufio.ErrBufferFull:
			return 0, err
		}
	}
}

// Append takes what a track was, and the PUT that is to change it. When it comes
// again before Ended, the PUT before was not applied.
func (b *Before) Append(u track.Update, was track.Track) error {
	if b.open[u.ID] {
		if err := b.add(beforeLine{ID: u.ID, Refused: true}); err != nil {
			return err
		}
	}
	b.open[u.ID] = true
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
		if text, ok := f.text.Get(); ok && string(b.redact([]byte(text))) != text {
			*f.hidden = true
		}
		if *f.hidden {
			*f.text = track.Field[string]{}
		}
	}
}

// Ended takes what became of the PUT that was appended last for a track: whether
// it was applied or may have been, and what its answer said that the track has in
// the fields that were sent, where it said otherwise.
func (b *Before) Ended(id track.ID, applied bool, answered track.Values) error {
	if !b.open[id] {
		return nil // nothing was about to be sent
	}
	delete(b.open, id)
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
	line := safe.JSONStrings(text.Bytes(), b.redact)
	if len(line) > MaxLine {
		return fmt.Errorf("before-image of track %d takes %d bytes, more than %d", l.ID, len(line), MaxLine)
	}
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
	b.waiting.Reset()
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

// failed takes note of the first failure.
func (b *Before) failed(err error) error {
	if err != nil {
		b.err = fmt.Errorf("the states before the updates cannot be kept: %w", err)
	}
	return b.err
}

// Close closes the file.
func (b *Before) Close() error { return errors.Join(b.Sync(), b.file.Close()) }

// Image is what is kept of one track.
type Image struct {
	ID track.ID

	// Was are the fields that the PUTs set, each as it was right before the first
	// of them that set it: what somebody else changed before that is no work of the
	// run, and what the run itself did before is no before-image.
	Was track.Values

	// Hidden are fields that are not in Was because they held the API key.
	Hidden []string

	// Sends are the PUTs that may have been applied, in order. One that a later
	// look at the track shows not to have been applied is none of them.
	Sends []Send
}

// Send is a PUT that may have been applied.
type Send struct {
	Was      track.Values // the track right before it
	Hidden   []string     // fields that are not in Was because they held the API key
	Values   track.Values // as it was sent, or as it was answered
	Answered bool         // the answer said that the track has other values
}

// history is what the lines of a track tell, as they come.
type history []Send

// take takes in the next line of the track.
func (h *history) take(l beforeLine) {
	latest := len(*h) - 1
	switch answered := l.Answered; {
	case l.Refused:
		*h = (*h)[:max(0, latest)]
	case answered.Empty():
		h.found(l.Was)
		*h = append(*h, Send{Was: l.Was, Hidden: l.Hidden, Values: l.Sends})
	case latest >= 0:
		(*h)[latest].Values = (*h)[latest].Values.Overlay(answered)
		(*h)[latest].Answered = true
	}
}

// before are the fields that were set, as they were right before that, and those of
// them that are not there because they held the key.
func (h history) before() (was track.Values, hidden []string) {
	var set track.Values
	for _, s := range h {
		first := s.Values.Without(set)
		was = was.Overlay(s.Was.Only(first))
		for _, field := range first.Fields() {
			if slices.Contains(s.Hidden, field) {
				hidden = append(hidden, field)
			}
		}
		set = set.Overlay(s.Values)
	}
	return was, hidden
}

// found leaves out the latest PUT, given what the track was seen to be after it,
// if that shows that it was not applied: a process may die between keeping a
// state and sending the PUT.
func (h *history) found(now track.Values) {
	latest := len(*h) - 1
	if latest >= 0 && track.ShowsUnapplied((*h)[latest].Was, (*h)[latest].Values, now) {
		*h = (*h)[:latest]
	}
}

// DamageError says that lines of before.jsonl cannot be read, apart from a torn
// last one, whose PUT was not sent.
type DamageError struct{ Lines int }

func (e *DamageError) Error() string {
	return fmt.Sprintf("%d lines of the states before the updates cannot be read", e.Lines)
}

// Images goes over the tracks of a before.jsonl by ascending id. Lines that cannot
// be read are left out; a *DamageError, behind all images, says how many there
// are. It takes 16 bytes of memory a line.
func Images(path string) iter.Seq2[Image, error] {
	return func(yield func(Image, error) bool) {
		f, err := safe.Open(path)
		if err != nil {
			yield(Image{}, openError(path, err))
			return
		}
		defer f.Close() // only read
		lines, damaged, err := beforeLines(f)
		if err != nil {
			yield(Image{}, openError(path, err))
			return
		}
		for len(lines) > 0 {
			n := 1
			for n < len(lines) && lines[n].id == lines[0].id {
				n++
			}
			image, err := imageOf(f, lines[:n])
			if err != nil {
				err = openError(path, err)
			}
			if !yield(image, err) || err != nil {
				return
			}
			lines = lines[n:]
		}
		if damaged > 0 {
			yield(Image{}, &DamageError{damaged})
		}
	}
}

// placed is where a line of a track begins.
type placed struct {
	id     track.ID
	offset int64
}

// beforeLines finds the lines by ascending id, and counts those that are damaged.
func beforeLines(f *os.File) (lines []placed, damaged int, err error) {
	in := bufio.NewReaderSize(f, 64<<10)
	var offset int64
	for {
		text, size, err := readLine(in)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, 0, err
		}
		var l beforeLine
		if size <= MaxLine+1 && json.Unmarshal(text, &l) == nil && l.ID > 0 {
			lines = append(lines, placed{l.ID, offset})
		} else {
			damaged++
		}
		offset += size
	}
	slices.SortStableFunc(lines, func(a, b placed) int { return cmp.Compare(a.id, b.id) })
	return lines, damaged, nil
}

func imageOf(f *os.File, lines []placed) (Image, error) {
	image := Image{ID: lines[0].id}
	var h history
	for _, at := range lines {
		text, err := lineIn(f, at.offset)
		if err != nil {
			return Image{}, err
		}
		var l beforeLine
		if err := json.Unmarshal(text, &l); err != nil || l.ID != image.ID {
			return Image{}, errChanged
		}
		h.take(l)
	}
	if len(h) > 0 {
		image.Sends = h
		image.Was, image.Hidden = h.before()
	}
	return image, nil
}
