package plan

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"tracksync/internal/track"
)

func TestDiff(t *testing.T) {
	name := func(s string) track.Values { return track.Values{Name: track.Value(s)} }
	volume := func(n int) track.Values { return track.Values{Volume: track.Value(n)} }
	project := func(id track.ID) track.Values { return track.Values{Project: track.Value(id)} }
	media := func(u string) track.Values { return track.Values{Media: track.Value(u)} }
	detach := track.Values{Project: track.Null[track.ID]()}
	for _, tc := range []struct {
		name       string
		asked, now track.Values
		known      bool
		want       string // of Lines, joined
	}{
		{"nothing asked", track.Values{}, name("a"), false, ""},
		{"same name", name("a"), name("a"), false, ""},
		{"same name in another normal form", name("Caf\u00e9"), name("Cafe\u0301"), false, ""},
		{"another name", name("B"), name("A"), false, `name "A" → "B"`},
		{"names differ by a blank", name("A"), name("A "), false, `name "A " → "A"`},
		{"name answered null", name("A"), track.Values{Name: track.Null[string]()}, false, `name none (null) → "A"`},
		{"name not told", name("A"), track.Values{}, false, `name → "A"`},
		{"same volume", volume(0), volume(0), false, ""},
		{"another volume", volume(55), volume(40), false, "volume 40 → 55"},
		{"volume not told", volume(0), track.Values{}, false, "volume → 0"},
		{"volume answered null", volume(0), track.Values{Volume: track.Null[int]()}, false, "volume none (null) → 0"},
		{"same project", project(3), project(3), false, ""},
		{"another project", project(4), project(3), false, "project 3 → 4"},
		{"attach", project(4), detach, false, "project none (null) → 4"},
		{"attach, not told", project(4), track.Values{}, false, "project → 4"},
		{"detach", detach, project(3), false, "project 3 → none (null)"},
		{"already detached", detach, detach, false, ""},
		{"detach, not told", detach, track.Values{}, false, "project → none (null)"},
		{"same media", media("https://a/b"), media("https://a/b"), false, ""},
		{"another media", media("https://a/b?c"), media("https://a/b"), false, "media https://a/b → https://a/b?c"},
		{"another media, known", media("https://a/b"), media("https://t/1"), true, ""},
		{"no media", media("https://a/b"), track.Values{Media: track.Null[string]()}, false,
			"media none (null) → https://a/b"},
		{"media not told", media("https://a/b"), track.Values{}, false, "media → https://a/b"},
		{"media not told, known", media("https://a/b"), track.Values{}, true, ""},
		{"known says nothing of the rest", volume(1), volume(2), true, "volume 2 → 1"},
		{
			"some of all", track.Values{Name: track.Value("n"), Volume: track.Value(1),
				Project: track.Value[track.ID](2), Media: track.Value("https://a/b")},
			track.Values{Name: track.Value("m"), Volume: track.Value(1), Project: track.Value[track.ID](3),
				Media: track.Value("https://c/d")}, false,
			`name "m" → "n"; project 3 → 2; media https://c/d → https://a/b`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			todo, changes := Diff(tc.asked, track.Track{ID: 1, Values: tc.now}, tc.known)
			got := ""
			for i, l := range Lines(changes) {
				if i > 0 {
					got += "; "
				}
				got += l.String()
			}
			if got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
			if to := (track.Values{Name: changes.Name.To, Volume: changes.Volume.To, Project: changes.Project.To,
				Media: changes.Media.To}); to != todo {
				t.Errorf("to send: %+v, but the changes say %+v", todo, to)
			}
		})
	}
}

