package report

import (
	"cmp"
	"iter"
	"regexp"
	"slices"
	"strings"
	"time"

	"tracksync/internal/track"
)

const maxMessage = 200

// Failure is one cause of rows that ended without success. Rows have one cause if their
// errors have the same code, and the same message but for the numbers and names in it.
type Failure struct {
	Code    string    `json:"code"`              // the error's code, or the status when it has none
	Rows    int       `json:"rows"`              // how many ended like this
	Cause   string    `json:"cause,omitzero"`    // the message without numbers and names
	Message string    `json:"message,omitzero"`  // of the first of them
	Field   string    `json:"field,omitzero"`    // the field concerned, if one is known
	Example string    `json:"example"`           // where the first of them stands
	ID      track.ID  `json:"id,omitzero"`       // its track
	Name    string    `json:"name,omitzero"`     // the name of that track, if it is known
	FirstAt time.Time `json:"first_at,omitzero"` // UTC: when the earliest of them ended
	LastAt  time.Time `json:"last_at,omitzero"`  // UTC: when the latest of them ended
}

// NeedsAttention reports whether a row of status s ended without success. One that was not
// attempted has not ended.
func NeedsAttention(s track.Status) bool { return !s.Success() && s != track.NotAttempted }

// Cause is what the rows of one cause have in common, as Failure has it.
type Cause struct{ Code, Cause, Field string }

// Causes groups results without success by their cause. It keeps no more than a hundred;
// those that come later count as the cause Other. The zero Causes are ready to use.
type Causes struct{ byKey map[Cause]*Failure }

// Failures groups the results without success by their cause, most frequent first. Rows
// that were not attempted are left out.
func Failures(results iter.Seq2[track.Result, error]) ([]Failure, error) {
	var c Causes
	for r, err := range results {
		if err != nil {
			return nil, err
		}
		c.Add(r)
	}
	return c.List(), nil
}

// Add counts a row, if it ended without success.
func (c *Causes) Add(r track.Result) {
	if !NeedsAttention(r.Status) {
		return
	}
	key, message := causeOf(r)
	if c.byKey == nil {
		c.byKey = map[Cause]*Failure{}
	}
	if c.byKey[key] == nil && len(c.byKey) >= maxCodes {
		key = Cause{Code: Other}
	}
	f := c.byKey[key]
	if f == nil {
		f = &Failure{Code: key.Code, Cause: key.Cause, Field: key.Field, Message: cut(message, maxMessage),
			Example: position(r), ID: r.ID, Name: cut(nameOf(r), maxMessage), FirstAt: r.FinishedAt, LastAt: r.FinishedAt}
		c.byKey[key] = f
	}
	f.Rows++
	f.FirstAt = earlier(f.FirstAt, r.FinishedAt)
	if r.FinishedAt.After(f.LastAt) {
		f.LastAt = r.FinishedAt
	}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// List lists the causes, most frequent first. It is never nil.
func (c *Causes) List() []Failure {
	list := make([]Failure, 0, len(c.byKey))
	for _, f := range c.byKey {
		list = append(list, *f)
	}
	slices.SortFunc(list, func(a, b Failure) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), strings.Compare(a.Code, b.Code), strings.Compare(a.Cause, b.Cause),
			strings.Compare(a.Field, b.Field))
	})
	return list
}

// CauseOf is the cause of a row without success.
func CauseOf(r track.Result) Cause {
	key, _ := causeOf(r)
	return key
}

func causeOf(r track.Result) (key Cause, message string) {
	key.Code = string(r.Status)
	if r.Error == nil {
		return key, ""
	}
	message = r.Error.Message
	key.Code = cut(cmp.Or(r.Error.Code, key.Code), maxCodeLen)
	key.Cause = cut(withoutNames(cut(message, 4*maxMessage)), maxMessage)
	key.Field = cut(r.Error.Field, maxCodeLen)
	return key, message
}

// particular matches what differs between messages of one cause: URLs, names in quotation
// marks, and numbers.
var particular = regexp.MustCompile(`https?://[^\s"'<>]+` + "|`[^`]*`" +
	`|"(?:[^"\\]|\\.)*"|“[^”]*”|«[^»]*»|[+-]?\b\d+(?:[.,:]\d+)*(?:[eE][+-]?\d+)?\b`)

// statusLine matches the status of an answer that has no message.
var statusLine = regexp.MustCompile(`^[1-5]\d\d [A-Z][A-Za-z -]*`)

// withoutNames replaces in a message what differs between messages of one cause.
func withoutNames(message string) string {
	head := statusLine.FindString(message)
	return head + particular.ReplaceAllString(message[len(head):], "…")
}

// position is where a row stands, as people find it.
func position(r track.Result) string {
	return track.Position{File: cut(r.Source, maxMessage), Line: r.Line, Sheet: r.Sheet, Cell: r.Cell}.String()
}
