package track

import (
	"fmt"
	"slices"
	"time"
)

// Status is the one word that says what became of a row. The zero Status is
// not a status.
type Status string

// The statuses. Their words are part of the interface. The first four are
// successes.
const (
	Updated      Status = "updated"       // the API applied the row
	Unchanged    Status = "unchanged"     // the track already was as the row says
	Skipped      Status = "skipped"       // the row asks nothing
	Superseded   Status = "superseded"    // a later row of the same id counts
	Failed       Status = "failed"        // refused, or attempts used up; not applied
	Invalid      Status = "invalid"       // the manifest's row is wrong; not sent
	NotApplied   Status = "not_applied"   // answered 2xx, but with other values
	Drifted      Status = "drifted"       // not as expected before; left alone
	NotAttempted Status = "not_attempted" // the run stopped before it
	Unknown      Status = "unknown"       // may or may not have been applied
)

// Statuses lists every status in the order reports show them.
func Statuses() []Status {
	return []Status{Updated, Unchanged, Skipped, Superseded, Failed, Invalid, NotApplied, Drifted, NotAttempted, Unknown}
}

// Success reports whether the row is as the manifest says.
func (s Status) Success() bool {
	switch s {
	case Updated, Unchanged, Skipped, Superseded:
		return true
	}
	return false
}

// Valid reports whether s is one of Statuses.
func (s Status) Valid() bool {
	for _, known := range Statuses() {
		if s == known {
			return true
		}
	}
	return false
}

// Result is what became of one row: one line of results.jsonl.
type Result struct {
	Row            int     `json:"row"`                      // Row.Number
	Source         string  `json:"source"`                   // Position.File
	Line           int     `json:"line,omitzero"`            // Position.Line
	Sheet          string  `json:"sheet,omitzero"`           // Position.Sheet
	Cell           string  `json:"cell,omitzero"`            // Position.Cell
	ID             ID      `json:"id,omitzero"`              // left out when the row has none that can be used
	Status         Status  `json:"status"`                   //
	HTTPStatus     int     `json:"http_status,omitzero"`     // of the last answer
	Attempts       int     `json:"attempts"`                 // requests answered or lost; those of the next two not counted
	RateLimited    int     `json:"rate_limited,omitzero"`    // requests refused with 429
	OutageAttempts int     `json:"outage_attempts,omitzero"` // requests that failed while the API was down
	DurationMS     float64 `json:"duration_ms,omitzero"`     // from the first request's start to the row's end, waits included
	Changes        Changes `json:"changes,omitzero"`         // what was sent, where it was or may have been applied
	// AnsweredMedia is the URL of the media in the answer to a PUT that set it:
	// the service may have made another of it, or not yet.
	AnsweredMedia Field[string] `json:"answered_media_url,omitzero"`
	// Answered is what the answer says that a track that is not_applied has, in
	// the fields that were sent.
	Answered Values `json:"answered,omitzero"`
	// Left is what else the run may have left the track as in earlier sessions, in
	// which its row asked something else or was answered otherwise.
	Left []Values `json:"left,omitempty"`

	Asked      string    `json:"asked,omitzero"`  // Values.Fingerprint of what the row asks, to know it again
	Error      *Error    `json:"error,omitempty"` //
	FinishedAt time.Time `json:"finished_at"`     // UTC, milliseconds
}

// MayHaveSet is what was sent, if it was applied or may have been.
func (r Result) MayHaveSet() Values {
	switch r.Status {
	case Updated, Unknown, NotApplied:
		return r.Changes.To()
	}
	return Values{}
}

// Own are the states, each in some fields, in which the run itself may have left
// the track.
func (r Result) Own() []Values {
	own := slices.Clone(r.Left)
	for _, v := range []Values{r.MayHaveSet(), r.Answered} {
		if !v.Empty() && !slices.Contains(own, v) {
			own = append(own, v)
		}
	}
	return own
}

// Error is why a row did not succeed, as results.jsonl says it.
type Error struct {
	Code      string `json:"code"`           // a word for programs, such as invalid_request
	Message   string `json:"message"`        // for people; may come from the server, keys redacted
	Field     string `json:"field,omitzero"` // the field concerned, if one is known
	Retryable bool   `json:"retryable"`      // whether trying again may help
}

// Changes says which fields a row sets, and from what where the state was
// read before.
type Changes struct {
	Name    Change[string] `json:"name,omitzero"`
	Volume  Change[int]    `json:"volume,omitzero"`
	Project Change[ID]     `json:"project_id,omitzero"`
	Media   Change[string] `json:"media_url,omitzero"`
}

// Change is one field's change. From is absent where the state was not read.
type Change[T comparable] struct {
	From Field[T] `json:"from,omitzero"`
	To   Field[T] `json:"to,omitzero"`
}

// To is what the fields are set to.
func (c Changes) To() Values {
	return Values{Name: c.Name.To, Volume: c.Volume.To, Project: c.Project.To, Media: c.Media.To}
}

// From is what the fields were, where that was read.
func (c Changes) From() Values {
	return Values{Name: c.Name.From, Volume: c.Volume.From, Project: c.Project.From, Media: c.Media.From}
}

// ChangesOf are the changes to v from a state that was not read.
func ChangesOf(v Values) Changes {
	return Changes{
		Name:    Change[string]{To: v.Name},
		Volume:  Change[int]{To: v.Volume},
		Project: Change[ID]{To: v.Project},
		Media:   Change[string]{To: v.Media},
	}
}

// ChangesBetween are the changes in the fields of to, from what from has there.
func ChangesBetween(from, to Values) Changes {
	from = from.Only(to)
	return Changes{
		Name:    Change[string]{From: from.Name, To: to.Name},
		Volume:  Change[int]{From: from.Volume, To: to.Volume},
		Project: Change[ID]{From: from.Project, To: to.Project},
		Media:   Change[string]{From: from.Media, To: to.Media},
	}
}

// String says the change for people: "40 → 55", or "→ 55" from an unread state.
func (c Change[T]) String() string {
	if c.From.IsZero() {
		return fmt.Sprintf("→ %s", c.To)
	}
	return fmt.Sprintf("%s → %s", c.From, c.To)
}
