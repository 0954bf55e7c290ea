package api

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"tracksync/internal/track"
)

// conforming answers requests that the OpenAPI document allows, and fails the
// test for the others. seen gets each request and its body.
func conforming(t *testing.T, answer string, seen func(*http.Request, string)) http.HandlerFunc {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("../../testdata/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		route, params, err := router.FindRoute(r)
		if err != nil {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
			return
		}
		err = openapi3filter.ValidateRequest(context.Background(), &openapi3filter.RequestValidationInput{
			Request: r, PathParams: params, Route: route,
			Options: &openapi3filter.Options{MultiError: true,
				AuthenticationFunc: func(_ context.Context, in *openapi3filter.AuthenticationInput) error {
					if got := r.Header.Get(in.SecurityScheme.Name); got != testKey {
						return fmt.Errorf("the key is %q", got)
					}
					return nil
				}},
		})
		if err != nil {
			t.Errorf("%s %s %s: %v", r.Method, r.URL, body, err)
		}
		seen(r, string(body))
		_, _ = io.WriteString(w, answer)
	}
}

func TestRequests(t *testing.T) {
	update := func(edit func(*track.Values)) func(context.Context, *Client) error {
		u := track.Update{ID: 17}
		edit(&u.Values)
		return func(ctx context.Context, c *Client) error { _, _, err := c.Update(ctx, u); return err }
	}
	list := func(limit, offset int) func(context.Context, *Client) error {
		return func(ctx context.Context, c *Client) error { _, _, err := c.List(ctx, limit, offset); return err }
	}
	tests := []struct {
		name         string
		call         func(context.Context, *Client) error
		target, body string
	}{
		{"volume", update(func(v *track.Values) { v.Volume = track.Value(0) }), "PUT /v1/background_tracks/17",
			`{"volume":0}`},
		{"detach", update(func(v *track.Values) { v.Project = track.Null[track.ID]() }), "PUT /v1/background_tracks/17",
			`{"project":null}`},
		{"attach", update(func(v *track.Values) { v.Project = track.Value(track.ID(3)) }),
			"PUT /v1/background_tracks/17", `{"project":{"id":3}}`},
		{"all, in order, as written", update(func(v *track.Values) {
			v.Media = track.Value("https://e.example/a.mp3?a=1&b=<2>")
			v.Project = track.Value(track.ID(999_999_999_999_999_999))
			v.Volume = track.Value(100)
			v.Name = track.Value(`null & <"Ü"> ` + "\t\U0001F3B5")
		}), "PUT /v1/background_tracks/17",
			`{"name":"null & <\"Ü\"> \t` + "\U0001F3B5" +
				`","volume":100,"project":{"id":999999999999999999},"media":{"url":"https://e.example/a.mp3?a=1&` +
				`b=<2>"}}`},
		{"get", func(ctx context.Context, c *Client) error { _, _, err := c.Get(ctx, 17); return err },
			"GET /v1/background_tracks/17", ""},
		{"list", list(100, 200), "GET /v1/background_tracks?pagination%5Blimit%5D=100&pagination%5Boffset%5D=200", ""},
		{"list from the start", list(1, 0),
			"GET /v1/background_tracks?pagination%5Blimit%5D=1&pagination%5Boffset%5D=0", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			answer := `{"id":17}`
			if strings.HasPrefix(tt.name, "list") {
				answer = `[{"id":1},{"id":2}]`
			}
			requests := 0
			s := serve(t, conforming(t, answer, func(r *http.Request, body string) {
				requests++
				if got := r.Method + " " + r.RequestURI; got != tt.target {
					t.Errorf("%s, want %s", got, tt.target)
				}
				if body != tt.body || r.ContentLength != int64(len(tt.body)) {
					t.Errorf("body %s of %d bytes, want %s", body, r.ContentLength, tt.body)
				}
				want := map[string]string{"User-Agent": "tracksync/test", "Accept": "application/json",
					"Authorization": "", "X-Api-Key": testKey}
				if want["Content-Type"] = ""; tt.body != "" {
					want["Content-Type"] = "application/json"
				}
				for name, v := range want {
					if got := r.Header.Get(name); got != v {
						t.Errorf("%s is %q, want %q", name, got, v)
					}
				}
			}))
			for _, slash := range []string{"", "/"} {
				if err := tt.call(context.Background(), newClient(t, s.URL+"/v1"+slash, nil)); err != nil {
					t.Error(err)
				}
			}
			if requests != 2 {
				t.Errorf("%d requests, want 2", requests)
			}
		})
	}
}

