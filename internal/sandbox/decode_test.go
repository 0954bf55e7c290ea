package sandbox

import (
	"net/http/httptest"
	"strings"
	"testing"
	"unicode"
)

func TestDecode(t *testing.T) {
	tests := []struct {
		name, body string
		want       string // location: message, joined by "; "; empty: accepted
	}{
		{"all fields", `{"name":"x","volume":0,"project":{"id":1},"media":{"url":"http://h"}}`, ""},
		{"blanks around it", " \n{\"volume\": 100}\t", ""},
		{"name kept as it is", `{"name":" é\t"}`, ""},
		{"detach", `{"project":null}`, ""},
		{"volume -0", `{"volume":-0}`, ""},
		{"largest project", `{"project":{"id":9223372036854775807}}`, ""},

		{"nothing", ``, "body: is not JSON: unexpected end of JSON input"},
		{"no JSON", `volume=5`, "body: is not JSON: invalid character 'v' looking for beginning of value"},
		{"cut off", `{"volume":5`, "body: is not JSON: unexpected end of JSON input"},
		{"data after the end", `{"volume":5}{}`, "body: is not JSON: invalid character '{' after top-level value"},
		{"byte order mark", "\ufeff{\"volume\":5}",
			"body: is not JSON: invalid character 'ï' looking for beginning of value"},
		{"not UTF-8", "{\"name\":\"\xff\"}", "body: is not UTF-8"},
		{"no field", `{}`, "body: must set at least one field"},
		{"array", `[{"volume":5}]`, "body: must be an object, not an array"},
		{"null", `null`, "body: must be an object, not null"},
		{"string", `"x"`, "body: must be an object, not a string"},
		{"field twice", `{"volume":5,"volume":6}`, "volume: is given twice"},
		{"field twice, escaped", `{"volume":5,"\u0076olume":6}`, "volume: is given twice"},
		{"unknown field", `{"id":17}`, "id: is not a known field"},
		{"field in another case", `{"Volume":5}`, "Volume: is not a known field"},
		{"field with an escape", `{"\u001b[2J":5}`, `\x1b[2J: is not a known field`},
		{"long field", `{"` + strings.Repeat("x", 100) + `":5}`, strings.Repeat("x", 80) + "...: is not a known field"},

		{"name null", `{"name":null}`, "name: must be a string, not null"},
		{"name empty", `{"name":""}`, "name: can't be blank"},
		{"name blank", `{"name":" \u00a0\n"}`, "name: can't be blank"},
		{"name a number", `{"name":5}`, "name: must be a string, not 5"},

		{"volume null", `{"volume":null}`, "volume: must be an integer, not null"},
		{"volume a string", `{"volume":"5"}`, "volume: must be an integer, not a string"},
		{"volume a boolean", `{"volume":true}`, "volume: must be an integer, not a boolean"},
		{"volume with a fraction", `{"volume":5.0}`, "volume: must be an integer, not 5.0"},
		{"volume with an exponent", `{"volume":5e1}`, "volume: must be an integer, not 5e1"},
		{"volume below", `{"volume":-1}`, "volume: must be greater than or equal to 0"},
		{"volume above", `{"volume":101}`, "volume: must be less than or equal to 100"},
		{"volume far above", `{"volume":99999999999999999999}`, "volume: must be an integer, not 99999999999999999999"},

		{"project a number", `{"project":1}`, "project: must be an object, not 1"},
		{"project an array", `{"project":[]}`, "project: must be an object, not an array"},
		{"project empty", `{"project":{}}`, "project.id: is missing"},
		{"project id null", `{"project":{"id":null}}`, "project.id: must be an integer, not null"},
		{"project id a string", `{"project":{"id":"1"}}`, "project.id: must be an integer, not a string"},
		{"project id zero", `{"project":{"id":0}}`, "project.id: must be greater than 0"},
		{"project with a name", `{"project":{"id":1,"name":"x"}}`, "project.name: is not a known field"},
		{"project id twice", `{"project":{"id":1,"id":1}}`, "project.id: is given twice"},

		{"media null", `{"media":null}`, "media: must be an object, not null"},
		{"media a string", `{"media":"http://h"}`, "media: must be an object, not a string"},
		{"media empty", `{"media":{}}`, "media.url: is missing"},
		{"media url null", `{"media":{"url":null}}`, "media.url: must be a string, not null"},
		{"media url empty", `{"media":{"url":""}}`, "media.url: must be an absolute http or https URL"},
		{"media url relative", `{"media":{"url":"/a.mp3"}}`, "media.url: must be an absolute http or https URL"},
		{"media url of a file", `{"media":{"url":"file:///a.mp3"}}`,
			"media.url: must be an absolute http or https URL"},
		{"media url without a host", `{"media":{"url":"http://:80/a.mp3"}}`,
			"media.url: must be an absolute http or https URL"},
		{"media url with a blank", `{"media":{"url":"http://h/a b"}}`,
			"media.url: must be an absolute http or https URL"},
		{"media with a duration", `{"media":{"url":"http://h","duration":3}}`, "media.duration: is not a known field"},

		{"all at once", `{"name":"","volume":-1,"project":{"id":"x"},"media":{},"x":1}`,
			"name: can't be blank; volume: must be greater than or equal to 0; " +
				"project.id: must be an integer, not a string; media.url: is missing; x: is not a known field"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := decoder{maxVolume: 100}
			_, problems := d.decode("application/json", []byte(tt.body))
			if got := joined(problems); got != tt.want {
				t.Errorf("%s\ngot  %s\nwant %s", tt.body, got, tt.want)
			}
		})
	}
}

