package track

import (
	"fmt"
	"slices"
	"time"
)

// Status is the outcome of a row, as one word. The zero Status is invalid.
type Status string

// The statuses. Their words are part of the interface. The first four are
// successes.
const (
	Updated      Status = "updated"       // the API applied the row
	Unchanged    Status = "unchanged"     // the track already matched the row
	Skipped      Status = "skipped"       // the row requests no change
	Superseded   Status = "superseded"    // a later row of the same id counts
	Failed       Status = "failed"        // refused, or attempts used up; not applied
	Invalid      Status = "invalid"       // the manifest's row is wrong; not sent
	NotApplied   Status = "not_applied"   // answered 2xx, but with other values
	Drifted      Status = "drifted"       // the track was not as expected; left alone
	NotAttempted Status = "not_attempted" // the run stopped before it
	Unknown      Status = "unknown"       // may or may not have been applied
)

// Statuses are all statuses, in the order in which reports show them.
func Statuses() []Status {
	return []Status{
		Updated, Unchanged, Skipped, Superseded,
		Failed, Invalid, NotApplied, Drifted, NotAttempted, Unknown,
	}
}

// Success reports whether the row is as the manifest says.
func (s Status) Success() bool {
	switch s {
	case Updated, Unchanged, Skipped, Superseded:
		return true
	}
	return false
}

// AboutTrack reports whether a result with status s says something about its track. A row
// that was not attempted, sets nothing or is invalid does not.
func (s Status) AboutTrack() bool {
	switch s {
	case NotAttempted, Skipped, Superseded, Invalid:
		return false
	}
	return true
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

// Result is the outcome of a row: one line of results.jsonl.
type Result struct {
	Row            int     `json:"row"`                      // Row.Number
	Source         string  `json:"source"`                   // Position.File
	Line           int     `json:"line,omitzero"`            // Position.Line
	Sheet          string  `json:"sheet,omitzero"`           // Position.Sheet
	Cell           string  `json:"cell,omitzero"`            // Position.Cell
	ID             ID      `json:"id,omitzero"`              // left out if the row has no usable id
	Status         Status  `json:"status"`                   //
	HTTPStatus     int     `json:"http_status,omitzero"`     // of the last answer
	Attempts       int     `json:"attempts"`                 // requests answered or lost, without the next two
	RateLimited    int     `json:"rate_limited,omitzero"`    // requests refused with 429
	OutageAttempts int     `json:"outage_attempts,omitzero"` // requests that failed while the API was down
	DurationMS     float64 `json:"duration_ms,omitzero"`     // from the first request to the row's end
	Changes        Changes `json:"changes,omitzero"`         // what was sent, if it was or may have been applied
	// AnsweredMedia is the media URL in the answer to a PUT that set the media. It may
	// differ from the one sent, because the service makes its own copy, perhaps later.
	AnsweredMedia Field[string] `json:"answered_media_url,omitzero"`
	// Answered has the values of the answer, in the fields that were sent, if the row
	// is not_applied.
	Answered Values `json:"answered,omitzero"`
	// Wanted is what the row requests, if it is failed or drifted and nothing of it was
	// applied.
	Wanted Changes `json:"wanted,omitzero"`
	// Left are other states in which earlier sessions of the run may have left the
	// track, because the row was different then or was answered differently.
	Left []Values `json:"left,omitempty"`

	Asked      string    `json:"asked,omitzero"`  // Values.Fingerprint of what the row requests
	Error      *Error    `json:"error,omitempty"` //
	FinishedAt time.Time `json:"finished_at"`     // UTC, milliseconds
}

// MayHaveSet is what was sent, if it was or may have been applied.
func (r Result) MayHaveSet() Values {
	switch r.Status {
	case Updated, Unknown, NotApplied:
		return r.Changes.To()
	}
	return Values{}
}

// Own are the states in which the run itself may have left the track. Each state has
// only some fields.
func (r Result) Own() []Values {
	own := slices.Clone(r.Left)
	for _, v := range []Values{r.MayHaveSet(), r.Answered} {
		if !v.Empty() && !slices.Contains(own, v) {
			own = append(own, v)
		}
	}
	return own
}

// Error tells why a row did not succeed.
type Error struct {
	Code      string `json:"code"`           // a word for programs, for example invalid_request
	Message   string `json:"message"`        // for people; may come from the server, keys redacted
	Field     string `json:"field,omitzero"` // the field concerned, if one is known
	Retryable bool   `json:"retryable"`      // whether trying again may help
}

// Changes are the fields that a row sets, with their values before if those were read.
type Changes struct {
	Name    Change[string] `json:"name,omitzero"`
	Volume  Change[int]    `json:"volume,omitzero"`
	Project Change[ID]     `json:"project_id,omitzero"`
	Media   Change[string] `json:"media_url,omitzero"`
}

// Change is the change of one field. From is absent if the state was not read.
type Change[T comparable] struct {
	From Field[T] `json:"from,omitzero"`
	To   Field[T] `json:"to,omitzero"`
}

// To are the values after the changes.
func (c Changes) To() Values {
	return Values{Name: c.Name.To, Volume: c.Volume.To, Project: c.Project.To, Media: c.Media.To}
}

// From are the values before the changes, as far as they were read.
func (c Changes) From() Values {
	return Values{Name: c.Name.From, Volume: c.Volume.From, Project: c.Project.From, Media: c.Media.From}
}

// ChangesOf are the changes that set v, when the state before was not read.
func ChangesOf(v Values) Changes {
	return Changes{
		Name:    Change[string]{To: v.Name},
		Volume:  Change[int]{To: v.Volume},
		Project: Change[ID]{To: v.Project},
		Media:   Change[string]{To: v.Media},
	}
}

// ChangesBetween are the changes that set to, with the values before taken from from.
func ChangesBetween(from, to Values) Changes {
	from = from.Only(to)
	return Changes{
		Name:    Change[string]{From: from.Name, To: to.Name},
		Volume:  Change[int]{From: from.Volume, To: to.Volume},
		Project: Change[ID]{From: from.Project, To: to.Project},
		Media:   Change[string]{From: from.Media, To: to.Media},
	}
}

// String is the change in words: "40 → 55", or "→ 55" if the value before was not read.
func (c Change[T]) String() string {
	if c.From.IsZero() {
		return fmt.Sprintf("→ %s", c.To)
	}
	return fmt.Sprintf("%s → %s", c.From, c.To)
}
