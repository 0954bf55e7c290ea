package plan

import (
	"strings"

	"tracksync/internal/track"
)

// Verdict is what is to be done for a row. The zero Verdict is none.
type Verdict uint8

// The verdicts.
const (
	Invalid    Verdict = iota + 1 // the row is wrong
	Superseded                    // a later row of the same id counts
	Skip                          // the row requests no change
	Unchanged                     // the track already is as the row says
	Drifted                       // the track is not as the row expects: it is left alone
	Send                          // Decision.Send is to be sent
)

// Status is the final status of a row of which nothing is sent; "" for Send.
func (v Verdict) Status() track.Status {
	return [...]track.Status{
		Invalid: track.Invalid, Superseded: track.Superseded, Skip: track.Skipped,
		Unchanged: track.Unchanged, Drifted: track.Drifted, Send: "",
	}[v]
}

// Policy is what a decision depends on beside the row and its track. The zero
// Policy sends whatever a row asks, unless it is conditional.
type Policy struct {
	// OnlyChanges sends only the fields that differ. A conditional row is
	// always treated so.
	OnlyChanges bool
	// Force ignores what the row expects.
	Force bool
	// MediaKnown reports whether the media asked for is what the track has,
	// given the URL that it has now; nil: only the URLs tell.
	MediaKnown func(id track.ID, asked string, now track.Field[string]) bool
	// Own are states in which the run itself may have left the track: what the
	// run did is no drift.
	Own []track.Values
	// Sent says that a PUT of this session may have been applied. Then media
	// that is not as expected may be the run's own work.
	Sent bool
}

// Decision is what is to be done for a row, and why.
type Decision struct {
	Verdict Verdict
	Send    track.Values  // the fields to send
	Changes track.Changes // what that changes
	Matched track.Values  // which of the states that the row expects the track is in

	// Withheld is why the media is left alone, where only that is not as the row
	// expects; nil when it is not. The Verdict is about the rest of the row.
	Withheld *Mismatch

	Reasons []string // why it is Invalid or Drifted, for people
	Field   string   // the field that the first of them is about, if it is about one
}

// Decide says what is to be done for a row whose track is so now.
//
//	row and track                                  verdict
//	─────────────                                  ───────
//	invalid, superseded, nothing set               see DecideRow
//	nothing differs, and only changes are sent     Unchanged, whatever the row expects
//	the track is not as the row expects, no Force  Drifted
//	else                                           Send: what differs, or all that the row sets
func Decide(row track.Row, now track.Track, p Policy) Decision {
	if d := DecideRow(row); d.Verdict != Send {
		return d
	}
	asked := row.Update.Values
	var withheld *Mismatch
	if !p.Force && !p.Sent {
		asked, withheld = withhold(row, now)
	}
	onlyChanges := p.OnlyChanges || row.Conditional()
	send, changes := Diff(asked, now, p.mediaKnown(row.Update.ID, asked, now))
	wrong := Drift(row.Expect, p.Own, now)
	switch {
	case send.Empty() && (onlyChanges || p.Sent):
		return Decision{Verdict: Unchanged, Withheld: withheld}
	case len(wrong) > 0 && !p.Force:
		return drifted(wrong)
	case !onlyChanges:
		send, changes = asked, track.ChangesBetween(now.Values, asked)
	}
	return Decision{Verdict: Send, Send: send, Changes: changes, Matched: matched(row.Expect, now), Withheld: withheld}
}

// DecideRow says what is to be done for a row whose track is not known: Send, with
// all that the row sets, unless the row alone tells that nothing is.
func DecideRow(row track.Row) Decision {
	switch {
	case len(row.Problems) > 0:
		d := Decision{Verdict: Invalid, Field: row.Problems[0].Field}
		for _, p := range row.Problems {
			reason := p.Message
			if p.Hint != "" {
				reason += " (" + p.Hint + ")"
			}
			d.Reasons = append(d.Reasons, reason)
		}
		return d
	case row.Superseded:
		return Decision{Verdict: Superseded}
	case row.Update.Empty():
		return Decision{Verdict: Skip}
	}
	return Decision{Verdict: Send, Send: row.Update.Values, Changes: track.ChangesOf(row.Update.Values)}
}

// Error is what a row that is Invalid or Drifted fails with; nil for any other.
func (d Decision) Error() *track.Error {
	code := ""
	switch d.Verdict {
	case Invalid:
		code = "invalid_row"
	case Drifted:
		code = "drifted"
	default:
		return nil
	}
	return &track.Error{Code: code, Message: strings.Join(d.Reasons, "; "), Field: d.Field}
}

func drifted(wrong []Mismatch) Decision {
	d := Decision{Verdict: Drifted, Field: wrong[0].Field}
	for _, m := range wrong {
		d.Reasons = append(d.Reasons, m.String())
	}
	return d
}

// MediaDrifted is the decision about a row of which only the media could have been
// sent, and that is left alone.
func MediaDrifted(withheld Mismatch) Decision { return drifted([]Mismatch{withheld}) }

func (p Policy) mediaKnown(id track.ID, asked track.Values, now track.Track) bool {
	url, ok := asked.Media.Get()
	return ok && p.MediaKnown != nil && p.MediaKnown(id, url, now.Media)
}

// matched is the first of the states that a track is in; nothing if it is in none.
func matched(expect track.Alternatives, now track.Track) track.Values {
	for _, v := range expect {
		if len(drift(v, nil, now)) == 0 {
			return v
		}
	}
	return track.Values{}
}
