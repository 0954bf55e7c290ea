package journal

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"tracksync/internal/track"
)

func volume(n int) track.Values { return track.Values{Volume: track.Value(n)} }

// What a track was is never replaced, and what was not applied is no part of what
// is to be taken back.
func TestImages(t *testing.T) {
	const old = `{"id":1,"was":{"volume":100},"sends":{"volume":5}}` + "\n"
	for name, c := range map[string]struct {
		lines string
		want  []Image
	}{
		"nothing": {},
		"by id, whatever the order": {
			`{"id":2,"was":{"volume":20},"sends":{"volume":6}}` + "\n" + old,
			[]Image{{ID: 1, Was: volume(100), Sends: []track.Values{volume(5)}}, {ID: 2, Was: volume(20), Sends: []track.Values{volume(6)}}}},
		"the first counts": {
			old + `{"id":1,"was":{"volume":5},"sends":{"volume":6}}` + "\n",
			[]Image{{ID: 1, Was: volume(100), Sends: []track.Values{volume(5), volume(6)}}}},
		"the latest was refused": {
			old + `{"id":1,"was":{"volume":5},"sends":{"volume":6}}` + "\n" + `{"id":1,"refused":true}` + "\n",
			[]Image{{ID: 1, Was: volume(100), Sends: []track.Values{volume(5)}}}},
		"all were refused": {old + `{"id":1,"refused":true}` + "\n", []Image{{ID: 1, Was: volume(100)}}},
		"never sent, as the next look shows": {
			old + `{"id":1,"was":{"volume":100},"sends":{"name":"Two"}}` + "\n",
			[]Image{{ID: 1, Was: volume(100), Sends: []track.Values{{Name: track.Value("Two")}}}}},
		"one of its fields was changed back by somebody": {
			`{"id":1,"was":{"name":"One","volume":100},"sends":{"name":"Two","volume":5}}` + "\n" +
				`{"id":1,"was":{"name":"One","volume":5},"sends":{"volume":6}}` + "\n",
			[]Image{{ID: 1, Was: track.Values{Name: track.Value("One"), Volume: track.Value(100)},
				Sends: []track.Values{{Name: track.Value("Two"), Volume: track.Value(5)}, volume(6)}}}},
		"the next look tells nothing": {
			old + `{"id":1,"was":{},"sends":{"volume":6}}` + "\n",
			[]Image{{ID: 1, Was: volume(100), Sends: []track.Values{volume(5), volume(6)}}}},
		"answered otherwise":  {old + `{"id":1,"answered":{"name":"One","volume":7}}` + "\n", []Image{{ID: 1, Was: volume(100), Sends: []track.Values{volume(7)}}}},
		"a torn line is none": {old + `{"id":2,"was":{"volume":2`, []Image{{ID: 1, Was: volume(100), Sends: []track.Values{volume(5)}}}},
		"an end of nothing": {
			`{"id":1,"refused":true}` + "\n" + `{"id":1,"answered":{"volume":7}}` + "\n", []Image{{ID: 1}}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "before.jsonl")
			if err := os.WriteFile(path, []byte(c.lines), 0o600); err != nil {
				t.Fatal(err)
			}
			var got []Image
			for image, err := range Images(path) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, image)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// An end is written only for what was begun in the same session, and says what
// is to be left out or corrected.
func TestBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "before.jsonl")
	if err := os.WriteFile(path, []byte(`{"id":9,"was":{},"sends":{"volume":1}}`+"\n"+`{"id":8,"wa`), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := CreateBefore(path, func(line []byte) []byte { return bytes.ReplaceAll(line, []byte("secret"), []byte("******")) })
	if err != nil {
		t.Fatal(err)
	}
	was := track.Track{Values: track.Values{Name: track.Value("secret")}}
	for id := track.ID(1); id <= 5; id++ {
		if err := b.Append(track.Update{ID: id, Values: volume(5)}, was); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Append(track.Update{ID: 1, Values: volume(5)}, was); err != nil { // after a while
		t.Fatal(err)
	}
	for _, r := range []track.Result{
		{ID: 1, Status: track.Updated}, {ID: 2, Status: track.Unknown}, {ID: 3, Status: track.NotAttempted},
		{ID: 4, Status: track.NotApplied, Answered: volume(7)}, {ID: 5, Status: track.NotApplied}, // as it was before the session
		{ID: 5, Status: track.Failed}, {ID: 9, Status: track.Failed},
	} {
		if err := b.Ended(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":9,"was":{},"sends":{"volume":1}}
{"id":1,"hidden":["name"],"sends":{"volume":5}}
{"id":2,"hidden":["name"],"sends":{"volume":5}}
{"id":3,"hidden":["name"],"sends":{"volume":5}}
{"id":4,"hidden":["name"],"sends":{"volume":5}}
{"id":5,"hidden":["name"],"sends":{"volume":5}}
{"id":1,"refused":true}
{"id":1,"hidden":["name"],"sends":{"volume":5}}
{"id":3,"refused":true}
{"id":4,"answered":{"volume":7}}
{"id":5,"refused":true}
`
	if string(got) != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// Whatever the key is, no image is damaged by what takes it out, and none
// vanishes: a field that held it is named in its place.
func TestTheRedactorDamagesNoImage(t *testing.T) {
	for _, key := range []string{"12345678", `"volume":4`, `,"sends":{`, `a"b\c<d>`, "write_key"} {
		path := filepath.Join(t.TempDir(), "before.jsonl")
		b, err := CreateBefore(path, func(text []byte) []byte { return bytes.ReplaceAll(text, []byte(key), []byte("[redacted]")) })
		if err != nil {
			t.Fatal(err)
		}
		was := []track.Values{
			{Name: track.Value("plain"), Volume: track.Value(40), Media: track.Value("https://example.com/" + key)},
			{Name: track.Value("my " + key), Volume: track.Value(12345678)},
			{Name: track.Value("[redacted]"), Volume: track.Value(40)}, // what a track may be called
		}
		for i, v := range was {
			if err := b.Append(track.Update{ID: track.ID(12345678 + i), Values: volume(5)}, track.Track{Values: v}); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		was[0].Media, was[1].Name = track.Field[string]{}, track.Field[string]{}
		hidden := [][]string{{track.FieldMedia}, {track.FieldName}, nil}
		var got []Image
		for image, err := range Images(path) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, image)
		}
		var want []Image
		for i, v := range was {
			want = append(want, Image{ID: track.ID(12345678 + i), Was: v, Hidden: hidden[i], Sends: []track.Values{volume(5)}})
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", key, got, want)
		}
		if text, err := os.ReadFile(path); err != nil || key == "write_key" && bytes.Contains(text, []byte(key)) {
			t.Errorf("the key is in the file: %v\n%s", err, text)
		}
	}
}
