package plan

import "tracksync/internal/track"

// notTold stands for a field that the answer does not have.
const notTold = "not told"

// Drift compares a track with what it was expected to be before it is touched,
// in canonical order. No mismatch means that it is as expected; anything else,
// that it is to be left alone.
//
// Names are equal when they are after Unicode normalization (NFC), media URLs
// when they are the same to the letter. A field that is expected and that the
// answer does not have is a mismatch, also when null is expected: what is not
// told cannot be relied on.
func Drift(expect track.Values, now track.Track) []Mismatch {
	var all []Mismatch
	add := func(field, want, have string, told bool) {
		if !told {
			have = notTold
		}
		all = append(all, Mismatch{Field: field, Asked: want, Got: have, drifted: true})
	}
	if !expect.Name.IsZero() && !sameName(expect.Name, now.Name) {
		add(track.FieldName, quoted(expect.Name), quoted(now.Name), !now.Name.IsZero())
	}
	if !expect.Volume.IsZero() && expect.Volume != now.Volume {
		add(track.FieldVolume, expect.Volume.String(), now.Volume.String(), !now.Volume.IsZero())
	}
	if !expect.Project.IsZero() && expect.Project != now.Project {
		add(track.FieldProject, expect.Project.String(), now.Project.String(), !now.Project.IsZero())
	}
	if !expect.Media.IsZero() && expect.Media != now.Media {
		add(track.FieldMedia, quoted(expect.Media), quoted(now.Media), !now.Media.IsZero())
	}
	return all
}
