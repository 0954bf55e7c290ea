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
	add := func(field, want, have string, told bool) {
		if !told {
			have = notTold
		}
		all = append(all, Mismatch{Field: field, Asked: want, Got: have, drifted: true})
	}
	var name, volume, project, media bool // as the run itself may have left it
	for _, v := range own {
		name = name || !v.Name.IsZero() && sameName(v.Name, now.Name)
		volume = volume || !v.Volume.IsZero() && v.Volume == now.Volume
		project = project || !v.Project.IsZero() && v.Project == now.Project
		media = media || !v.Media.IsZero() // the service makes a URL of its own of it, perhaps late
	}
	if !expect.Name.IsZero() && !name && !sameName(expect.Name, now.Name) {
		add(track.FieldName, quoted(expect.Name), quoted(now.Name), !now.Name.IsZero())
	}
	if !expect.Volume.IsZero() && !volume && expect.Volume != now.Volume {
		add(track.FieldVolume, expect.Volume.String(), now.Volume.String(), !now.Volume.IsZero())
	}
	if !expect.Project.IsZero() && !project && expect.Project != now.Project {
		add(track.FieldProject, expect.Project.String(), now.Project.String(), !now.Project.IsZero())
	}
	if !expect.Media.IsZero() && !media && !track.SameMedia(expect.Media, now.Media) {
		add(track.FieldMedia, quoted(expect.Media), quoted(now.Media), !now.Media.IsZero())
	}
	return all
}

// Withhold takes the media out of what a row asks when the track has not the media
// that the row expects for it, and says so. The rest of the row has nothing to do
// with that.
func Withhold(row track.Row, now track.Track) (asked track.Values, withheld *Mismatch) {
	asked = row.Update.Values
	if row.ExpectMedia.IsZero() || track.SameMedia(row.ExpectMedia, now.Media) {
		return asked, nil
	}
	asked.Media = track.Field[string]{}
	if track.SameMedia(row.Update.Media, now.Media) {
		return asked, nil // it is done already
	}
	have := quoted(now.Media)
	if now.Media.IsZero() {
		have = notTold
	}
	return asked, &Mismatch{Field: track.FieldMedia, Asked: quoted(row.ExpectMedia), Got: have, drifted: true}
}
