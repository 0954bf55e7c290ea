package input

import (
	"fmt"
	"strings"
	"testing"

	"tracksync/internal/track"
)

func TestTablePositions(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"first row", "id,volume\n17,x\n", []string{"m.csv:2:4: "}},
		{"byte order mark", "\ufeffid,volume\n17,x\n", []string{"m.csv:2:4: "}},
		{"byte order mark in the header line", "\ufeffid,colour\n17,x\n", []string{"m.csv:1:4: unknown column"}},
		{"CRLF", "id,volume\r\n1,2\r\n17,x\r\n", []string{"m.csv:3:4: "}},
		{"multi-byte", "id,name,volume\n17,Größe😀,x\n", []string{"m.csv:2:11: "}},
		{"quoted line break", "id,name,volume\n17,\"a\nb\",1\n18,\"c\nd\",x\n", []string{"m.csv:5:4: "}},
		{"quoted CRLF", "id,name,volume\r\n17,\"ä\r\nö\",x\r\n18,,y\r\n", []string{"m.csv:3:4: ", "m.csv:4:5: "}},
		{"quoted lone CR", "id,name,volume\n17,\"a\rbc\",x\n18,,y\n", []string{"m.csv:3:5: ", "m.csv:4:5: "}},
		{"blank lines", "\n\nid,volume\n\n\r\n17,x\n\n18,y\n", []string{"m.csv:6:4: ", "m.csv:8:4: "}},
		{"rows of empty cells", "id,volume\n,\n  ,\n17,x\n\"\",\" \"\n18,y", []string{"m.csv:4:4: ", "m.csv:6:4: "}},
		{"a row of empty cells before the header", ",,\nid,volume\n17,x\n", []string{"m.csv:3:4: "}},
		{"quoted cell", "id,name,volume\n17,a,\"x\"\n", []string{"m.csv:2:6: "}},
		{"sep line", "sep=;\r\nid;volume\r\n17;x\r\n", []string{"m.csv:3:4: "}},
		{"doubled quotation marks", "id,name,volume\n17,\"a \"\"b\"\" c\",x\n", []string{"m.csv:2:16: "}},
		{"too few cells", "id,name,volume\n\n17,a\n", []string{"m.csv:3:1: the row has 2 cells, the header has 3"}},
		{"too many cells", "id,name\n17,\"ä\nb\",c,d\n", []string{"m.csv:3:4: the row has 4 cells, the header has 2"}},
		{"bare quotation mark", "id,name\n17,ä 7\" b\n18,\n",
			[]string{"m.csv:2:7: a quotation mark inside a cell that does not begin"}},
		{"quotation mark in a quoted cell", "id,name\n17,\"a\nö \"b\" c\"\n18,c\n",
			[]string{"m.csv:3:3: a quotation mark inside a quoted cell"}},
		{"unclosed", "id,name\n17,a\n18,\"b\n19,c\n",
			[]string{"m.csv:3:4: the quotation mark that opens here is never closed"}},
		{"bytes that are not UTF-8", "id,name\n17,a\n18,\xe4b\n19,\xe4\n",
			[]string{"m.csv:3:4: the byte 0xE4 is not UTF-8 (windows-1252: äb; macintosh: ‰b; name the right encoding with " +
				"--encoding, or save as CSV UTF-8"}},
		{"NUL", "id,name\n17,a\x00\n", []string{"m.csv:2:5: a NUL character"}},
		{"carriage returns alone", "id,name\r17,a\r18,b\r",
			[]string{"m.csv:1:8: lines end with a carriage return alone"}},
		{"a carriage return in a cell", "id,name\n17,ab\rc\n", []string{"m.csv:2:6: a carriage return alone"}},
		{"nameless column", "id,name,,\n17,a,,\n18,b,,x\n",
			[]string{"m.csv:3:7: the value \"x\" is in a column without a name"}},
		{"several in one row", "id,name,volume,project_id,media_url\n0, ,x,y,z\n",
			[]string{"m.csv:2:1: ", "m.csv:2:3: ", "m.csv:2:5: ", "m.csv:2:7: ", "m.csv:2:9: "}},
		{"both rows of an id", "name,id\na,17\nb, 17.0\n", []string{"m.csv:3:3: id 17 is already at m.csv:2:3"}},
		{"nothing at all", "", []string{"m.csv: the manifest has no rows"}},
		{"a header alone", "id,name\n\n", []string{"m.csv: the manifest has no rows"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, problems := read(t, Options{}, file{"m.csv", c.text})
			wantProblems(t, problems, c.want...)
		})
	}
}

