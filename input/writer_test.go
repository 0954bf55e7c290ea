package input

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"tracksync/internal/track"
)

func write(t testing.TB, f Format, o WriterOptions, entries ...Entry) string {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, f, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func named17(name string) Entry {
	return Entry{Update: track.Update{ID: 17, Values: track.Values{Name: track.Value(name)}}}
}

// The exact bytes are part of the interface: people put these files under version
// control.
func TestWriterBytes(t *testing.T) {
	entries := []Entry{
		{Update: track.Update{ID: 1}},
		{
			Update: track.Update{ID: 17, Values: track.Values{
				Name: track.Value("Rain, \"soft\"\r\nor not\u2028\u202e"), Volume: track.Value(0),
				Project: track.Value[track.ID](3), Media: track.Value("https://example.com/ä.mp3"),
			}},
			Comment: "two\nlines\x1b\n",
		},
		{Update: track.Update{ID: 18, Values: track.Values{Name: track.Value("=1👨\u200d👩"),
			Project: track.Null[track.ID]()}}, ShownMedia: track.Value("http://h/\n\"x\"")},
	}
	expecting := Entry{Update: track.Update{ID: 19, Values: track.Values{Volume: track.Value(5)}},
		Expect: track.Alternatives{{
			Name: track.Value(" \x01"), Volume: track.Value(150), Project: track.Null[track.ID](),
			Media: track.Null[string](),
		}}}
	either := Entry{Update: track.Update{ID: 20, Values: track.Values{Volume: track.Value(5)}},
		Expect: track.Alternatives{
			{Name: track.Value("a"), Volume: track.Value(6)}, {Project: track.Value[track.ID](3)},
			{Volume: track.Value(7)},
		}}
	for _, c := range []struct {
		format  Format
		options WriterOptions
		entries []Entry
		want    string
	}{
		{CSV, WriterOptions{BOM: true}, entries, "\ufeffid,name,volume,project_id,media_url\n1,,,,\n" +
			"17,\"Rain, \"\"soft\"\"\r\nor not\u2028\u202e\",0,3,https://example.com/ä.mp3\n18,=1👨\u200d👩,,null,\n"},
		{TSV, WriterOptions{Columns: []string{"id", "#media_url", "#comment", "project_id", "name", "volume",
			"media_url"}}, entries, "id\t#media_url\t#comment\tproject_id\tname\tvolume\tmedia_url\n1\t\t\t\t\t\t\n" +
			"17\t\ttwo\\nlines\\x1b\\n\t3\t\"Rain, \"\"soft\"\"\r\n" +
			"or not\u2028\u202e\"\t0\thttps://example.com/ä.mp3\n" +
			"18\t\"http://h/\\n\"\"x\"\"\"\t\tnull\t=1👨\u200d👩\t\t\n"},
		{YAML, WriterOptions{Comment: "a\r\n\nb\t, c", BOM: true}, append(entries, expecting, either), `# a
#
# b\t, c
- id: 1
- id: 17
  # two
  # lines\x1b
  name: "Rain, \"soft\"\r\nor not\u2028\u202e"
  volume: 0
  project: {id: 3}
  media: {url: "https://example.com/ä.mp3"}
- id: 18
  name: "=1👨‍👩"
  project: null
  # media: {url: "http://h/\n\"x\""}
- id: 19
  volume: 5
  expect:
    name: " \u0001"
    volume: 150
    project: null
    media: null
- id: 20
  volume: 5
  expect:
    - name: "a"
      volume: 6
    - project: {id: 3}
    - volume: 7
`},
		{JSON, WriterOptions{}, append(entries, expecting, either), `[
  {"id":1},
  {"id":17,"#comment":"two\nlines\u001b\n","name":"Rain, \"soft\"\r\nor not\u2028\u202e",` +
			`"volume":0,"project":{"id":3},"media":{"url":"https://example.com/ä.mp3"}},
  {"id":18,"name":"=1👨‍👩","project":null,"#media_url":"http://h/\n\"x\""},
  {"id":19,"volume":5,"expect":{"name":" \u0001","volume":150,"project":null,"media":null}},
  {"id":20,"volume":5,"expect":[{"name":"a","volume":6},{"project":{"id":3}},{"volume":7}]}
]
`},
		{JSONL, WriterOptions{}, []Entry{entries[0], expecting}, `{"id":1}
{"id":19,"volume":5,"expect":{"name":" \u0001","volume":150,"project":null,"media":null}}
`},
		{CSV, WriterOptions{Columns: []string{"id"}}, nil, "id\n"},
		{YAML, WriterOptions{Comment: "c"}, nil, "# c\n[]\n"},
		{JSON, WriterOptions{}, nil, "[]\n"},
		{JSONL, WriterOptions{}, nil, ""},
	} {
		got := write(t, c.format, c.options, c.entries...)
		if got != c.want {
			t.Errorf("%s:\n%s\n%q\nwant\n%s", c.format, got, got, c.want)
		}
		// Without an extension the content shows the format.
		m := openFiles(Options{AllowEmpty: true}, file{"-", got})
		summary, err := m.Check(t.Context())
		for _, w := range summary.Warnings {
			if !strings.Contains(w.Message, "the invisible character U+202E") {
				t.Errorf("%s: %s", c.format, w)
			}
		}
		if err != nil || summary.Warned > 1 || summary.Rows != len(c.entries) {
			t.Errorf("%s: read as %+v, %v", c.format, summary, err)
		} else if rows := rowsOf(t, m); got != "" && c.format != TSV && summary.Sources[0].Format != c.format {
			t.Errorf("%s: taken for %s", c.format, summary.Sources[0].Format)
		} else {
			wantSame(t, rows, c.entries)
		}
	}
}

func wantSame(t testing.TB, rows []track.Row, entries []Entry) {
	t.Helper()
	if len(rows) != len(entries) {
		t.Fatalf("%d rows of %d entries", len(rows), len(entries))
	}
	for i, e := range entries {
		if rows[i].Update != e.Update || !slices.Equal(rows[i].Expect, e.Expect) {
			t.Fatalf("wrote %+v\n  expecting %+v\nread %+v\n  expecting %+v", e.Update, e.Expect, rows[i].Update,
				rows[i].Expect)
		}
	}
}

// A field that would not be read back is refused, and the rest of the entry can be
// written.
func TestRoundTripErrors(t *testing.T) {
	long := strings.Repeat("x", maxCell)
	of := func(v track.Values) Entry { return Entry{Update: track.Update{ID: 17, Values: v}} }
	expecting := func(v track.Values) Entry {
		return Entry{Update: track.Update{ID: 17}, Expect: track.Alternatives{{Volume: track.Value(1)}, v}}
	}
	text, volume := track.Value[string], track.Value[int]
	for _, c := range []struct {
		name    string
		formats []Format
		entry   Entry
		want    string
	}{
		{"no id", Formats(), Entry{},
			"track 0 cannot be written so that it reads back: id: there is no such id (ids are from 1 to"},
		{"id too great", Formats(), Entry{Update: track.Update{ID: track.MaxID + 1}}, "id: there is no such id"},
		{"id negative", Formats(), Entry{Update: track.Update{ID: -1}}, "track -1 cannot"},
		{"empty name", Formats(), named17(""),
			"track 17 cannot be written so that it reads back: name: an empty text has no effect (leave it out)"},
		{"blank name", Formats(), named17(" \u2003"),
			"name: the name is blank (leave it out to keep the track's name)"},
		{"control character", Formats(), named17("a\x1bb"),
			`name: the name "a\x1bb" contains the control character U+001B`},
		{"NUL", Formats(), named17("a\x00b"), `contains the control character U+0000`},
		{"no UTF-8", Formats(), named17("a\xffb"), "name: the byte 0xFF is not UTF-8"},
		{"long name", Formats(), named17(long + "x"), "name: the name of 65537 bytes is too long"},
		{"null name", Formats(), of(track.Values{Name: track.Null[string]()}), "name: null is not a value"},
		{"null volume", Formats(), of(track.Values{Volume: track.Null[int]()}), `volume: "null" is not a volume`},
		{"great volume", Formats(), of(track.Values{Volume: volume(101)}),
			"volume: volume 101 is more than 100 (--max-volume"},
		{"negative volume", Formats(), of(track.Values{Volume: volume(-1)}), `volume: "-1" is negative`},
		{"null media", Formats(), of(track.Values{Media: track.Null[string]()}), `media_url: "null" is not a URL`},
		{"empty media", Formats(), of(track.Values{Media: text("")}), `media_url: an empty text has no effect`},
		{"media with blanks around", Formats(), of(track.Values{Media: text("http://h/ ")}),
			`media_url: "http://h/ " would be read as "http://h/"`},
		{"media no URL", Formats(), of(track.Values{Media: text("h/\x1b")}),
			`media_url: "h/\x1b" contains a blank or a control character`},
		{"project 0", Formats(), of(track.Values{Project: track.Value[track.ID](0)}),
			`project_id: "0" is not a project's id`},
		{"expect in a table", []Format{CSV, TSV}, expecting(track.Values{Volume: volume(3)}),
			"what is expected of volume: there is no column for it (write YAML or JSON"},
		{"expect null name", Formats(), expecting(track.Values{Name: track.Null[string]()}),
			"what is expected of name: null is not a value"},
		{"expect null volume", Formats(), expecting(track.Values{Volume: track.Null[int]()}),
			`what is expected of volume: "null" is not`},
		{"expect long name", Formats(), expecting(track.Values{Name: text(long + "x")}),
			"what is expected of name: the name of 65537"},
		{"expect no UTF-8", Formats(), expecting(track.Values{Name: text("\xff")}),
			"what is expected of name: the byte 0xFF"},
		{"expect odd media", Formats(), expecting(track.Values{Media: text(" ")}),
			"what is expected of media_url: the expected media_url is empty"},
		{"expect nothing", []Format{YAML, JSON, JSONL}, expecting(track.Values{}), "it expects nothing of the track"},
		{"expect too many", Formats(), Entry{Update: track.Update{ID: 17},
			Expect: slices.Repeat(track.Alternatives{{Volume: volume(3)}}, MaxAlternatives+1)},
			"it expects 33 alternatives, more than 32"},
		{"too much", []Format{YAML, JSON, JSONL}, expecting(track.Values{Name: text(strings.Repeat("\x01", maxCell))}),
			"reads back: the entry takes 3932"},
	} {
		for _, f := range c.formats {
			var b bytes.Buffer
			w, err := NewWriter(&b, f, WriterOptions{})
			if err != nil {
				t.Fatal(err)
			}
			good := []Entry{named17("a"), named17("b")}
			good[1].Update.ID = 18
			err = errors.Join(w.Write(good[0]))
			bad := w.Write(c.entry)
			var refused *RoundTripError
			if !errors.As(bad, &refused) || refused.ID != c.entry.Update.ID || !strings.Contains(bad.Error(), c.want) ||
				len(bad.Error()) > 500 {
				t.Errorf("%s, %s: %v\nwant %s", c.name, f, bad, c.want)
			}
			if err := errors.Join(err, w.Write(good[1]), w.Close()); err != nil {
				t.Errorf("%s, %s: %v", c.name, f, err)
			}
			rows, _, problems := read(t, Options{Format: f}, file{"m", b.String()})
			if problems != nil {
				t.Fatalf("%s, %s: %v", c.name, f, problems)
			}
			wantSame(t, rows, good)
		}
	}
	w, err := NewWriter(io.Discard, YAML, WriterOptions{MaxVolume: 150})
	if err != nil || w.Write(of(track.Values{Volume: volume(150)})) != nil ||
		w.Write(of(track.Values{Volume: volume(151)})) == nil {
		t.Error("the bound of volumes is not the one given")
	}
	w, err = NewWriter(io.Discard, CSV, WriterOptions{Columns: []string{"id", "name"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(of(track.Values{Name: text("a"), Volume: volume(3)})); err == nil ||
		!strings.Contains(err.Error(), "volume: there is no column") {
		t.Errorf("a volume without a column: %v", err)
	}
}

// The largest entry that can be written is read back. An entry of one more byte is
// refused.
func TestLargestEntry(t *testing.T) {
	for _, f := range Formats() {
		if f == XLSX {
			continue // it is bounded by what a cell holds
		}
		limit, o := maxEntry, WriterOptions{Columns: []string{"id", ColumnShownMedia}}
		if f == CSV || f == TSV {
			limit = maxRecord
		}
		entry := Entry{Update: track.Update{ID: 17}, ShownMedia: track.Value("x")}
		var b bytes.Buffer
		w, err := NewWriter(&b, f, o)
		if err == nil {
			err = w.Write(entry)
		}
		if err != nil {
			t.Fatal(err)
		}
		url := strings.Repeat("x", limit-len(w.buf)+1)
		entry.ShownMedia = track.Value(url)
		rows, _, problems := read(t, Options{Format: f, AllowEmpty: true}, file{"m", write(t, f, o, entry)})
		if problems != nil {
			t.Fatalf("%s: %v", f, problems)
		}
		wantSame(t, rows, []Entry{entry})
		entry.ShownMedia = track.Value(url + "x")
		if err := w.Write(entry); !errors.As(err, new(*RoundTripError)) {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func TestWriterOptions(t *testing.T) {
	for want, o := range map[string]WriterOptions{
		`a manifest has no column "expect": use id, name`: {Columns: []string{"id", "expect"}},
		"column id is named twice":                        {Columns: []string{"id", "id"}},
		"the column id is missing":                        {Columns: []string{"name"}},
	} {
		if _, err := NewWriter(io.Discard, CSV, o); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for _, f := range []Format{"", "ods"} {
		if _, err := NewWriter(io.Discard, f, WriterOptions{}); err == nil {
			t.Errorf("format %q was taken", f)
		}
	}
}

type full struct{ left int }

var errFull = errors.New("no space left")

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// Close repeats an error of writing. It is not a RoundTripError.
func TestWriterFullDisk(t *testing.T) {
	for _, f := range Formats() {
		if f == XLSX {
			continue // it is written at its end
		}
		w, err := NewWriter(&full{100_000}, f, WriterOptions{})
		for i := 1; err == nil && i < 10_000; i++ {
			err = w.Write(Entry{Update: track.Update{ID: track.ID(i),
				Values: track.Values{Name: track.Value("some name")}}})
		}
		if !errors.Is(err, errFull) || !errors.Is(w.Close(), errFull) {
			t.Errorf("%s: %v", f, err)
		}
		w, err = NewWriter(&full{}, f, WriterOptions{})
		if err = errors.Join(err, w.Write(named17("a"))); err != nil || !errors.Is(w.Close(), errFull) {
			t.Errorf("%s: a small file: %v", f, err)
		}
	}
}
