package report

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestCodeQuality(t *testing.T) {
	problems := []Finding{
		{File: "a.csv", Line: 7, Column: 3, Field: "volume", Message: "m", Hint: "h"},
		{File: "a.csv", Line: 9, Column: 3, Field: "volume", Message: "m", Hint: "h"},
		{File: "a.xlsx", Sheet: "S", Cell: "BC12", Message: "m"},
		{File: "a.csv", Message: "no header\x1b"},
	}
	issues := func(problems []Finding) (list []qualityIssue) {
		var b bytes.Buffer
		err := WriteCodeQuality(&b, problems, []Finding{{File: "a.csv", Line: 1, Message: "m"}},
			func(file string) string { return "top/" + file })
		if err == nil {
			err = json.Unmarshal(b.Bytes(), &list)
		}
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	got := issues(problems)
	for i, want := range []qualityIssue{
		{"m (h)", "tracksync/volume", "", "major", qualityLocation{"top/a.csv", qualityLines{7}}},
		{"m (h)", "tracksync/volume", "", "major", qualityLocation{"top/a.csv", qualityLines{9}}},
		{"BC12: m", "tracksync/manifest", "", "major", qualityLocation{"top/a.xlsx", qualityLines{12}}},
		{`no header\x1b`, "tracksync/manifest", "", "major", qualityLocation{"top/a.csv", qualityLines{1}}},
		{"m", "tracksync/manifest", "", "minor", qualityLocation{"top/a.csv", qualityLines{1}}},
	} {
		want.Fingerprint = got[i].Fingerprint
		if got[i] != want {
			t.Errorf("%+v, want %+v", got[i], want)
		}
	}
	prints := map[string]bool{}
	for _, issue := range got {
		prints[issue.Fingerprint] = true
	}
	if len(prints) != len(got) {
		t.Errorf("%d fingerprints", len(prints))
	}
	for i := range problems {
		problems[i].Line += 100 // rows were added above
	}
	for i, issue := range issues(problems) {
		if issue.Fingerprint != got[i].Fingerprint {
			t.Errorf("the fingerprint of %d has changed", i)
		}
	}
}
