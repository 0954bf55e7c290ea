package track

import (
	"encoding/json"
	"slices"
	"testing"
	"time"
)

// Absent, null and a value stay three things on the way through JSON.
func TestFieldJSON(t *testing.T) {
	type holder struct {
		F Field[ID] `json:"f,omitzero"`
	}
	for _, tc := range []struct {
		name  string
		field Field[ID]
		text  string
		says  string
	}{
		{"absent", Field[ID]{}, `{}`, ""},
		{"null", Null[ID](), `{"f":null}`, "null"},
		{"value", Value[ID](17), `{"f":17}`, "17"},
		{"zero is a value", Value[ID](0), `{"f":0}`, "0"},
		{"odd", Odd[ID]("77.5"), `{"f":77.5}`, "77.5"},
		{"odder", Odd[ID]("9999… (a number of 500 characters)"), `{"f":"9999… (a number of 500 characters)"}`,
			"9999… (a number of 500 characters)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b, err := json.Marshal(holder{tc.field})
			if err != nil || string(b) != tc.text {
				t.Fatalf("%s, %v; want %s", b, err, tc.text)
			}
			var back holder
			if err := json.Unmarshal(b, &back); err != nil || back.F != tc.field {
				t.Errorf("read back as %+v, %v", back.F, err)
			}
			if tc.field.String() != tc.says {
				t.Errorf("says %q, want %q", tc.field, tc.says)
			}
			v, ok := tc.field.Get()
			if ok != (!tc.field.IsZero() && !tc.field.IsNull() && !tc.field.IsOdd()) || !ok && v != 0 {
				t.Errorf("Get: %v, %v", v, ok)
			}
		})
	}
}

func TestFieldJSONOfText(t *testing.T) {
	b, err := Value("a<b>&\"\u2028").MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	var f Field[string]
	if err := json.Unmarshal(b, &f); err != nil || f != Value("a<b>&\"\u2028") {
		t.Errorf("%s reads back as %v, %v", b, f, err)
	}
	if err := json.Unmarshal([]byte(`5`), &f); err == nil {
		t.Error("a number was read as text")
	}
}

func TestValues(t *testing.T) {
	if v := (Values{}); !v.Empty() || v.Fields() != nil {
		t.Errorf("the zero Values set %v", v.Fields())
	}
	v := Values{Volume: Value(0), Project: Null[ID]()}
	if v.Empty() || !slices.Equal(v.Fields(), []string{FieldVolume, FieldProject}) {
		t.Errorf("sets %v", v.Fields())
	}
}

func TestPositionString(t *testing.T) {
	for want, p := range map[string]Position{
		"a.xlsx:'Bob''s list!'!B7": {File: "a.xlsx", Sheet: "Bob's list!", Cell: "B7"},
		"a.xlsx:'2026'!B7":         {File: "a.xlsx", Sheet: "2026", Cell: "B7"},
		"a.xlsx:Größe":             {File: "a.xlsx", Sheet: "Größe"},
		"a.csv:3:7":                {File: "a.csv", Line: 3, Column: 7},
		"a.csv:3":                  {File: "a.csv", Line: 3},
		"a.csv":                    {File: "a.csv"},
		"a.xlsx:Tracks!B7":         {File: "a.xlsx", Sheet: "Tracks", Cell: "B7"},

		"a.csv:3:7 (B3)":         {File: "a.csv", Line: 3, Column: 7, Cell: "B3"},
		"a.csv:3:7 (B3, volume)": {File: "a.csv", Line: 3, Column: 7, Cell: "B3", Header: "volume"},
	} {
		if got := p.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	p := Problem{Position: Position{File: "a.csv", Line: 3}, Message: "it is wrong", Hint: "mend it"}
	if got := p.Error(); got != "a.csv:3: it is wrong (mend it)" {
		t.Error(got)
	}
}

// The line of results.jsonl that the interface promises.
func TestResultJSON(t *testing.T) {
	at := time.Date(2026, 11, 23, 15, 4, 5, 123e6, time.UTC)
	r := Result{
		Row: 3, Source: "tracks.csv", Line: 4, ID: 17, Status: Updated, HTTPStatus: 200, Attempts: 2, RateLimited: 1,
		DurationMS: 412.6,
		Changes:    Changes{Volume: Change[int]{From: Value(40), To: Value(55)}}, FinishedAt: at,
	}
	want := `{"row":3,"source":"tracks.csv","line":4,"id":17,"status":"updated","http_status":200,"attempts":2,` +
		`"rate_limited":1,"duration_ms":412.6,"changes":{"volume":{"from":40,"to":55}},` +
		`"finished_at":"2026-11-23T15:04:05.123Z"}`
	if b, err := json.Marshal(r); err != nil || string(b) != want {
		t.Errorf("%s, %v", b, err)
	}
	r = Result{
		Row: 4, Source: "tracks.csv", Line: 5, ID: 18, Status: Failed, HTTPStatus: 422, Attempts: 1, DurationMS: 203.1,
		Error: &Error{Code: "invalid_request", Message: "volume must be less than or equal to 100",
			Field: "volume"},
		FinishedAt: at,
	}
	want = `{"row":4,"source":"tracks.csv","line":5,"id":18,"status":"failed","http_status":422,"attempts":1,` +
		`"duration_ms":203.1,"error":{"code":"invalid_request","message":"volume must be less than or equal to ` +
		`100","field":"volume","retryable":false},"finished_at":"2026-11-23T15:04:05.123Z"}`
	if b, err := json.Marshal(r); err != nil || string(b) != want {
		t.Errorf("%s, %v", b, err)
	}
}

func TestStatuses(t *testing.T) {
	successes := 0
	for _, s := range Statuses() {
		if !s.Valid() {
			t.Errorf("%s is not valid", s)
		}
		if s.Success() {
			successes++
		}
	}
	if len(Statuses()) != 10 || successes != 4 || Status("").Valid() || Status("done").Success() {
		t.Errorf("%d statuses, %d successes", len(Statuses()), successes)
	}
}

func TestChangeString(t *testing.T) {
	for want, got := range map[string]string{
		"40 → 55":  Change[int]{From: Value(40), To: Value(55)}.String(),
		"→ 55":     Change[int]{To: Value(55)}.String(),
		"3 → null": Change[ID]{From: Value[ID](3), To: Null[ID]()}.String(),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	v := Values{Name: Value("n"), Project: Null[ID]()}
	if c := ChangesOf(v); c.Name.To != v.Name || !c.Project.To.IsNull() || !c.Volume.To.IsZero() ||
		!c.Name.From.IsZero() {
		t.Errorf("%+v", c)
	}
}
