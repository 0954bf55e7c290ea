package safe

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// taking out a secret, as it is.
func takingOut(secret string) func([]byte) []byte {
	return func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(secret), []byte("[redacted]")) }
}

func TestJSONStrings(t *testing.T) {
	for _, tc := range []struct{ name, secret, in, want string }{
		{"nothing to hide", "12345678", `{"id":17,"name":"a \"b\""}`, `{"id":17,"name":"a \"b\""}`},
		{"in a value", "write_1234", `{"id":17,"name":"my write_1234!"}`, `{"id":17,"name":"my [redacted]!"}`},
		{"in a key", "write_1234", `{"write_1234":1}`, `{"[redacted]":1}`},
		{"a number is no key", "12345678", `{"id":12345678,"name":"12345678"}`, `{"id":12345678,"name":"[redacted]"}`},
		{"a key that looks like structure", `"volume":4`, `{"volume":40,"name":"x"}`, `{"volume":40,"name":"x"}`},
		{"behind escapes", `abc"def\`, `{"name":"<abc\"def\\>"}`, `{"name":"<[redacted]>"}`},
		{"behind other escapes", `write_1234`, `{"name":"\u0077rite_1234\n"}`, `{"name":"[redacted]\n"}`},
		{"several lines", `write_1234`, "{\n  \"a\": \"write_1234\"\n}\n{\"b\":\"x\"}\n",
			"{\n  \"a\": \"[redacted]\"\n}\n{\"b\":\"x\"}\n"},
		{"not closed", `write_1234`, `{"a":"write_1234`, `{"a":"[redacted]`},
		{"no JSON", `write_1234`, "the key write_1234 \\", "the key [redacted] \\"},
	} {
		if got := string(JSONStrings([]byte(tc.in), takingOut(tc.secret))); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
}

// What was JSON stays JSON, of the same form, and the secret is in none of its
// strings.
func FuzzJSONStrings(f *testing.F) {
	f.Add(`{"id":17,"name":"a","x":[null,true,1e9]}`, `"id":17,`)
	f.Add(`{"a\"b":"\\\u0041"}`, `A`)
	f.Fuzz(func(t *testing.T, text, secret string) {
		if secret == "" || strings.Contains("[redacted]", secret) || !strings.Contains(text, `"`) ||
			!json.Valid([]byte(text)) {
			return
		}
		got := JSONStrings([]byte(text), takingOut(secret))
		if !json.Valid(got) {
			t.Fatalf("%q without %q is %q", text, secret, got)
		}
		structure := func(b []byte) string {
			return string(JSONStrings(append([]byte(`"\\"`), b...), func([]byte) []byte { return nil }))
		}
		if structure([]byte(text)) != structure(got) {
			t.Errorf("%q without %q has another form: %q", text, secret, got)
		}
	})
}