func TestTableHeaders(t *testing.T) {
	good := []struct {
		name, text string
		opts       Options
		want       string
	}{
		{"case and separators", "ID,NAME,Volume,PROJECT-ID,media.url\n17,a,1,2,http://h/\n", Options{},
			`1 m.csv:2:1 id=17 name="a" volume=1 project=2 media="http://h/"`},
		{"blanks", " id ,\u00a0Project  ID ,\"media url\"\n17,2,http://h/\n", Options{},
			`1 m.csv:2:1 id=17 project=2 media="http://h/"`},
		{"semicolon", "id;name\n17;a,b\n", Options{}, `1 m.csv:2:1 id=17 name="a,b"`},
		{"tab", "id\tname\n17\ta,b;c\n", Options{}, `1 m.csv:2:1 id=17 name="a,b;c"`},
		{"pipe", "id|name\n17|a\n", Options{}, `1 m.csv:2:1 id=17 name="a"`},
		{"delimiter in quotation marks", "id;\"#a,b,c,d,e\";name\n17;;x\n", Options{}, `1 m.csv:2:1 id=17 name="x"`},
		{"one column", "id\n17\n", Options{AllowEmpty: true}, `1 m.csv:2:1 id=17`},
		{"given delimiter", "id:name\n17:a\n", Options{Delimiter: ':'}, `1 m.csv:2:1 id=17 name="a"`},
		{"sep line of a strange delimiter", "\"sep=^\"\nid^name\n17^a\n", Options{}, `1 m.csv:3:1 id=17 name="a"`},
		{"own columns are ignored", "#source,id,error,Status\nx,17,y,z\n", Options{AllowEmpty: true},
			`1 m.csv:2:1 id=17`},
		{"unknown is ignored", "id,colour\n17,red\n", Options{IgnoreUnknown: true, AllowEmpty: true},
			`1 m.csv:2:1 id=17`},
		{"mapped", "Nummer,Titel\n17,a\n", Options{Columns: map[string]string{"id": "nummer", "name": "Titel"}},
			`1 m.csv:2:1 id=17 name="a"`},
		{"mapped over an own column", "id,status\n17,a\n", Options{Columns: map[string]string{"name": "status"}},
			`1 m.csv:2:1 id=17 name="a"`},
		{"mapped beside the plain one", "id,name,Title\n17,a,b\n",
			Options{Columns: map[string]string{"name": "Title"}, IgnoreUnknown: true}, `1 m.csv:2:1 id=17 name="b"`},
		{"two that differ in case alone", "id,title,Title\n17,a,b\n",
			Options{Columns: map[string]string{"name": "Title"}, IgnoreUnknown: true}, `1 m.csv:2:1 id=17 name="b"`},
		{"decomposed letters", "id,Gro\u0308\u00dfe\n17,5\n", Options{Columns: map[string]string{"volume": "Größe"}},
			`1 m.csv:2:1 id=17 volume=5`},
		{"trailing empty columns", "id,name,,\n17,a,,\n", Options{}, `1 m.csv:2:1 id=17 name="a"`},
		{"name null", "id,name\n17,null\n", Options{}, `1 m.csv:2:1 id=17 name="null"`},
		{"line breaks as written", "id,name\r\n17,\"a\r\nb\"\"\rc\"\r\n", Options{},
			`1 m.csv:2:1 id=17 name="a\r\nb\"\rc"`},
		{"detach", "id,project_id\n17,null\n", Options{}, `1 m.csv:2:1 id=17 project=null`},
	}
	for _, c := range good {
		t.Run(c.name, func(t *testing.T) {
			rows, _, problems := read(t, c.opts, file{"m.csv", c.text})
			if len(problems) > 0 || len(rows) != 1 || says(rows[0]) != c.want {
				t.Errorf("got %v %v\nwant %s", rows, problems, c.want)
			}
		})
	}
	for _, c := range []struct {
		name, text string
		opts       Options
		want       []string
	}{
		{"unknown", "id,volum\n", Options{},
			[]string{`m.csv:1:4: unknown column "volum" (did you mean "volume"? then rename it, or use --map ` +
				`volume=volum)`}},
		{"project", "id,projet\n17,3\n", Options{},
			[]string{`m.csv:1:4: unknown column "projet" (did you mean "project_id"? then rename it, or use --map ` +
				`project_id=projet)`}},
		{"two for one field", "id,Name,name\n17,a,b\n", Options{},
			[]string{`m.csv:1:9: columns "Name" and "name" are both name (keep one of them, or put # before the ` +
				`name of the other; the first is at m.csv:1:4)`}},
		{"no id", "name,volume\na,1\n", Options{},
			[]string{`m.csv:1:1: there is no column id; the columns are "name", "volume"`}},
		{"number", "number\n17\n", Options{IgnoreUnknown: true},
			[]string{`m.csv:1:1: there is no column id; the columns are "number" (did you mean column "number"? ` +
				`then use --map`}},
		{"mapped to nothing", "id,Title\n17,a\n", Options{Columns: map[string]string{"name": "Titel"}},
			[]string{`m.csv:1:1: there is no column "Titel" for name (did you mean "Title"?)`}},
		{"plain beside mapped", "id,name,Title\n17,a,b\n", Options{Columns: map[string]string{"name": "Title"}},
			[]string{`m.csv:1:4: column "name" is not used`}},
		{"expect", "id,expect\n17,a\n", Options{IgnoreUnknown: true},
			[]string{`m.csv:1:4: unknown column "expect" (expect is for YAML and JSON; remove it only if`}},
		{"expect of a field", "id,Expect.Volume\n17,a\n", Options{IgnoreUnknown: true},
			[]string{`m.csv:1:4: unknown column "Expect.Volume" (expect is for YAML and JSON`}},
		{"escapes in a name", "id,\"a\x1b[31m\n\"\n", Options{}, []string{`m.csv:1:4: unknown column "a\x1b[31m\n"`}},
		{"unclosed header", "id,\"name\n17,a\n", Options{}, []string{"m.csv:1:4: the quotation mark that opens here"}},
		{"too many columns", "id" + strings.Repeat(",", maxColumns) + "\n", Options{},
			[]string{"m.csv:1:1: the header has 1001 columns"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, problems := read(t, c.opts, file{"m.csv", c.text})
			wantProblems(t, problems, c.want...)
		})
	}
}

