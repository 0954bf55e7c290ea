package input

import (
	"strings"
	"testing"

	"tracksync/internal/track"
)

func set(t testing.TB, assignments ...string) track.Values {
	t.Helper()
	v, err := ParseSet(assignments, 0)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestParseSet(t *testing.T) {
	got := set(t, "volume=40%", "project=null", "Name=a=b ", "media= https://h/a.mp3")
	want := track.Values{Volume: track.Value(40), Project: track.Null[track.ID](), Name: track.Value("a=b "),
		Media: track.Value("https://h/a.mp3")}
	if got != want {
		t.Errorf("%+v", got)
	}
	for a, want := range map[string]string{
		"volume": `"volume": write FIELD=VALUE, for example volume=40`, "id=17": "id: every row has an id of its own",
		"volum=1": `"volum" is not a field: use name, volume, project_id, media_url`,
		"volume=": `"volume=" has no value: without --set, a row that leaves volume empty keeps what the track has`,
		"name=":   "has no value", "project= ": "has no value", "name= ": "name: the name is blank",
		"volume=101":   "volume: volume 101 is more than 100 (--max-volume raises this limit)",
		"project=NULL": `project_id: "NULL" is not a project (write null, exactly so, to detach`,
		"project=0":    "write null, exactly so",
		"media=a.mp3":  `media_url: "a.mp3" is not an absolute`, "volume=null": `volume: "null" is not a volume`,
	} {
		if _, err := ParseSet([]string{a}, 0); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", a, err)
		}
	}
	if _, err := ParseSet([]string{"volume=1", "Volume=2"}, 0); err == nil || err.Error() != "volume is given two values" {
		t.Error(err)
	}
	if v, err := ParseSet([]string{"volume=150"}, -1); err != nil || v.Volume != track.Value(150) {
		t.Error(v, err)
	}
}

// Values are given to the rows that leave their field empty, in every format, and never
// override one.
func TestSet(t *testing.T) {
	opts := Options{Set: set(t, "volume=40", "project=null")}
	const want = `1 M:2:1 id=17 name="a" volume=5 project=null
2 M:3:1 id=18 name="b" volume=40 project=3
3 M:4:1 id=19 volume=40 project=null`
	for name, text := range map[string]string{
		"m.csv":  "id,name,volume,project\n17,a,5,\n18,b, ,3\n19,,,null\n",
		"m.tsv":  "id\tname\tvolume\tproject\n17\ta\t5\t\n18\tb\t\t3\n19\t\t\t\n",
		"m.yaml": "\n- {id: 17, name: a, volume: 5}\n- {id: 18, name: b, project: {id: 3}}\n- {id: 19, volume: ''}\n",
		"m.json": "[\n{\"id\":17,\"name\":\"a\",\"volume\":5},\n{\"id\":18,\"name\":\"b\",\"project_id\":3},\n{\"id\":19}]",
	} {
		rows, summary, problems := read(t, opts, file{name, text})
		got := strings.TrimSpace(strings.ReplaceAll(lines1(rows), name+":", "M:"))
		if name == "m.yaml" {
			got = strings.ReplaceAll(got, ":3 id", ":1 id")
		}
		if problems != nil || got != want {
			t.Errorf("%s: %v\n%s", name, problems, got)
		}
		if s := summary; s.Sets.Volume != 3 || s.Sets.Project != 3 || s.ProjectNull != 2 || s.Sets.Name != 2 ||
			s.Skipped != 0 {
			t.Errorf("%s: %+v", name, s.Counts)
		}
	}
}

// With values to set, a list of ids is a manifest.
func TestSetForIDsAlone(t *testing.T) {
	text := file{"m.csv", "id\n17\n18\n"}
	if _, _, problems := read(t, Options{}, text); len(problems) == 0 {
		t.Error("a manifest that sets nothing is accepted")
	}
	rows, summary, problems := read(t, Options{Set: set(t, "volume=40")}, text)
	if problems != nil || summary.Skipped != 0 || rows[1].Update.Volume != track.Value(40) {
		t.Errorf("%v %v", rows, problems)
	}
}

// What is expected of a track, and an invalid row, stay as they are.
func TestSetLeavesAlone(t *testing.T) {
	rows, _, problems := read(t, Options{Set: set(t, "volume=40"), OnInvalid: Skip}, file{"m.yaml",
		"- id: 17\n  name: a\n  expect: {name: b}\n- {id: 18, volume: x}\n"})
	if problems != nil || rows[0].Update.Volume != track.Value(40) || !rows[0].Expect[0].Volume.IsZero() ||
		!rows[1].Update.Empty() {
		t.Errorf("%v %v", lines1(rows), problems)
	}
}

// A value that smells is said once, and not for every row.
func TestSetSmells(t *testing.T) {
	opts := Options{Set: set(t, "name=NULL", "volume=40")}
	f := file{"m.csv", "id,media\n17,http://h/a\n18,http://h/b\n19,http://h/c\n"}
	_, summary, problems := read(t, opts, f)
	if problems != nil || len(summary.Warnings) != 1 ||
		!strings.HasPrefix(summary.Warnings[0].Error(), "--set: the name is \"NULL\", which programs write") {
		t.Errorf("%v %v", summary.Warnings, problems)
	}
	opts.Strict = true
	if _, _, problems := read(t, opts, f); len(problems) != 1 {
		t.Errorf("%v", problems)
	}
}

// A list of rows to run again has the values, in a column of their own if the table has
// none: it asks the same without the option.
func TestSetInFailedList(t *testing.T) {
	for _, files := range [][]file{
		{{"m.csv", "id,volume,note\n17,,x\n18,7,y\n"}},
		{{"m.csv", "id,volume,note\n17, ,x\n18,7,y\nx,,\n19,\n20,1,2,3\n"}},
		{{"m.csv", "id,volume\n17,\n"}, {"n.yaml", "- {id: 18}\n- {id: 19, name: [a]}\n- {id: 20, volume: x}\n"}},
	} {
		opts := Options{Set: set(t, "volume=40", "project=null", "name=New"), OnInvalid: Skip, IgnoreUnknown: true}
		rows, summary, problems := readWritten(t, opts, files...)
		if problems != nil {
			t.Fatal(problems)
		}
		text, listed := failedList(t, summary, rows, func(track.WrittenRow) bool { return true })
		again, _, problems := readWritten(t, Options{OnInvalid: Skip}, file{"failed.csv", text})
		if problems != nil {
			t.Fatalf("%s\n%v", text, problems)
		}
		compare(t, listed, again)
		if t.Failed() {
			t.Fatal(text)
		}
	}
}

// An API key among the values is refused.
func TestSetWithKey(t *testing.T) {
	const key = "write_0123456789"
	_, _, problems := read(t, Options{Set: set(t, "name=a "+key), Secret: key}, file{"m.csv", "id\n17\n"})
	if len(problems) != 1 || strings.Contains(problems.Error(), key) {
		t.Errorf("%v", problems)
	}
}