// What is sent is enough, is asked for, and no field could be left out.
func TestDiffIsExact(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 20_000 {
		asked, now := randomValues(random, false), randomValues(random, true)
		current := track.Track{ID: 1, Values: now}
		todo, changes := Diff(asked, current, false)
		if again, _ := Diff(asked, apply(todo, current), false); !again.Empty() {
			t.Fatalf("%d: asked %+v of %+v: sent %+v, and %+v is left", i, asked, now, todo, again)
		}
		if len(Lines(changes)) != len(todo.Fields()) {
			t.Fatalf("%d: %v for %+v", i, Lines(changes), todo)
		}
		for _, field := range todo.Fields() {
			less := without(todo, field)
			if left, _ := Diff(asked, apply(less, current),
				false); fmt.Sprint(left.Fields()) != fmt.Sprint([]string{field}) {
				t.Fatalf("%d: asked %+v of %+v: without %s, %+v is left", i, asked, now, field, left)
			}
		}
	}
}

// apply is what the service does with an update.
func apply(v track.Values, t track.Track) track.Track {
	for _, field := range v.Fields() {
		switch field {
		case track.FieldName:
			t.Name = v.Name
		case track.FieldVolume:
			t.Volume = v.Volume
		case track.FieldProject:
			t.Project = v.Project
		case track.FieldMedia:
			t.Media = v.Media
		}
	}
	return t
}

func without(v track.Values, field string) track.Values {
	switch field {
	case track.FieldName:
		v.Name = track.Field[string]{}
	case track.FieldVolume:
		v.Volume = track.Field[int]{}
	case track.FieldProject:
		v.Project = track.Field[track.ID]{}
	case track.FieldMedia:
		v.Media = track.Field[string]{}
	}
	return v
}

// randomValues are of so few values that they often agree.
func randomValues(r *rand.Rand, answered bool) track.Values {
	return track.Values{
		Name:    randomField(r, answered, "a", "b", "\u00e9", "e\u0301"),
		Volume:  randomField(r, answered, 0, 1),
		Project: randomField[track.ID](r, true, 1, 2),
		Media:   randomField(r, answered, "https://a/b", "https://a/c"),
	}
}

func randomField[T comparable](r *rand.Rand, nulls bool, values ...T) track.Field[T] {
	switch n := r.IntN(len(values) + 2); {
	case n == 0:
		return track.Field[T]{}
	case n == 1 && nulls:
		return track.Null[T]()
	default:
		return track.Value(values[n%len(values)])
	}
}

