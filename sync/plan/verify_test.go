package plan

import (
	"slices"
	"testing"

	"tracksync/internal/track"
)

func TestVerify(t *testing.T) {
	name := func(s string) track.Values { return track.Values{Name: track.Value(s)} }
	volume := func(n int) track.Values { return track.Values{Volume: track.Value(n)} }
	project := func(id track.ID) track.Values { return track.Values{Project: track.Value(id)} }
	detach := track.Values{Project: track.Null[track.ID]()}
	for _, tc := range []struct {
		name       string
		asked, got track.Values
		want       []string
	}{
		{"same", volume(5), volume(5), nil},
		{"another volume", volume(55), volume(40), []string{"volume: asked for 55, the API answered 40"}},
		{"volume 0 is a value", volume(0), volume(40), []string{"volume: asked for 0, the API answered 40"}},
		{"answered null", volume(5), track.Values{Volume: track.Null[int]()},
			[]string{"volume: asked for 5, the API answered null"}},
		{"answered a fraction", volume(77), track.Values{Volume: track.Odd[int]("77.5")},
			[]string{"volume: asked for 77, the API answered 77.5"}},
		{"not in the answer", volume(5), track.Values{}, nil},
		{"not asked", track.Values{}, volume(5), nil},
		{"detached", detach, detach, nil},
		{"not detached", detach, project(3), []string{"project_id: asked for null, the API answered 3"}},
		{"not attached", project(3), detach, []string{"project_id: asked for 3, the API answered null"}},
		{"name in another normal form", name("Caf\u00e9"), name("Cafe\u0301"), nil},
		{"another name", name("a"), name("b "), []string{`name: asked for "a", the API answered "b "`}},
		{"name answered null", name("a"), track.Values{Name: track.Null[string]()},
			[]string{`name: asked for "a", the API answered null`}},
		{"media is not compared", track.Values{Media: track.Value("https://a/b")},
			track.Values{Media: track.Value("https://c/d")}, nil},
		{"several", track.Values{Name: track.Value("a"), Volume: track.Value(1)},
			track.Values{Name: track.Value("b"), Volume: track.Value(2)},
			[]string{`name: asked for "a", the API answered "b"`, "volume: asked for 1, the API answered 2"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			for _, m := range Verify(tc.asked, track.Track{ID: 1, Values: tc.got}) {
				got = append(got, m.String())
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}
