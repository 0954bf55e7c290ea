package api

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"

	"tracksync/internal/track"
)

func TestDecodeTrack(t *testing.T) {
	one := func(edit func(*track.Values)) track.Track { t := track.Track{ID: 17}; edit(&t.Values); return t }
	none := one(func(*track.Values) {})
	tests := []struct {
		name, in string
		want     track.Track
	}{
		{"the documented example",
			`{"id":17,"name":"Test track 1","volume":100,"created":"2023-01-01 00:00:00 UTC","updated":"2023-01-01 ` +
				`00:00:05 UTC"}`,
			one(func(v *track.Values) { v.Name, v.Volume = track.Value("Test track 1"), track.Value(100) })},
		{"whole",
			`{"id":17,"name":"a","volume":0,"project":{"id":3,"name":"p"},"media":{"url":"https://e/a","duration":7},` +
				`"more":[{}]}`,
			one(func(v *track.Values) {
				v.Name, v.Volume, v.Project, v.Media = track.Value("a"), track.Value(0), track.Value(track.ID(3)),
					track.Value("https://e/a")
			})},
		{"no project", `{"id":17,"project":null}`, one(func(v *track.Values) { v.Project = track.Null[track.ID]() })},
		{"the id alone", ` {"id":17} `, none},
		{"numbers written otherwise", `{"id":"17","volume":55.0}`,
			one(func(v *track.Values) { v.Volume = track.Value(55) })},
		{"an empty name", `{"id":17,"name":""}`, one(func(v *track.Values) { v.Name = track.Value("") })},
		// A PUT that was applied must not look failed.
		{"unknown types", `{"id":17,"name":5,"volume":"loud","project":[],"media":"x"}`, none},
		{"words that ParseFloat knows", `{"id":17,"volume":"Infinity","project":{"id":"NaN"}}`, none},
		// But a number that was not asked for is no number that is missing.
		{"a volume that is no integer", `{"id":17,"volume":77.50}`,
			one(func(v *track.Values) { v.Volume = track.Odd[int]("77.5") })},
		{"the same as text", `{"id":17,"volume":"77.5"}`,
			one(func(v *track.Values) { v.Volume = track.Odd[int]("77.5") })},
		{"volumes beyond", `{"id":17,"volume":1e300}`,
			one(func(v *track.Values) { v.Volume = track.Odd[int]("1e+300") })},
		{"volumes beyond all", `{"id":17,"volume":1e999}`,
			one(func(v *track.Values) { v.Volume = track.Odd[int]("1e999") })},
		{"a volume of very many digits", `{"id":17,"volume":` + strings.Repeat("9", 500) + `}`,
			one(func(v *track.Values) { v.Volume = track.Odd[int]("9999999999… (a number of 500 characters)") })},
		{"a project that is no integer", `{"id":17,"project":{"id":3.5}}`,
			one(func(v *track.Values) { v.Project = track.Odd[track.ID]("3.5") })},
		{"project 0", `{"id":17,"project":{"id":0}}`, none},
		{"a project whose id is null", `{"id":17,"project":{"id":null}}`, none},
		// Keys are as they are written.
		{"keys in another case beside",
			`{"id":17,"ID":9,"name":"a","NAME":"b","volume":5,"Volume":6,"project":{"id":3,"Id":4},` +
				`"media":{"url":"u","URL":"v"},"Project":null}`,
			one(func(v *track.Values) {
				v.Name, v.Volume, v.Project, v.Media = track.Value("a"), track.Value(5), track.Value(track.ID(3)),
					track.Value("u")
			})},
		{"keys in another case alone", `{"Name":"b","id":17,"VOLUME":6,"project":{"ID":4},"MEDIA":{"url":"u"}}`, none},
		{"a project without an id", `{"id":17,"project":{}}`, none},
		{"media without a url", `{"id":17,"media":{"duration":7}}`, none},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decodeTrack([]byte(tt.in), 17, track.Values{})
			if err != nil || got != tt.want {
				t.Errorf("%+v, %v; want %+v", got, err, tt.want)
			}
		})
	}
}

