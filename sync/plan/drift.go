package plan

import (
	"slices"
	"strings"

	"tracksync/internal/track"
)

// notTold stands for a field that the answer does not have.
const notTold = "not told"

// Drift compares a track with what it was expected to be before it is touched,
// in canonical order. No mismatch means that it is as one of the alternatives, or
// that there are none; anything else, that it is to be left alone. The mismatches
// are those with the alternatives that come closest.
//
// own are states that the run itself may have left: a field that is as in one of
// them is as expected, because what the run did is no drift.
//
// Names are equal when they are after Unicode normalization (NFC), media URLs
// when they are but for their queries (track.SameMedia). A field that is expected and that the
// answer does not have is a mismatch, also when null is expected: what is not
// told cannot be relied on.
func Drift(expect track.Alternatives, own []track.Values, now track.Track) []Mismatch {
	var closest []Mismatch
	var asked [][]string // of each of closest, what would have done
	for i, v := range expect {
		wrong := drift(v, own, now)
		if len(wrong) == 0 {
			return nil
		}
		if i == 0 || len(wrong) < len(closest) {
			closest, asked = wrong, make([][]string, len(wrong))
		} else if !slices.EqualFunc(closest, wrong, func(a, b Mismatch) bool { return a.Field == b.Field }) {
			continue
		}
		for k, m := range wrong {
			if !slices.Contains(asked[k], m.Asked) {
				asked[k] = append(asked[k], m.Asked)
			}
		}
	}
	for k := range closest {
		closest[k].Asked = strings.Join(asked[k], " or ")
	}
	return closest
}

// drift compares a track with one alternative.
func drift(expect track.Values, own []track.Values, now track.Track) []Mismatch {
	var all []Mismatch
	for _, a := range track.Attributes() {
		if !a.Has(expect) || asExpected(a, expect, now.Values) || leftByRun(a, own, now.Values) {
			continue
		}
		have := notTold
		if a.Has(now.Values) {
			have = quoted(a, now.Values)
		}
		all = append(all, Mismatch{Field: a.Name(), Asked: quoted(a, expect), Got: have, drifted: true})
	}
	return all
}

func asExpected(field track.Attribute, expect, now track.Values) bool {
	if field.Name() == track.FieldMedia {
		return track.SameMedia(expect.Media, now.Media)
	}
	return alike(field, expect, now)
}

// leftByRun reports whether the run itself may have left the field as it is. Media
// that the run has set may have any URL: the service makes one of its own, perhaps
// only later.
func leftByRun(field track.Attribute, own []track.Values, now track.Values) bool {
	return slices.ContainsFunc(own, func(v track.Values) bool {
		return field.Has(v) && (field.Name() == track.FieldMedia || alike(field, v, now))
	})
}

// withhold takes the media out of what a row asks when the track has not the media
// that the row expects for it, and says so. The rest of the row has nothing to do
// with that.
func withhold(row track.Row, now track.Track) (asked track.Values, withheld *Mismatch) {
	asked = row.Update.Values
	if row.ExpectMedia.IsZero() || track.SameMedia(row.ExpectMedia, now.Media) {
		return asked, nil
	}
	asked.Media = track.Field[string]{}
	if track.SameMedia(row.Update.Media, now.Media) {
		return asked, nil // it is done already
	}
	expect := track.Values{Media: row.ExpectMedia}
	return asked, &drift(expect, nil, now)[0]
}