// The address a redirect names gets no request, and so no key.
func TestRedirectIsNotFollowed(t *testing.T) {
	elsewhere := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") })
	for _, status := range []int{301, 302, 303, 307, 308} {
		c := newClient(t, serve(t, answer(status, "", "Location: "+elsewhere.URL)).URL, nil)
		_, a, err := put(t, c)
		if e := asError(t, err); e.Class != Permanent || a.Status != status {
			t.Errorf("%d: %v %+v", status, e, a)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 23, 15, 4, 5, 0, time.UTC)
	at := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	tests := []struct {
		value, date string
		want        time.Duration
	}{
		{"", "", 0}, {"120", "", 2 * time.Minute}, {"0", "", 0}, {"0.5", "", 500 * time.Millisecond},
		{"-5", "", 0}, {"soon", "", 0}, {"Inf", "", 0}, {"NaN", "", 0}, {"0x10", "", 0}, {"1e3", "", 0},
		{"1.2.3", "", 0},
		{"99999999999999999999999", "", 1 << 62},
		{at(time.Minute), "", time.Minute}, {at(-time.Minute), "", 0},
		{at(time.Hour), at(time.Hour - 30*time.Second), 30 * time.Second}, // its clock is an hour ahead
		{at(time.Minute), "yesterday", time.Minute},
	}
	for _, tt := range tests {
		h := http.Header{}
		h.Set("Retry-After", tt.value)
		h.Set("Date", tt.date)
		var a Answer
		a.read(h, new(dates))
		if got := retryAfter(h, now, a.Date); got != tt.want {
			t.Errorf("%q at %q: %v, want %v", tt.value, tt.date, got, tt.want)
		}
	}
	var a Answer
	if a.read(http.Header{"Date": {now.Format(http.TimeFormat)}}, new(dates)); !a.Date.Equal(now) {
		t.Errorf("the date is %v, want %v", a.Date, now)
	}
	c := newClient(t, serve(t, answer(503, "", "Retry-After: 7")).URL, nil)
	if _, a, _ := put(t, c); a.RetryAfter != 7*time.Second || a.Status != 503 || a.Started.IsZero() {
		t.Errorf("%+v", a)
	}
}

func TestFieldOfError(t *testing.T) {
	for location, want := range map[string]string{
		"project.id": "project_id", "project": "project_id", "media.url": "media_url", "volume": "volume",
		"source\n\x1b[0m": `source \x1b[0m`,
	} {
		body := fmt.Sprintf(`{"errors":[{"location":%q,"message":"is wrong"}]}`, location)
		body = strings.ReplaceAll(body, `\x1b`, `\u001b`)
		_, _, err := put(t, newClient(t, serve(t, answer(422, body)).URL, nil))
		if e := asError(t, err); e.Field != want || e.Message != want+" is wrong" {
			t.Errorf("%q: field %q, message %q", location, e.Field, e.Message)
		}
	}
}

// A date is parsed as it stands, whatever came before it.
func TestDates(t *testing.T) {
	var d dates
	for _, text := range []string{"", "Thu, 26 Nov 2026 12:00:00 GMT", "Thu, 26 Nov 2026 12:00:00 GMT", "yesterday",
		"Thu, 26 Nov 2026 12:00:00 GMT", "Thu, 26 Nov 2026 12:00:01 GMT", "Thursday, 26-Nov-26 12:00:00 GMT", ""} {
		want, _ := http.ParseTime(text)
		if got := d.parse(text); !got.Equal(want) {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
	}
}
