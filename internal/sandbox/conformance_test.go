package sandbox

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// contract is the OpenAPI document, which the client's tests use too.
type contract struct {
	doc    *openapi3.T
	router routers.Router
}

func loadContract(t testing.TB) contract {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("../../testdata/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		t.Fatal(err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return contract{doc, router}
}

// request validates a request. What it returns serves to validate the answer;
// it is of the reading of a track where the path is none of the document's.
func (c contract) request(r *http.Request) (*openapi3filter.RequestValidationInput, error) {
	route, params, err := c.router.FindRoute(r)
	if err != nil {
		known := httptest.NewRequest(http.MethodGet, "/v1/background_tracks/1", nil)
		route, params, _ = c.router.FindRoute(known)
		return &openapi3filter.RequestValidationInput{Request: known, PathParams: params, Route: route}, err
	}
	in := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{
			MultiError:            true,
			IncludeResponseStatus: true, // a status that the document lacks is an error
			AuthenticationFunc: func(_ context.Context, in *openapi3filter.AuthenticationInput) error {
				if r.Header.Get(in.SecurityScheme.Name) == "" {
					return in.NewError(http.ErrNoCookie)
				}
				return nil
			},
		},
	}
	return in, openapi3filter.ValidateRequest(context.Background(), in)
}

func (c contract) answer(in *openapi3filter.RequestValidationInput, rec *httptest.ResponseRecorder) error {
	return openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in,
		Status:                 rec.Code,
		Header:                 rec.Header(),
		Body:                   io.NopCloser(strings.NewReader(rec.Body.String())),
		Options:                in.Options,
	})
}

const trackPath, listPath = "/v1/background_tracks/17", "/v1/background_tracks"

