package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// MaxLine is the longest line, in bytes without its line break, that is
// written or read. It leaves room for any row that a person would write, and
// keeps a damaged file from filling memory.
const MaxLine = 4 << 20

// MaxRow is the largest row number, so that a damaged file cannot make the
// index grow without end.
const MaxRow = 1 << 30

const (
	// maxRoomy leaves room for what redaction may add.
	maxRoomy = MaxLine / 2
	// maxLineMemory is how much memory is kept for the next line.
	maxLineMemory = 64 << 10
	// maxText is the longest text, in bytes, that a manifest can hold: no row asks
	// for a longer one, none expects it, and none restores it.
	maxText = 64 << 10
	// maxShown is how much of a longer text is shown, in characters.
	maxShown = 1000
)

// stampLayout is how a line says a time, in UTC. time.Time would leave out zeros at the
// end.
const stampLayout = "2006-01-02T15:04:05.000Z"

// Encode returns r as the line, without its line break, that Append writes
// when nothing is redacted: for whoever shows results elsewhere as they happen.
// Of texts that are longer than any manifest holds it shortens what is to be shown,
// and leaves out what is to be compared: no server can make a row that has no line.
func Encode(r track.Result) ([]byte, error) { return appendLine(nil, r) }

// appendLine is Encode into memory that is there, which must be empty.
func appendLine(b []byte, r track.Result) ([]byte, error) {
	if err := check(r); err != nil {
		return nil, err
	}
	r.DurationMS = math.Round(r.DurationMS*1000) / 1000
	text, err := encode(b, bounded(r))
	if err == nil && len(text) > maxRoomy {
		text, err = encode(b, bare(r))
	}
	if err == nil && len(text) > MaxLine {
		err = fmt.Errorf("the result takes %d bytes as a line, more than %d", len(text), MaxLine)
	}
	if err != nil {
		return nil, err
	}
	return text, nil
}

func encode(b []byte, r track.Result) ([]byte, error) {
	b, err := appendResult(b, r)
	return safe.Escaped(b), err
}

// decode reads a line back. Keys that it does not know are left to the
// version that wrote them.
func decode(text []byte) (track.Result, error) {
	var r track.Result
	if err := json.Unmarshal(text, &r); err != nil {
		return track.Result{}, fmt.Errorf("not a result: %w", err)
	}
	if err := check(r); err != nil {
		return track.Result{}, fmt.Errorf("not a result: %w", err)
	}
	return r, nil
}

// check says what makes r no result.
func check(r track.Result) error {
	year := r.FinishedAt.UTC().Year()
	switch {
	case r.Row < 1 || r.Row > MaxRow:
		return fmt.Errorf("row %d is not from 1 to %d", r.Row, MaxRow)
	case !r.Status.Valid():
		return fmt.Errorf("no status %.40q", r.Status)
	case r.FinishedAt.Truncate(time.Millisecond).IsZero() || year < 1 || year > 9999:
		return errors.New("no time at which the row ended")
	case math.IsNaN(r.DurationMS) || math.IsInf(r.DurationMS, 0):
		return errors.New("the duration is not a number")
	}
	return nil
}

// redacted applies redact, if there is one, to the strings of a line, which stays the
// line that it was: a replacement in its numbers or its structure would make the
// whole file unreadable.
func redacted(text []byte, redact func([]byte) []byte) ([]byte, error) {
	if redact == nil {
		return text, nil
	}
	out := safe.JSONStrings(text, redact)
	if bytes.Equal(out, text) {
		return out, nil
	}
	if out = safe.Escaped(out); len(out) > MaxLine {
		return nil, fmt.Errorf("without what must not be seen the line takes %d bytes, more than %d", len(out), MaxLine)
	}
	was, err := decode(text)
	if err != nil {
		return nil, fmt.Errorf("before redaction: %w", err)
	}
	is, err := decode(out)
	if err != nil {
		return nil, fmt.Errorf("after redaction: %w", err)
	}
	if is.Row != was.Row || is.ID != was.ID || is.Status != was.Status {
		return nil, errors.New("redaction changed the row, its track or its status")
	}
	return out, nil
}
