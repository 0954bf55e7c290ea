package api

import (
	"bytes"
	"encoding/json"
	"maps"
	"testing"
)

// decoded is what encoding/json makes of an object.
func decoded(b []byte) (map[string]string, bool) {
	m, ok := object(b)
	if !ok || m == nil {
		return nil, false
	}
	all := map[string]string{}
	for key, value := range m {
		all[key] = string(value)
	}
	return all, true
}

func visited(b []byte) (map[string]string, bool) {
	all := map[string]string{}
	ok := members(b, func(key, value []byte) { all[string(bytes.ToValidUTF8(key, []byte("�")))] = string(value) })
	if !ok {
		return nil, false
	}
	return all, true
}

func FuzzMembers(f *testing.F) {
	for _, s := range []string{`{}`, ` { } `, `{"a":1}`, ` {"a" : [1,{"b":"}"}] , "a":null,"\u0069d" : "\"," } `,
		`{"a":{}}`, `{"a":""}`,
		`[]`, `1.0e+5`, `01`, `-`, `"\u00e`, `"\x"`, "\"\x01\"", `{"a":1,}`, `[1 2]`, `nul`, `truefalse`, `1.`, `1e`,
		`-0`, `[{"a":1}]`, `"{}"`, `{"":0}`, `{"x":-1.5e3,"y":true}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if valid := json.Valid(b); valid != validJSON(b) {
			t.Fatalf("%q is valid JSON: %v", b, valid)
		} else if !valid {
			return
		}
		got, ok := visited(b)
		want, isObject := decoded(b)
		if ok != isObject || utf8Keys(b) && !maps.Equal(got, want) {
			t.Errorf("%s: %q %v, want %q %v", b, got, ok, want, isObject)
		}
	})
}

// utf8Keys leaves out what encoding/json replaces in its own way.
func utf8Keys(b []byte) bool { return bytes.Equal(bytes.ToValidUTF8(b, nil), b) }
