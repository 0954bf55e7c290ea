package pace

import (
	"net/http"
	"testing"
	"time"
)

func TestParseHint(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	for _, tc := range []struct {
		name    string
		headers map[string]string
		want    Hint
	}{
		{"none", nil, Hint{}},
		{"X-RateLimit with seconds", map[string]string{"X-RateLimit-Limit": "600", "X-RateLimit-Remaining": "12",
			"X-RateLimit-Reset": "30"}, Hint{12, 30 * time.Second}},
		{"X-RateLimit with a time", map[string]string{"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0",
			"X-RateLimit-Reset": "1700000045"}, Hint{0, 45 * time.Second}},
		{"in milliseconds", map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1700000045000"},
			Hint{0, 45 * time.Second}},
		{"a time in the past", map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1600000000"},
			Hint{}},
		{"RateLimit-* with a policy", map[string]string{"RateLimit-Limit": "10, 10;w=1", "RateLimit-Remaining": "9",
			"RateLimit-Reset": "1"}, Hint{9, time.Second}},
		{"RateLimit of the draft", map[string]string{"RateLimit": `"default";r=50;t=30`,
			"RateLimit-Policy": `"default";q=100;w=60`}, Hint{50, 30 * time.Second}},
		{"two policies: the tighter", map[string]string{"RateLimit": `"burst";r=50;t=30, "day";r=3;t=300`},
			Hint{3, 300 * time.Second}},
		{"RateLimit of an older draft", map[string]string{"RateLimit": "limit=10, remaining=5, reset=7"},
			Hint{5, 7 * time.Second}},
		{"no reset", map[string]string{"X-RateLimit-Remaining": "0"}, Hint{}},
		{"words", map[string]string{"X-RateLimit-Remaining": "none", "X-RateLimit-Reset": "soon"}, Hint{}},
		{"negative", map[string]string{"X-RateLimit-Remaining": "-1", "X-RateLimit-Reset": "5"}, Hint{}},
		{"NaN", map[string]string{"X-RateLimit-Remaining": "NaN", "X-RateLimit-Reset": "NaN"}, Hint{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := http.Header{}
			for k, v := range tc.headers {
				h.Set(k, v)
			}
			if got := ParseHint(h, now); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

func FuzzParseHint(f *testing.F) {
	f.Add(`"default";r=50;t=30`, "5", "1700000045")
	f.Add("limit=10, remaining=5, reset=7", "1e400", "-0")
	f.Fuzz(func(t *testing.T, structured, remaining, reset string) {
		h := http.Header{"Ratelimit": {structured}, "X-Ratelimit-Remaining": {remaining}, "X-Ratelimit-Reset": {reset}}
		hint := ParseHint(h, time.Unix(1_700_000_000, 0))
		if !(hint.Remaining >= 0) || hint.Reset < 0 {
			t.Errorf("%+v", hint)
		}
	})
}