func TestTableCells(t *testing.T) {
	rows, summary, problems := readWritten(t, Options{OnInvalid: Skip},
		file{"m.csv", "#n,Volume,ID,\n\"x\r\ny\",5.0, 17,\nz,200,18,\nz,1\n,,19,oops\n"})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := [][]string{{"x\r\ny", "5.0", " 17", ""}, {"z", "200", "18", ""}, {"z", "1", "?", ""},
		{"", "", "19", "oops"}}
	for i, w := range want {
		if fmt.Sprintf("%q", cellsOf(rows[i])) != fmt.Sprintf("%q", w) {
			t.Errorf("row %d: cells %q, want %q", i+1, cellsOf(rows[i]), w)
		}
	}
	if fmt.Sprint(summary.Table.Columns) != "[#n Volume ID ]" || summary.Valid != 1 || summary.Invalid != 3 {
		t.Errorf("summary %+v", summary)
	}
	if rows[1].Update.ID != 18 {
		t.Errorf("the id beside another problem is %d", rows[1].Update.ID)
	}
}

func TestTableBounds(t *testing.T) {
	long := strings.Repeat("x", maxRecord)
	_, _, problems := read(t, Options{}, file{"m.csv", "id,name\n1,a\n2,\"" + long + "\"\n3,b\n"})
	wantProblems(t, problems, fmt.Sprintf("m.csv:3:1: more than %d bytes", maxRecord))
	_, _, problems = read(t, Options{}, file{"m.csv", "id,name\n1,a\n2,\"b\n" + strings.Repeat("3,c\n", maxRecord)})
	wantProblems(t, problems, "m.csv:3:3: the quotation mark that opens here is never closed")
	_, _, problems = read(t, Options{}, file{"m.csv", "id,volume\n" + strings.Repeat("x,y\n", 5000)})
	if len(problems) != maxProblems+1 || problems[maxProblems].Message != "and 9000 more problems" {
		t.Errorf("%d problems, the last: %s", len(problems), problems[len(problems)-1])
	}
}

func TestParseMap(t *testing.T) {
	got, err := ParseMap([]string{"name=Track title", "PROJECT=Ordner", "media-url=a=b"})
	want := map[string]string{track.FieldName: "Track title", track.FieldProject: "Ordner", track.FieldMedia: "a=b"}
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, bad := range [][]string{{"name"}, {"name="}, {"nam=x"}, {"name=a", "name=b"}, {"name=a", "id=A"}} {
		if _, err := ParseMap(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
