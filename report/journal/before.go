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
	"slices"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// Before keeps before.jsonl: what each track was right before a PUT, and what the
// PUT was to set. A line is durable before its PUT is sent, so whatever becomes of
// the process, what may have been changed can be changed back.
//
// Of several lines for a track the first says what it was: a run that is taken up
// again must not take its own work for what was there before.
//
// A PUT that was surely not applied, or was answered with other values than were
// sent, gets a second line that says so. It need not be durable: without it the
// PUT counts as one that may have been applied as it was sent.
//
// One goroutine owns it.
type Before struct {
	file    *os.File
	redact  func([]byte) []byte
	waiting bytes.Buffer
	open    map[track.ID]bool // tracks whose PUT has not come to its end
	err     error             // the first failure; nothing is taken after it
}

// beforeLine is a line of before.jsonl: what a track was and what is sent to it,
// or what became of the latest that was sent.
type beforeLine struct {
	ID       track.ID   `json:"id"`
	Was      valuesLine `json:"was,omitzero"`
	Hidden   []string   `json:"hidden,omitempty"` // fields that are not in Was because they held the API key
	Sends    valuesLine `json:"sends,omitzero"`
	Refused  bool       `json:"refused,omitzero"`  // it was not applied
	Answered valuesLine `json:"answered,omitzero"` // it came back otherwise
}

// valuesLine are values as they are written.
type valuesLine struct {
	Name    track.Field[string]   `json:"name,omitzero"`
	Volume  track.Field[int]      `json:"volume,omitzero"`
	Project track.Field[track.ID] `json:"project_id,omitzero"`
	Media   track.Field[string]   `json:"media_url,omitzero"`
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
		err = syncDir(path)
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
	return b.add(beforeLine{ID: u.ID, Was: valuesLine(was.Values), Hidden: was.Hidden.Fields(), Sends: valuesLine(u.Values)})
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

// Ended takes what became of a row, for which nothing or a PUT was appended.
func (b *Before) Ended(r track.Result) error {
	if !b.open[r.ID] {
		return nil // nothing was about to be sent
	}
	delete(b.open, r.ID)
	switch {
	case r.Status == track.Updated, r.Status == track.Unknown:
		return nil
	case r.Status == track.NotApplied && !r.Answered.Empty():
		return b.add(beforeLine{ID: r.ID, Answered: valuesLine(r.Answered)})
	}
	return b.add(beforeLine{ID: r.ID, Refused: true})
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

// Sync makes everything durable that was appended.
func (b *Before) Sync() error {
	if b.err != nil {
		return b.err
	}
	if b.waiting.Len() == 0 {
		return nil
	}
	n, err := b.file.Write(b.waiting.Bytes())
	if err == nil && n < b.waiting.Len() {
		err = io.ErrShortWrite
	}
	if err == nil {
		err = b.file.Sync()
	}
	b.waiting.Reset()
	if err != nil {
		b.err = fmt.Errorf("the states before the updates cannot be kept: %w", err)
	}
	return b.err
}

// Close closes the file.
func (b *Before) Close() error { return errors.Join(b.Sync(), b.file.Close()) }

// Image is what is kept of one track.
type Image struct {
	ID  track.ID
	Was track.Values // before the first PUT of the run

	// Hidden are fields that are not in Was because they held the API key.
	Hidden []string

	// Sends are the PUTs that may have been applied, in order, each as it was
	// sent, or as it was answered. One that a later look at the track shows not
	// to have been applied is none of them.
	Sends []track.Values
}

// sent is a PUT that may have been applied, and what the track was right before.
type sent struct{ was, values track.Values }

// history is what the lines of a track tell, as they come.
type history []sent

// take takes in the next line of the track.
func (h *history) take(l beforeLine) {
	latest := len(*h) - 1
	switch answered := track.Values(l.Answered); {
	case l.Refused:
		*h = (*h)[:max(0, latest)]
	case answered.Empty():
		h.found(track.Values(l.Was))
		*h = append(*h, sent{track.Values(l.Was), track.Values(l.Sends)})
	case latest >= 0:
		(*h)[latest].values = corrected((*h)[latest].values, answered)
	}
}

// found leaves out the latest PUT, given what the track was seen to be after it,
// if that shows that it was not applied: a process may die between keeping a
// state and sending the PUT. Then the track is still as it was before in every
// field that would tell. Media would not: the service may change its URL late.
func (h *history) found(now track.Values) {
	if len(*h) == 0 {
		return
	}
	latest := (*h)[len(*h)-1]
	name := stillAs(latest.was.Name, latest.values.Name, now.Name)
	volume := stillAs(latest.was.Volume, latest.values.Volume, now.Volume)
	project := stillAs(latest.was.Project, latest.values.Project, now.Project)
	if all := name + volume + project; all > 0 && name >= 0 && volume >= 0 && project >= 0 {
		*h = (*h)[:len(*h)-1]
	}
}

// stillAs is 1 if a field that was to be changed is still as it was, -1 if it is
// not, and 0 if it tells nothing.
func stillAs[T comparable](was, to, now track.Field[T]) int {
	switch {
	case was.IsZero() || to.IsZero() || now.IsZero() || was == to:
		return 0
	case now == was:
		return 1
	}
	return -1
}

// corrected are the fields that were sent, as they were answered. Media is not
// compared: the service answers a URL of its own.
func corrected(sent, answered track.Values) track.Values {
	if !sent.Name.IsZero() && !answered.Name.IsZero() {
		sent.Name = answered.Name
	}
	if !sent.Volume.IsZero() && !answered.Volume.IsZero() {
		sent.Volume = answered.Volume
	}
	if !sent.Project.IsZero() && !answered.Project.IsZero() {
		sent.Project = answered.Project
	}
	return sent
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
	for i, at := range lines {
		text, err := lineIn(f, at.offset)
		if err != nil {
			return Image{}, err
		}
		var l beforeLine
		if err := json.Unmarshal(text, &l); err != nil || l.ID != image.ID {
			return Image{}, errChanged
		}
		if i == 0 {
			image.Was, image.Hidden = track.Values(l.Was), l.Hidden
		}
		h.take(l)
	}
	for _, s := range h {
		image.Sends = append(image.Sends, s.values)
	}
	return image, nil
}
