package journal

import (
	"bytes"
	"math"
	"strconv"
	"time"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// appendResult appends the line of r, as encoding/json would write the struct line. A run
// writes one line per row, and reflection would take longer than all other work for a line.
func appendResult(b []byte, r track.Result) ([]byte, error) {
	b = appendPlace(b, r.Row, track.Position{File: r.Source, Line: r.Line, Sheet: r.Sheet, Cell: r.Cell}, r.ID)
	b = appendText(b, "status", string(r.Status))
	b = appendKnown(b, "http_status", r.HTTPStatus)
	b = appendInt(b, "attempts", r.Attempts)
	b = appendKnown(b, "rate_limited", r.RateLimited)
	b = appendKnown(b, "outage_attempts", r.OutageAttempts)
	if r.DurationMS != 0 {
		b = appendFloat(track.AppendKey(b, "duration_ms"), r.DurationMS)
	}
	if r.Changes != (track.Changes{}) {
		b = appendChanges(track.AppendKey(b, "changes"), r.Changes)
	}
	b = appendField(b, "answered_media_url", r.AnsweredMedia)
	b, err := appendRare(b, r)
	b = appendKnownText(b, "asked", r.Asked)
	if r.Error != nil && err == nil {
		b, err = appendJSON(b, "error", r.Error)
	}
	b = append(track.AppendKey(b, "finished_at"), '"')
	b = appendStamp(b, r.FinishedAt)
	return append(b, `"}`...), err
}

// appendPlace appends the beginning of a line: the row's number, position and id.
func appendPlace(b []byte, row int, at track.Position, id track.ID) []byte {
	b = appendInt(append(b, '{'), "row", row)
	b = appendText(b, "source", at.File)
	b = appendKnown(b, "line", at.Line)
	b = appendKnownText(b, "sheet", at.Sheet)
	b = appendKnownText(b, "cell", at.Cell)
	return appendKnown(b, "id", int(id))
}

// appendRare appends the fields that few results have.
func appendRare(b []byte, r track.Result) (_ []byte, err error) {
	if !r.Answered.Empty() {
		b, err = appendJSON(b, "answered", r.Answered)
	}
	if r.Wanted != (track.Changes{}) && err == nil {
		b = appendChanges(track.AppendKey(b, "wanted"), r.Wanted)
	}
	if len(r.Left) > 0 && err == nil {
		b, err = appendJSON(b, "left", r.Left)
	}
	return b, err
}

func appendChanges(b []byte, c track.Changes) []byte {
	b = append(b, '{')
	b = appendChange(b, track.FieldName, c.Name)
	b = appendChange(b, track.FieldVolume, c.Volume)
	b = appendChange(b, track.FieldProject, c.Project)
	b = appendChange(b, track.FieldMedia, c.Media)
	return append(b, '}')
}

func appendChange[T comparable](b []byte, name string, c track.Change[T]) []byte {
	if c == (track.Change[T]{}) {
		return b
	}
	b = append(track.AppendKey(b, name), '{')
	b = appendField(b, "from", c.From)
	b = appendField(b, "to", c.To)
	return append(b, '}')
}

func appendField[T comparable](b []byte, name string, f track.Field[T]) []byte {
	if f.IsZero() {
		return b
	}
	return f.AppendJSON(track.AppendKey(b, name))
}

func appendInt(b []byte, name string, n int) []byte {
	return strconv.AppendInt(track.AppendKey(b, name), int64(n), 10)
}

// appendKnown leaves out 0.
func appendKnown(b []byte, name string, n int) []byte {
	if n == 0 {
		return b
	}
	return appendInt(b, name, n)
}

func appendText(b []byte, name, text string) []byte {
	return track.AppendText(track.AppendKey(b, name), text)
}

// appendKnownText leaves out an empty text.
func appendKnownText(b []byte, name, text string) []byte {
	if text == "" {
		return b
	}
	return appendText(b, name, text)
}

// appendStamp appends a time in the form of stampLayout. time.Time is quick with the time
// to the second, and slow with that layout.
func appendStamp(b []byte, t time.Time) []byte {
	t = t.UTC()
	ms := t.Nanosecond() / int(time.Millisecond)
	b = bytes.TrimSuffix(t.AppendFormat(b, time.RFC3339), []byte("Z"))
	return append(b, '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10), 'Z')
}

// appendFloat appends a number that is rounded to thousandths.
func appendFloat(b []byte, f float64) []byte {
	if math.Abs(f) >= 1e-3 && math.Abs(f) < 1e21 {
		return strconv.AppendFloat(b, f, 'f', -1, 64)
	}
	text, _ := safe.JSON(f) // very small and large numbers have other forms
	return append(b, text...)
}

// appendJSON appends a value of any kind.
func appendJSON(b []byte, name string, v any) ([]byte, error) {
	text, err := safe.JSON(v)
	return append(track.AppendKey(b, name), text...), err
}