func joined(problems []problem) string {
	var s []string
	for _, p := range problems {
		s = append(s, p.Location+": "+p.Message)
	}
	return strings.Join(s, "; ")
}

func TestDecodeContentType(t *testing.T) {
	for contentType, want := range map[string]string{
		"application/json":                    "",
		"application/json; charset=utf-8":     "",
		"Application/JSON;charset=UTF-8":      "",
		"":                                    "Content-Type: must be application/json",
		"text/plain":                          "Content-Type: must be application/json",
		"application/x-www-form-urlencoded":   "Content-Type: must be application/json",
		"application/json, application/json":  "Content-Type: must be application/json",
		"application/json; charset=iso8859-1": "Content-Type: must have the charset utf-8, or none",
	} {
		_, problems := decoder{maxVolume: 100}.decode(contentType, []byte(`{"volume":5}`))
		if got := joined(problems); got != want {
			t.Errorf("%q: got %q, want %q", contentType, got, want)
		}
	}
}

func TestDecodeVolumeBound(t *testing.T) {
	if _, problems := (decoder{maxVolume: 250}).decode("application/json", []byte(`{"volume":250}`)); problems != nil {
		t.Error(joined(problems))
	}
	_, problems := decoder{maxVolume: 250}.decode("application/json", []byte(`{"volume":251}`))
	if got, want := joined(problems), "volume: must be less than or equal to 250"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// FuzzDecode looks for a body that is accepted although the OpenAPI document
// refuses it, and for a problem that cannot be printed.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{
		`{"name":"x","volume":0,"project":{"id":1},"media":{"url":"http://h"}}`,
		`{"project":null}`, `{"project":{"id":9223372036854775807}}`, `{"volume":5,"volume":6}`,
		`{"volume":5.0}`, `{"name":"\ud800"}`, `{"media":{"url":"HTTPS://[::1]:80?x"}}`, `{"":{"":[]}}`,
		`{"volume":-0}`, "\ufeff{}",
	} {
		f.Add([]byte(body))
	}
	contract := loadContract(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		c, problems := decoder{maxVolume: 100}.decode("application/json", body)
		for _, p := range problems {
			if p.Location == "" && !strings.Contains(string(body), `""`) || p.Message == "" ||
				strings.ContainsFunc(p.Location+p.Message, unicode.IsControl) {
				t.Errorf("%q: problem %+q", body, p)
			}
		}
		if problems != nil {
			if c != (change{}) {
				t.Errorf("%q: a change beside problems", body)
			}
			return
		}
		r := httptest.NewRequest("PUT", trackPath, strings.NewReader(string(body)))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Api-Key", "k")
		if _, err := contract.request(r); err != nil {
			t.Errorf("%q is accepted, but the document says %v", body, err)
		}
	})
}
