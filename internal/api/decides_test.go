package api

import (
	"context"
	"testing"
)

// Which answers speak about the track, and so settle what became of a PUT whose
// answer was lost.
func TestDecides(t *testing.T) {
	const body = `{"message":"no"}`
	for _, tt := range []struct {
		name    string
		status  int
		body    string
		decides bool
	}{
		{"the track does not exist", 404, `{"type":"not_found","message":"Not Found","context":{}}`, true},
		{"the values do not fit", 422, `{"code":422,"message":"Invalid request body","errors":[]}`, true},
		{"a proxy that has no page", 404, "<html><h1>404</h1></html>", false},
		{"a proxy that has no route", 404, "404 page not found\n", false},
		{"nothing", 404, "", false},
		{"null", 422, "null", false},
		{"a list", 422, "[]", false},
		{"half an answer", 422, `{"code":422`, false},
		{"bad request", 400, body, false},
		{"unauthorized", 401, body, false},
		{"forbidden", 403, body, false},
		{"conflict", 409, body, false},
		{"redirect", 302, body, false},
		{"not implemented", 501, body, false},
		{"no room", 507, body, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newClient(t, serve(t, answer(tt.status, tt.body)).URL, nil)
			_, _, put := put(t, c)
			_, _, get := c.Get(context.Background(), 17)
			if p, g := asError(t, put).Decides, asError(t, get).Decides; p != tt.decides || g != tt.decides {
				t.Errorf("PUT %v, GET %v; want %v", p, g, tt.decides)
			}
		})
	}
}
