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
	// maxRoomy leaves room for the text that redaction may add.
	maxRoomy = MaxLine / 2
	// maxLineMemory is how much memory is reused for the next line.
	maxLineMemory = 64 << 10
	// maxText is the longest text, in bytes, that a manifest can contain. No row sets,
	// expects or restores a longer one.
	maxText = 64 << 10
	// maxShown is how much of a longer text is shown, in characters.
	maxShown = 1000
)

// stampLayout is the format of times in a line, in UTC. time.Time would leave out zeros at
// the end.
const stampLayout = "2006-01-02T15:04:05.000Z"

// Encode returns the line of r that Append writes if nothing is redacted, without the line
// break. Texts longer than a manifest can contain are shortened if they are only shown, and
// left out if they are compared. So no server can make a result too long for a line.
func Encode(r track.Result) ([]byte, error) { return appendLine(nil, r) }

// appendLine is like Encode, but uses the memory of b, which must be empty.
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

// decode reads a line back. It ignores unknown keys, which another version may have written.
func decode(text []byte) (track.Result, error) {
	r, ok := scanResult(text)
	if !ok {
		return decodeAny(text)
	}
	return checked(r)
}

// decodeAny is decode for a line in any form.
func decodeAny(text []byte) (r track.Result, err error) {
	if err := json.Unmarshal(text, &r); err != nil {
		return track.Result{}, fmt.Errorf("not a result: %w", err)
	}
	return checked(r)
}

func checked(r track.Result) (track.Result, error) {
	if err := check(r); err != nil {
		return track.Result{}, fmt.Errorf("not a result: %w", err)
	}
	return r, nil
}

// check returns an error if r is not a valid result.
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

// redacted applies redact to the strings of a line. Numbers and structure must stay as they
// are: a replacement there would make the whole file unreadable.
func redacted(text []byte, redact func([]byte) []byte) ([]byte, error) {
	if redact == nil {
		return text, nil
	}
	out := safe.JSONStrings(text, redact)
	if bytes.Equal(out, text) {
		return out, nil
	}
	if out = safe.Escaped(out); len(out) > MaxLine {
		return nil, fmt.Errorf("the redacted line takes %d bytes, more than %d", len(out), MaxLine)
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