func TestConformance(t *testing.T) {
	seeded := Config{Tracks: []Track{{ID: 17, Name: "Intro", Volume: 40, Project: 3,
		Media: "https://example.com/a.mp3"}}}
	with := func(f func(*Config)) Config {
		c := seeded
		f(&c)
		return c
	}
	noKey := func(r *http.Request) { r.Header.Del("X-Api-Key") }
	tests := []struct {
		name               string
		config             Config
		method, path, body string
		edit               func(*http.Request)
		status             int
		want               string // the answer; empty: only validated
		broken             bool   // the document refuses the request too
	}{
		{name: "read", config: seeded, method: "GET", path: trackPath, status: 200,
			want: `{"created":"2023-01-01 00:00:00 UTC","id":17,"media":{"duration":431,"url":"https://example.com/` +
				`a.mp3"},` +
				`"name":"Intro","project":{"id":3,"name":"Project 3"},"updated":"2023-01-01 00:00:00 ` +
				`UTC","volume":40}`},
		{name: "read a bare track", config: Config{Tracks: []Track{{ID: 17}}}, method: "GET", path: trackPath,
			status: 200,
			want: `{"created":"2023-01-01 00:00:00 ` +
				`UTC","id":17,"media":null,"name":"","project":null,"updated":"2023-01-01 00:00:00 UTC","volume":0}`},
		{name: "read with fields left out",
			config: with(func(c *Config) { c.Omit = []string{"project", "media", "created"} }),
			method: "GET", path: trackPath, status: 200,
			want: `{"id":17,"name":"Intro","updated":"2023-01-01 00:00:00 UTC","volume":40}`},
		{name: "read a made-up track", config: Config{Exists: all}, method: "GET", path: trackPath, status: 200},
		{name: "list", config: seeded, method: "GET",
			path: listPath + "?pagination[limit]=5&pagination[offset]=0&filter[name]=Intro", status: 200},
		{name: "list nothing", config: seeded, method: "GET", path: listPath + "?pagination[offset]=5", status: 200,
			want: `[]`},
		{name: "update all", config: seeded, method: "PUT", path: trackPath, status: 200,
			body: `{"name":"Outro","volume":55,"project":{"id":4},"media":{"url":"https://example.com/b.mp3"}}`},
		{name: "detach", config: seeded, method: "PUT", path: trackPath, body: `{"project":null}`, status: 200},
		{name: "key missing", config: seeded, method: "GET", path: trackPath, edit: noKey, status: 401, broken: true,
			want: `{"type":"permission_error","message":"Authentication token was not recognized.","context":{}}`},
		{name: "key wrong", config: with(func(c *Config) { c.Key = "write_other" }), method: "PUT", path: trackPath,
			body: `{"volume":5}`, status: 401,
			want: `{"type":"permission_error","message":"Authentication token was not recognized.","context":{}}`},
		{name: "unknown track", config: seeded, method: "PUT", path: "/v1/background_tracks/18", body: `{"volume":5}`,
			status: 404,
			want:   `{"type":"not_found","message":"Not Found","context":{}}`},
		{name: "unknown path", config: seeded, method: "GET", path: "/v1/tracks", status: 404, broken: true},
		{name: "outside of the API", config: seeded, method: "GET", path: "/", status: 404, broken: true},
		{name: "id is no number", config: seeded, method: "GET", path: listPath + "/x", status: 404, broken: true},
		{name: "id has zeros before it", config: seeded, method: "GET", path: listPath + "/017", status: 404},
		{name: "slash after the id", config: seeded, method: "GET", path: trackPath + "/", status: 404, broken: true},
		{name: "method wrong", config: seeded, method: "PATCH", path: trackPath, body: `{"volume":5}`, status: 405,
			broken: true,
			want:   `{"type":"method_not_allowed","message":"Method Not Allowed","context":{}}`},
		{name: "invalid", config: seeded, method: "PUT", path: trackPath, body: `{"volume":-1,"nam":"x"}`, status: 422,
			broken: true,
			want: `{"code":422,"message":"Invalid request body","errors":[` +
				`{"location":"volume","message":"must be greater than or equal to ` +
				`0"},{"location":"nam","message":"is not a known field"}]}`},
		{name: "page size invalid", config: seeded, method: "GET", path: listPath + "?pagination[limit]=0", status: 422,
			broken: true,
			want: `{"code":422,"message":"Invalid request ` +
				`parameters","errors":[{"location":"pagination[limit]","message":"must be greater than or equal to ` +
				`1"}]}`},
		{name: "body too large", method: "PUT", path: trackPath,
			body: `{"name":"` + strings.Repeat("x", maxBody) + `"}`, status: 413},
		{name: "ordered 422", config: with(func(c *Config) { c.Fail = map[int64]int{17: 422} }), method: "PUT",
			path: trackPath, body: `{"volume":5}`, status: 422},
		{name: "ordered 403", config: with(func(c *Config) { c.Fail = map[int64]int{17: 403} }), method: "GET",
			path: trackPath, status: 403},
		{name: "ordered 599", config: with(func(c *Config) { c.Fail = map[int64]int{17: 599} }), method: "GET",
			path: trackPath, status: 599},
		{name: "fault 503", config: with(func(c *Config) { c.Faults.Status = map[int]float64{503: 1} }),
			method: "PUT", path: trackPath, body: `{"volume":5}`, status: 503,
			want: `{"type":"service_unavailable","message":"Service Unavailable","context":{}}`},
		{name: "HTML with 502", config: with(func(c *Config) { c.Faults.HTML502 = 1 }), method: "PUT", path: trackPath,
			body: `{"volume":5}`, status: 502},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			contract := loadContract(t)
			s, err := New(tt.config)
			if err != nil {
				t.Fatal(err)
			}
			build := func() *http.Request {
				r := httptest.NewRequest(tt.method, tt.path, strings.NewReader(tt.body))
				r.Header.Set("X-Api-Key", "write_key")
				r.Header.Set("Content-Type", "application/json")
				if tt.edit != nil {
					tt.edit(r)
				}
				return r
			}
			in, err := contract.request(build())
			if (err != nil) != tt.broken {
				t.Errorf("the document says of the request: %v", err)
			}
			rec := httptest.NewRecorder()
			s.ServeHTTP(rec, build())
			if rec.Code != tt.status {
				t.Fatalf("%d %s, want %d", rec.Code, rec.Body, tt.status)
			}
			if got := strings.TrimSpace(rec.Body.String()); tt.want != "" && got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if err := contract.answer(in, rec); err != nil {
				t.Errorf("the document says of the answer: %v", err)
			}
		})
	}
}

// The document itself must refuse what would be a wrong answer, or the test
// above proves nothing.
func TestContractRefusesAnswers(t *testing.T) {
	contract := loadContract(t)
	for name, tt := range map[string]struct {
		status            int
		contentType, body string
	}{
		"track without an id":     {200, "application/json", `{"name":"x"}`},
		"volume as text":          {200, "application/json", `{"id":17,"volume":"40"}`},
		"HTML as success":         {200, "text/html", `<html>`},
		"error without a message": {404, "application/json", `{"type":"not_found"}`},
		"422 in the other shape":  {422, "application/json", `{"type":"x","message":"x","context":{}}`},
		"redirect":                {302, "application/json", `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("PUT", trackPath, strings.NewReader(`{"volume":5}`))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("X-Api-Key", "k")
			in, err := contract.request(r)
			if err != nil {
				t.Fatal(err)
			}
			rec := httptest.NewRecorder()
			rec.Header().Set("Content-Type", tt.contentType)
			rec.WriteHeader(tt.status)
			rec.WriteString(tt.body)
			if contract.answer(in, rec) == nil {
				t.Errorf("the document accepts %d %s", tt.status, tt.body)
			}
		})
	}
}
