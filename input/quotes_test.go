package input

import (
	"strings"
	"testing"
)

// The problem of a quotation mark names the cause and how to fix it.
func TestQuotationMarks(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string // with the hint
	}{
		{"a blank before", "id,name,volume\n17, \"a\",1\n18,b,x\n", []string{
			"m.csv:2:5 (B2, name): there is a blank before the quotation mark that opens the cell (remove the blank)",
			"m.csv:3:6 (C3, volume): "}},
		{"blanks of another kind before", "id,name\n17,\t\u00a0\"a\"\n", []string{
			"m.csv:2:6 (B2, name): there is a blank before the quotation mark that opens the cell (remove the blank)"}},
		{"a blank behind", "id,name,volume\n17,\"a\" ,1\n18,b,x\n", []string{
			"m.csv:2:6 (B2, name): there is a blank after the quotation mark that closes the cell (remove the blank)",
			"m.csv:3:6 (C3, volume): "}},
		{"a blank at the end of the line", "id,name\n17,\"a\" \n", []string{
			"m.csv:2:6 (B2, name): there is a blank after the quotation mark that closes the cell (remove the blank)"}},
		{"a tab is no blank where it separates", "id\tname\tvolume\n17\t\"a\"\t1\n18\tb\tx\n",
			[]string{"m.csv:3:6 (C3, volume): "}},
		{"a formula", "id,name\n=\"17\",a\n", []string{
			`m.csv:2:2 (A2, id): "=\"17\"" is a formula that marks a number as text, not a value (write 17 alone)`}},
		{"a formula that holds a delimiter", "id,name\n17,=\"a, b\"\n", []string{
			`m.csv:2:5 (B2, name): "=\"a, b\"" is a formula that marks a number as text, not a value (write the ` +
				`text alone, without the equals sign)`}},
		{"a formula in quotation marks",
			"id,volume,project_id,media_url\n\"=\"\"17\"\"\",\"=\"\"5\"\"\",\"=\"\"3\"\"\",\"=\"\"http://h\"\"\"\n",
			[]string{
				`m.csv:2:1 (A2, id): "=\"17\"" is a formula that marks a number as text, not a value (write 17 ` +
					`alone)`,
				`m.csv:2:11 (B2, volume): "=\"5\"" is a formula that marks a number as text, not a value (write 5 ` +
					`alone)`,
				`m.csv:2:20 (C2, project_id): "=\"3\"" is a formula that marks a number as text, not a value ` +
					`(write 3 alone)`,
				`m.csv:2:29 (D2, media_url): "=\"http://h\"" is a formula that marks a number as text, not a ` +
					`value (write the text alone, without`}},
		{"in a cell", "id,name\n17,7\" single\n", []string{
			"m.csv:2:5 (B2, name): a quotation mark inside a cell that does not begin with one (put the whole cell " +
				"in quotation marks"}},
		{"in a quoted cell", "id,name\n17,\"7\" single\"\n", []string{
			"m.csv:2:6 (B2, name): a quotation mark inside a quoted cell (double it if it is part of the value)"}},
		{"line ends converted twice", "id,name\r\n17,a\r\r\n18,\"b\"\r\r\n", []string{
			"m.csv:2:5 (B2, name): the row ends with CR CR LF: a program has converted the line ends twice (save the " +
				"file again",
			"m.csv:4:6 (B3, name): the row ends with CR CR LF: a program has converted the line ends twice (save the " +
				"file again"}},
		{"a carriage return in the row", "id,name\n17,a\rb\n",
			[]string{"m.csv:2:5 (B2, name): a carriage return alone, outside quotation marks (end rows"}},
		{"all line ends converted twice", "id,name\r\r\n17,a\r\r\n18,\"b\"\r\r\n", []string{
			"m.csv:1:8: lines end with CR CR LF: a program has converted the line ends twice (save the file again " +
				"with line ends of one kind)"}},
		{"old Mac", "id,name\r17,a\r",
			[]string{"m.csv:1:8: lines end with a carriage return alone (CSV Macintosh) (save as CSV UTF-8"}},
		{"a large one of an old Mac", "id,name\r" + strings.Repeat("17,a\r", 50_000), []string{
			"m.csv:1:8: lines end with a carriage return alone (CSV Macintosh) (save as CSV UTF-8"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, problems := read(t, Options{}, file{"m.csv", c.text})
			wantProblems(t, problems, c.want...)
		})
	}
	_, s, problems := read(t, Options{}, file{"m.csv", "id,name\n17,\"=\"\"a\"\"\"\n"})
	if problems != nil || len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0].Message, "the name is a formula") {
		t.Errorf("%v %v", s.Warnings, problems)
	}
}

// A name that looks like a condition is not ignored, because a condition would hold back
// the row.
func TestLookAlikesOfExpect(t *testing.T) {
	opts := Options{IgnoreUnknown: true}
	for name, refused := range map[string]bool{
		"expects": true, "expected": true, "Expectation": true, "expected_volume": true, "expectedVolume": true,
		"expect.volume": true,
		"expext":        true, "exepct": true, "expct": true, "epxect": true, "exspect": true, "expekt": true,
		"expct_volume": true,
		"if":           true, "only_if": true, "precondition": true, "unless": true, "assert": true,
		"aspect": false, "export": false, "except": false, "inspected": false, "unexpected": false, "condition": false,
		"when":     false,
		"#expects": false, "comment": false,
	} {
		for _, f := range []file{
			{"m.csv", "id,volume," + name + "\n17,1,2\n"},
			{"m.yaml", "- {id: 17, volume: 1, '" + name + "': {volume: 2}}\n"},
			{"m.json", `[{"id":17,"volume":1,"` + name + `":{"volume":2}}]`},
			{"m.jsonl", `{"id":17,"volume":1,"` + name + `":{"volume":2}}`},
			{"top.yaml", "'" + name + "': {volume: 2}\ntracks:\n- {id: 17, volume: 1}\n"},
		} {
			_, _, problems := read(t, opts, f)
			if !refused && problems != nil ||
				refused && (len(problems) != 1 || !strings.Contains(problems[0].Error(), "remove it only if")) {
				t.Errorf("%s in %s: %v", name, f.name, problems)
			}
		}
	}
	_, _, problems := read(t, opts, file{"m.yaml", "- {id: 17, volume: 1, expect: {volumes: 2}}\n"})
	wantProblems(t, problems, `m.yaml:1:32: unknown key "volumes" in expect`)
}
