package journal

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"tracksync/internal/track"
)

// imagesOf are the images of a before.jsonl.
func imagesOf(t *testing.T, path string) (all []Image, err error) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	index, err := readImageIndex(f)
	if err != nil {
		t.Fatal(err)
	}
	for image, err := range index.images(f, func(track.ID) bool { return true }) {
		if err != nil {
			return all, err
		}
		all = append(all, image)
	}
	return all, nil
}

// goOnBefore opens a before.jsonl, existing or new.
func goOnBefore(t *testing.T, path string, redact func([]byte) []byte) *Before {
	t.Helper()
	var index *imageIndex
	f, err := os.Open(path)
	if err == nil {
		defer f.Close()
		if index, err = readImageIndex(f); err != nil {
			t.Fatal(err)
		}
	}
	b, err := openBefore(path, index, redact)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func volume(n int) track.Values { return track.Values{Volume: track.Value(n)} }

func sends(was, values int) Send { return Send{Was: volume(was), Values: volume(values)} }

// A before-image is the state right before the first PUT that may have been applied. A
// PUT that was not applied is not undone.
func TestImages(t *testing.T) {
	const (
		old     = `{"id":1,"was":{"volume":100},"sends":{"volume":5}}` + "\n"
		refused = `{"id":1,"refused":true}` + "\n"
	)
	name := func(s string) track.Values { return track.Values{Name: track.Value(s)} }
	both := func(s string, n int) track.Values { return name(s).Overlay(volume(n)) }
	for name, c := range map[string]struct {
		lines string
		want  []Image
	}{
		"nothing": {},
		"by id, whatever the order": {
			`{"id":2,"was":{"volume":20},"sends":{"volume":6}}` + "\n" + old,
			[]Image{{ID: 1, Was: volume(100), Sends: []Send{sends(100, 5)}},
				{ID: 2, Was: volume(20), Sends: []Send{sends(20, 6)}}}},
		"the first counts": {
			old + `{"id":1,"was":{"volume":5},"sends":{"volume":6}}` + "\n",
			[]Image{{ID: 1, Was: volume(100), Sends: []Send{sends(100, 5), sends(5, 6)}}}},
		"the first was refused, and somebody has changed it since": {
			old + refused + `{"id":1,"was":{"volume":70},"sends":{"volume":5}}` + "\n",
			[]Image{{ID: 1, Was: volume(70), Sends: []Send{sends(70, 5)}}}},
		"the first was never sent, as the next look shows": {
			`{"id":1,"was":{"name":"One","volume":100},"sends":{"volume":5}}` + "\n" +
				`{"id":1,"was":{"name":"Uno","volume":100},"sends":{"name":"Two","volume":5}}` + "\n",
			[]Image{{ID: 1, Was: both("Uno", 100), Sends: []Send{{Was: both("Uno", 100), Values: both("Two", 5)}}}}},
		"a field that somebody changed before the run first set it": {
			`{"id":1,"was":{"name":"One","volume":100},"sends":{"name":"Two"}}` + "\n" +
				`{"id":1,"was":{"name":"Two","volume":70},"sends":{"volume":5}}` + "\n",
			[]Image{{ID: 1, Was: both("One", 70), Sends: []Send{{Was: both("One", 100), Values: name("Two")},
				{Was: both("Two", 70), Values: volume(5)}}}}},
		"a field that is told only after it was set": {
			`{"id":1,"was":{},"sends":{"volume":5}}` + "\n" + `{"id":1,"was":{"volume":5},"sends":{"volume":6}}` + "\n",
			[]Image{{ID: 1, Was: track.Values{}, Sends: []Send{{Values: volume(5)}, sends(5, 6)}}}},
		"the latest was refused": {
			old + `{"id":1,"was":{"volume":5},"sends":{"volume":6}}` + "\n" + refused,
			[]Image{{ID: 1, Was: volume(100), Sends: []Send{sends(100, 5)}}}},
		"all were refused": {old + refused, []Image{{ID: 1}}},
		"never sent, as the next look shows": {
			old + `{"id":1,"was":{"name":"One","volume":100},"sends":{"name":"Two"}}` + "\n",
			[]Image{{ID: 1, Was: name("One"), Sends: []Send{{Was: both("One", 100), Values: name("Two")}}}}},
		"one of its fields was changed back by somebody": {
			`{"id":1,"was":{"name":"One","volume":100},"sends":{"name":"Two","volume":5}}` + "\n" +
				`{"id":1,"was":{"name":"One","volume":5},"sends":{"volume":6}}` + "\n",
			[]Image{{ID: 1, Was: both("One", 100), Sends: []Send{{Was: both("One", 100), Values: both("Two", 5)},
				{Was: both("One", 5), Values: volume(6)}}}}},
		"the next look tells nothing": {
			old + `{"id":1,"was":{},"sends":{"volume":6}}` + "\n",
			[]Image{{ID: 1, Was: volume(100), Sends: []Send{sends(100, 5), {Values: volume(6)}}}}},
		"answered otherwise": {
			old + `{"id":1,"answered":{"volume":7}}` + "\n",
			[]Image{{ID: 1, Was: volume(100), Sends: []Send{{Was: volume(100), Values: volume(7), Answered: true}}}}},
		"a torn line is none": {old + `{"id":2,"was":{"volume":2`,
			[]Image{{ID: 1, Was: volume(100), Sends: []Send{sends(100, 5)}}}},
		"an end of nothing": {refused + `{"id":1,"answered":{"volume":7}}` + "\n", []Image{{ID: 1}}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "before.jsonl")
			if err := os.WriteFile(path, []byte(c.lines), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := imagesOf(t, path)
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// An end is written only for a PUT of the same session, and has the values that must be
// left out or corrected.
func TestBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "before.jsonl")
	if err := os.WriteFile(path, []byte(`{"id":9,"was":{},"sends":{"volume":1}}`+"\n"+`{"id":8,"wa`),
		0o600); err != nil {
		t.Fatal(err)
	}
	b := goOnBefore(t, path, func(line []byte) []byte {
		return bytes.ReplaceAll(line, []byte("secret"), []byte("******"))
	})
	was := track.Track{Values: track.Values{Name: track.Value("secret")}}
	for id := track.ID(1); id <= 5; id++ {
		if err := b.Append(track.Update{ID: id, Values: volume(5)}, was); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Append(track.Update{ID: 1, Values: volume(5)}, was); err != nil { // after a while
		t.Fatal(err)
	}
	for _, end := range []struct {
		id       track.ID
		applied  bool
		answered track.Values
	}{{1, true, track.Values{}}, {3, false, track.Values{}}, {4, true, volume(7)}, {5, false, track.Values{}},
		{5, false, track.Values{}}, {9, false, track.Values{}}} {
		if err := b.Ended(end.id, end.applied, end.answered); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Flush(); err != nil { // all there is, should the process be killed
		t.Fatal(err)
	}
	defer b.Close()
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

// Redaction damages no image and removes none, whatever the key is: a field that
// contained the key is listed as hidden.
func TestTheRedactorDamagesNoImage(t *testing.T) {
	all := track.Values{Name: track.Value("new"), Volume: track.Value(5), Media: track.Value("https://example.com/new")}
	for _, key := range []string{"12345678", `"volume":4`, `,"sends":{`, `a"b\c<d>`, "write_key"} {
		path := filepath.Join(t.TempDir(), "before.jsonl")
		b := goOnBefore(t, path, func(text []byte) []byte {
			return bytes.ReplaceAll(text, []byte(key), []byte("[redacted]"))
		})
		was := []track.Values{
			{Name: track.Value("plain"), Volume: track.Value(40), Media: track.Value("https://example.com/" + key)},
			{Name: track.Value("my " + key), Volume: track.Value(12345678)},
			{Name: track.Value("[redacted]"), Volume: track.Value(40)}, // what a track may be called
		}
		for i, v := range was {
			if err := b.Append(track.Update{ID: track.ID(12345678 + i), Values: all},
				track.Track{Values: v}); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		was[0].Media, was[1].Name = track.Field[string]{}, track.Field[string]{}
		hidden := [][]string{{track.FieldMedia}, {track.FieldName}, nil}
		got, err := imagesOf(t, path)
		if err != nil {
			t.Fatal(err)
		}
		var want []Image
		for i, v := range was {
			want = append(want, Image{ID: track.ID(12345678 + i), Was: v, Hidden: hidden[i],
				Sends: []Send{{Was: v, Hidden: hidden[i], Values: all}}})
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", key, got, want)
		}
		if text, err := os.ReadFile(path); err != nil || key == "write_key" && bytes.Contains(text, []byte(key)) {
			t.Errorf("the key is in the file: %v\n%s", err, text)
		}
	}
}