func TestDecodeTracks(t *testing.T) {
	for in, want := range map[string]int{`[]`: 0, `[{"id":1},{"id":2,"name":null}]`: 2, `[{"id":1},{}]`: 2,
		`[{"id":0}]`: 1, `[{"id":-1}]`: 1, `[{"ID":1}]`: 1} {
		if got, err := decodeTracks([]byte(in), 100); err != nil || len(got) != want {
			t.Errorf("%s: %v, %v", in, got, err)
		}
	}
	for _, in := range []string{``, `{}`, `[`, `[{"id":1},null]`, `[1]`, `[{"id":1}]x`, `{"tracks":[]}`, "<html>"} {
		if got, err := decodeTracks([]byte(in), 100); err == nil || got != nil {
			t.Errorf("%s: %v, %v; want an error and nothing beside it", in, got, err)
		}
	}
}

// Answers are asked for packed, as net/http does it by itself, and unpacked.
func TestPackedAnswers(t *testing.T) {
	packed := func(w http.ResponseWriter, r *http.Request, status int, text string) {
		if got := r.Header.Values("Accept-Encoding"); !slices.Equal(got, []string{"gzip"}) {
			t.Errorf("asked for %q", got)
		}
		w.Header().Set("Content-Encoding", "GZip")
		w.WriteHeader(status)
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, text)
		_ = z.Close()
	}
	from := map[string]bool{}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		from[r.RemoteAddr] = true
		switch path.Base(r.URL.Path) {
		case "17":
			packed(w, r, http.StatusOK, `{"id":17,"name":"a"}`)
		case "background_tracks":
			packed(w, r, http.StatusOK, `[{"id":17,"name":"a"}]`)
		case "19":
			w.Header().Set("Content-Encoding", "gzip")
			w.(http.Flusher).Flush() // the length is not told
		case "20":
			w.Header().Set("Content-Encoding", "gzip")
			w.WriteHeader(http.StatusNoContent)
		default:
			packed(w, r, http.StatusUnprocessableEntity, `{"message":"too loud"}`)
		}
	})
	c := newClient(t, s.URL, nil)
	want := track.Track{ID: 17, Values: track.Values{Name: track.Value("a")}}
	for range 3 {
		if got, _, err := c.Get(t.Context(), 17); err != nil || got != want {
			t.Errorf("%+v, %v", got, err)
		}
		if got, _, err := c.List(t.Context(), 1, 0); err != nil || !slices.Equal(got, []track.Track{want}) {
			t.Errorf("%+v, %v", got, err)
		}
		if _, _, err := c.Get(t.Context(), 18); !strings.Contains(asError(t, err).Message, "too loud") {
			t.Error(err)
		}
	}
	for _, id := range []track.ID{19, 20} {
		_, _, err := c.Get(t.Context(), id)
		if e := asError(t, err); e.Code != "bad_answer" || !strings.Contains(e.Message, "empty") {
			t.Errorf("%d: %+v", id, e)
		}
	}
	if len(from) != 1 {
		t.Errorf("%d connections", len(from))
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{"id":17,"name":"a","volume":55.0,"project":{"id":3},"media":{"url":"u"}}`,
		`[{"id":"17"}]`,
		`{"id":17,"project":null}`, `{"errors":[{"location":{},"message":[]}],"message":7}`, `<`, `{"id":0x11}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var wrong *badAnswer
		one, err := decodeTrack(b, 17, track.Values{})
		asked := track.Values{Name: track.Value("a"), Media: track.Value(`u\"`)}
		if again, _ := decodeTrack(b, 17, asked); again != one {
			t.Errorf("%+v, and %+v where %+v was asked", one, again, asked)
		}
		switch {
		case err == nil && one.ID != 17:
			t.Errorf("track %d", one.ID)
		case err != nil && (one != track.Track{} || !errors.As(err, &wrong)):
			t.Errorf("%+v beside %v", one, err)
		}
		many, err := decodeTracks(b, 100)
		if err != nil && (many != nil || !errors.As(err, &wrong)) {
			t.Errorf("%+v beside %v", many, err)
		}
		for _, m := range many {
			if m.ID < 0 {
				t.Errorf("track %d", m.ID)
			}
		}
		message, field := explain(b)
		for _, s := range []string{plain(message), plain(field)} {
			for _, r := range s {
				if r < ' ' || r == 0x7f || r == 0x202e {
					t.Errorf("%q is not plain", s)
				}
			}
		}
	})
}