func TestDrift(t *testing.T) {
	name := func(s string) track.Values { return track.Values{Name: track.Value(s)} }
	media := func(u string) track.Values { return track.Values{Media: track.Value(u)} }
	detached := track.Values{Project: track.Null[track.ID]()}
	for _, tc := range []struct {
		name        string
		expect, now track.Values
		want        string
	}{
		{"nothing expected", track.Values{}, name("a"), ""},
		{"as expected", name("Caf\u00e9"), name("Cafe\u0301"), ""},
		{"another name", name("a"), name("b\n"), `[name: expected "a", the track has "b\n"]`},
		{"name not told", name("a"), track.Values{}, `[name: expected "a", but the API does not report it]`},
		{"a track called not told", name("a"), name("not told"), `[name: expected "a", the track has "not told"]`},
		{"another volume", track.Values{Volume: track.Value(40)}, track.Values{Volume: track.Value(41)},
			"[volume: expected 40, the track has 41]"},
		{"detached as expected", detached, detached, ""},
		{"attached since", detached, track.Values{Project: track.Value[track.ID](3)},
			"[project_id: expected null, the track has 3]"},
		{"project not told", detached, track.Values{}, "[project_id: expected null, but the API does not report it]"},
		{"same media", media("https://a/b?c"), media("https://a/b?c"), ""},
		{"media signed anew", media("https://a/b?c"), media("https://a/b?d#e"), ""},
		{"other media", media("https://a/b?c"), media("https://a/bc"),
			`[media_url: expected "https://a/b?c", the track has "https://a/bc"]`},
		{"media not told", media("https://a/b"), track.Values{},
			`[media_url: expected "https://a/b", but the API does not report it]`},
		{
			"in order", track.Values{Volume: track.Value(1), Name: track.Value("a")},
			track.Values{Volume: track.Value(2), Name: track.Null[string]()},
			`[name: expected "a", the track has null volume: expected 1, the track has 2]`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := ""
			if all := Drift(track.Alternatives{tc.expect}, nil, track.Track{ID: 1, Values: tc.now}); all != nil {
				got = fmt.Sprint(all)
			}
			if got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestLinesAreSafe(t *testing.T) {
	for _, tc := range []struct{ name, text, quoted, linked string }{
		{"plain", "a", `"a"`, "a"},
		{"empty", "", `""`, `""`},
		{"quotes", `a"b\c`, `"a\"b\\c"`, `"a\"b\\c"`},
		{"escape", "a\x1b[31mb", `"a\x1b[31mb"`, `"a\x1b[31mb"`},
		{"line breaks", "a\r\nb", `"a\r\nb"`, `"a\r\nb"`},
		{"other direction", "a\u202eb", `"a\u202eb"`, `"a\u202eb"`},
		{"no UTF-8", "a\xffb", `"a\xffb"`, `"a\xffb"`},
		{"replacement", "a\ufffdb", "\"a\ufffdb\"", "a\ufffdb"},
		{"joined emoji", "👩\u200d🚀", "\"👩\u200d🚀\"", "👩\u200d🚀"},
		{"blank", "a b", `"a b"`, `"a b"`},
		{"hard blank", "a\u00a0b", `"a\u00a0b"`, `"a\u00a0b"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := Lines(track.ChangesOf(track.Values{Name: track.Value(tc.text), Media: track.Value(tc.text)}))
			if len(got) != 2 || got[0] != (Line{track.FieldName, "", tc.quoted}) ||
				got[1] != (Line{track.FieldMedia, "", tc.linked}) {
				t.Errorf("got %q", got)
			}
		})
	}
}

// Any of several states will do, and what the run itself may have left is no
// drift.
func TestDriftOfSeveral(t *testing.T) {
	values := func(name string, volume int) track.Values {
		return track.Values{Name: track.Value(name), Volume: track.Value(volume)}
	}
	volume := func(n int) track.Values { return track.Values{Volume: track.Value(n)} }
	media := func(u string) track.Values { return track.Values{Media: track.Value(u)} }
	for _, tc := range []struct {
		name   string
		expect track.Alternatives
		own    []track.Values
		now    track.Values
		want   string
	}{
		{"nothing expected", nil, nil, volume(1), ""},
		{"the second", track.Alternatives{volume(1), volume(2)}, nil, volume(2), ""},
		{"none", track.Alternatives{volume(1), volume(2), volume(1)}, nil, volume(3),
			"[volume: expected 1 or 2, the track has 3]"},
		{"not told", track.Alternatives{volume(1), volume(2)}, nil, track.Values{},
			"[volume: expected 1 or 2, but the API does not report it]"},
		{"a field of each", track.Alternatives{values("a", 1), values("b", 2)}, nil, values("a", 2),
			`[volume: expected 1, the track has 2]`},
		{"the closest", track.Alternatives{values("a", 1), values("c", 2)}, nil, values("c", 3),
			`[volume: expected 2, the track has 3]`},
		{"other fields", track.Alternatives{volume(1), {Name: track.Value("a")}}, nil, values("a", 3), ""},
		{"own work", track.Alternatives{volume(1)}, []track.Values{volume(5), volume(3)}, volume(3), ""},
		{"own work in one field", track.Alternatives{values("a", 1)}, []track.Values{values("b", 5)}, values("b", 1),
			""},
		{"own work, and somebody's", track.Alternatives{values("a", 1)}, []track.Values{values("b", 5)}, values("b", 2),
			"[volume: expected 1, the track has 2]"},
		{"own media, as the service made it", track.Alternatives{media("https://a/1")},
			[]track.Values{media("https://b/2")}, media("https://t/3"), ""},
		{"own work in another field", track.Alternatives{volume(1)}, []track.Values{{Name: track.Value("b")}},
			volume(2), "[volume: expected 1, the track has 2]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := ""
			if all := Drift(tc.expect, tc.own, track.Track{ID: 1, Values: tc.now}); all != nil {
				got = fmt.Sprint(all)
			}
			if got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}
