package journal

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"

	"tracksync/internal/track"
)

// Image is the before-image of one track.
type Image struct {
	ID track.ID

	// Was has the fields that the PUTs set, each as it was right before the first PUT that
	// set it. So it contains other people's earlier changes, and no change of the run.
	Was track.Values

	// Hidden are fields that are not in Was because they contained the API key.
	Hidden []string

	// Sends are the PUTs that may have been applied, in order. A PUT that was not applied,
	// as a later reading of the track shows, is left out.
	Sends []Send
}

// Send is a PUT that may have been applied.
type Send struct {
	Was      track.Values // the track right before it
	Hidden   []string     // fields that are not in Was because they contained the API key
	Values   track.Values // the values sent, or those in the answer
	Answered bool         // the answer said that the track has other values
}

// history is the PUTs of a track, from its lines in order.
type history []Send

// apply adds the next line of the track.
func (h *history) apply(l beforeLine) {
	latest := len(*h) - 1
	switch answered := l.Answered; {
	case l.Refused:
		*h = (*h)[:max(0, latest)]
	case answered.Empty():
		h.dropUnapplied(l.Was)
		*h = append(*h, Send{Was: l.Was, Hidden: l.Hidden, Values: l.Sends})
	case latest >= 0:
		(*h)[latest].Values = (*h)[latest].Values.Overlay(answered)
		(*h)[latest].Answered = true
	}
}

// before returns the fields that were set, as they were right before that, and the fields
// that are missing because they contained the key.
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

// dropUnapplied removes the latest PUT if the state of the track after it shows that it was
// not applied: a process may die after it recorded the state and before it sent the PUT.
func (h *history) dropUnapplied(now track.Values) {
	latest := len(*h) - 1
	if latest >= 0 && track.ShowsUnapplied((*h)[latest].Was, (*h)[latest].Values, now) {
		*h = (*h)[:latest]
	}
}

// DamageError means that lines of before.jsonl cannot be read. A torn last line does not
// count, because its PUT was not sent.
type DamageError struct{ Lines int }

func (e *DamageError) Error() string {
	return fmt.Sprintf("%d lines of the states before the updates cannot be read", e.Lines)
}

// imageIndex is an index of the lines of before.jsonl: sixteen bytes a line.
type imageIndex struct {
	lines   []imageLine
	end     int64 // offset of the end of the last whole line
	damaged int   // number of lines that cannot be read and are not in lines
}

// imageLine is the offset of a track's line.
type imageLine struct {
	id     track.ID
	offset int64
}

// readImageIndex finds the lines of a file. Their content is read later, for the images.
func readImageIndex(r io.Reader) (*imageIndex, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	x := &imageIndex{}
	for {
		text, size, err := readLine(in)
		if err == io.EOF {
			return x, nil // the text after the last line break is torn
		}
		if err != nil {
			return nil, err
		}
		if id := imageID(text); size <= MaxLine+1 && id > 0 {
			x.lines = append(x.lines, imageLine{id, x.end})
		} else {
			x.damaged++
		}
		x.end += size
	}
}

// imageID is the track of a line; 0 if it is damaged. Lines begin with the id.
func imageID(text []byte) track.ID {
	if rest, ok := bytes.CutPrefix(text, []byte(`{"id":`)); ok {
		digits := len(rest) - len(bytes.TrimLeft(rest, "0123456789"))
		if id, err := strconv.ParseInt(string(rest[:digits]), 10, 64); err == nil {
			return track.ID(id)
		}
	}
	var l beforeLine
	if json.Unmarshal(text, &l) != nil {
		return 0
	}
	return l.ID
}

// add adds lines that were appended to the file. Only those that begin in its first size
// bytes were written.
func (x *imageIndex) add(lines []imageLine, size int) {
	for _, l := range lines {
		if l.offset < int64(size) {
			x.lines = append(x.lines, imageLine{l.id, x.end + l.offset})
		}
	}
	x.end += int64(size)
}

// sort orders the lines by track.
func (x *imageIndex) sort() {
	slices.SortFunc(x.lines, func(a, b imageLine) int {
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.offset, b.offset))
	})
}

// has reports whether there is a line of a track. The lines must be sorted.
func (x *imageIndex) has(id track.ID) bool {
	_, ok := slices.BinarySearchFunc(x.lines, id, func(l imageLine, id track.ID) int { return cmp.Compare(l.id, id) })
	return ok
}

// images yields the images of the tracks that want accepts, by id. Lines that cannot be read
// are left out; a *DamageError after all images says how many there are. Any other error
// ends the sequence.
func (x *imageIndex) images(f io.ReaderAt, want func(track.ID) bool) iter.Seq2[Image, error] {
	x.sort()
	return func(yield func(Image, error) bool) {
		damaged := x.damaged
		for rest := x.lines; len(rest) > 0; {
			id, n := rest[0].id, 1
			for n < len(rest) && rest[n].id == id {
				n++
			}
			if want(id) {
				image, bad, err := imageOf(f, rest[:n])
				damaged += bad
				if (bad < n || err != nil) && !yield(image, err) || err != nil {
					return
				}
			}
			rest = rest[n:]
		}
		if damaged > 0 {
			yield(Image{}, &DamageError{damaged})
		}
	}
}

// imageOf reads the image of a track from its lines, and counts the damaged ones.
func imageOf(f io.ReaderAt, lines []imageLine) (image Image, damaged int, err error) {
	image.ID = lines[0].id
	var h history
	for _, at := range lines {
		text, err := lineIn(f, at.offset)
		if err != nil {
			return Image{}, 0, err
		}
		var l beforeLine
		switch err := json.Unmarshal(text, &l); {
		case err != nil:
			damaged++
		case l.ID != image.ID:
			return Image{}, 0, errChanged
		default:
			h.apply(l)
		}
	}
	if len(h) > 0 {
		image.Sends = h
		image.Was, image.Hidden = h.before()
	}
	return image, damaged, nil
}
