package plan

import (
	"strings"
	"testing"

	"tracksync/internal/track"
)

func TestDecide(t *testing.T) {
	volume := func(n int) track.Values { return track.Values{Volume: track.Value(n)} }
	media := func(url string) track.Values { return track.Values{Media: track.Value(url)} }
	asks := func(v track.Values) track.Row { return track.Row{Update: track.Update{ID: 7, Values: v}} }
	expects := func(v track.Values, expect ...track.Values) track.Row {
		row := asks(v)
		row.Expect = expect
		return row
	}
	replaces := func(url, expect string) track.Row {
		row := asks(track.Values{Volume: track.Value(1), Media: track.Value(url)})
		row.ExpectMedia = track.Value(expect)
		return row
	}
	both := func(n int, url string) track.Values {
		return track.Values{Volume: track.Value(n), Media: track.Value(url)}
	}
	known := func(_ track.ID, asked string, _ track.Field[string]) bool { return asked == "https://a/known" }
	wrong := asks(volume(1))
	wrong.Problems = []track.Problem{{Message: "one", Hint: "fix it", Field: track.FieldVolume}, {Message: "two"}}
	wrong.Superseded = true
	old := asks(volume(1))
	old.Superseded = true

	for _, tc := range []struct {
		name     string
		row      track.Row
		now      track.Values
		policy   Policy
		want     Verdict
		send     string // fields
		reasons  string
		withheld bool
	}{
		{"invalid counts most", wrong, volume(1), Policy{Force: true}, Invalid, "", "one (fix it); two", false},
		{"superseded", old, volume(2), Policy{}, Superseded, "", "", false},
		{"nothing to set", asks(track.Values{}), volume(2), Policy{}, Skip, "", "", false},
		{"nothing to set, but expected", expects(track.Values{}, volume(1)), volume(2), Policy{}, Skip, "", "", false},

		{"all is sent", asks(volume(1)), volume(1), Policy{}, Send, "volume", "", false},
		{"unchanged", asks(volume(1)), volume(1), Policy{OnlyChanges: true}, Unchanged, "", "", false},
		{"one of two differs", asks(both(1, "https://a/b")), both(2, "https://a/b"), Policy{OnlyChanges: true}, Send,
			"volume", "", false},
		{"the media is known", asks(media("https://a/known")), media("https://t/1"),
			Policy{OnlyChanges: true, MediaKnown: known}, Unchanged, "", "", false},
		{"the media is not known", asks(media("https://a/b")), media("https://t/1"),
			Policy{OnlyChanges: true, MediaKnown: known}, Send, "media_url", "", false},

		{"as expected", expects(volume(1), volume(2)), volume(2), Policy{}, Send, "volume", "", false},
		{"as the second expects", expects(volume(1), volume(3), volume(2)), volume(2), Policy{}, Send, "volume", "",
			false},
		{"drifted", expects(volume(1), volume(2)), volume(3), Policy{}, Drifted, "",
			"volume: expected 2, the track has 3", false},
		{"drifted to what is asked", expects(volume(1), volume(2)), volume(1), Policy{}, Unchanged, "", "", false},
		{"drifted, forced", expects(volume(1), volume(2)), volume(3), Policy{Force: true}, Send, "volume", "", false},
		{"forced, and nothing differs", expects(volume(1), volume(2)), volume(1), Policy{Force: true}, Unchanged, "",
			"", false},
		{"drifted by the run itself", expects(volume(1), volume(2)), volume(5), Policy{Own: []track.Values{volume(5)}},
			Send, "volume", "", false},

		{"a PUT that was applied", asks(volume(1)), volume(1), Policy{Sent: true}, Unchanged, "", "", false},
		{"a PUT that was not", asks(volume(1)), volume(2), Policy{Sent: true}, Send, "volume", "", false},

		{"media as expected", replaces("https://a/new", "https://a/old?s=1"), both(2, "https://a/old?s=2"), Policy{},
			Send, "volume media_url", "", false},
		{"media is withheld", replaces("https://a/new", "https://a/old"), both(2, "https://a/other"), Policy{}, Send,
			"volume", "", true},
		{"media is withheld, the rest is so", replaces("https://a/new", "https://a/old"), both(1, "https://a/other"),
			Policy{}, Unchanged, "", "", true},
		{"media is restored already", replaces("https://a/new", "https://a/old"), both(1, "https://a/new?s=3"),
			Policy{}, Unchanged, "", "", false},
		{"media may be the run's own", replaces("https://a/new", "https://a/old"), both(1, "https://t/1"),
			Policy{Sent: true}, Send, "media_url", "", false},
		{"media is forced", replaces("https://a/new", "https://a/old"), both(1, "https://t/1"), Policy{Force: true},
			Send, "media_url", "", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			now := track.Track{ID: 7, Values: tc.now}
			d := Decide(tc.row, now, tc.policy)
			if d.Verdict != tc.want || strings.Join(d.Send.Fields(), " ") != tc.send ||
				(d.Withheld != nil) != tc.withheld {
				t.Fatalf("%+v", d)
			}
			if d.Changes != track.ChangesBetween(tc.now, d.Send) {
				t.Errorf("sends %+v, and says that it changes %+v", d.Send, d.Changes)
			}
			switch err := d.Error(); {
			case (err != nil) != (tc.reasons != ""):
				t.Errorf("error %+v", err)
			case err != nil && (err.Message != tc.reasons || err.Field != track.FieldVolume):
				t.Errorf("error %+v", err)
			}
			if d.Verdict == Send && len(tc.row.Expect) > 0 && !tc.policy.Force && tc.policy.Own == nil &&
				d.Matched != tc.now {
				t.Errorf("matched %+v", d.Matched)
			}
		})
	}
}

// A row whose track is not known is decided as far as it tells by itself.
func TestDecideRow(t *testing.T) {
	v := track.Values{Volume: track.Value(1)}
	d := DecideRow(track.Row{Update: track.Update{ID: 7, Values: v},
		Expect: track.Alternatives{{Volume: track.Value(2)}}})
	if d.Verdict != Send || d.Send != v || d.Changes != track.ChangesOf(v) || d.Error() != nil {
		t.Errorf("%+v", d)
	}
}
