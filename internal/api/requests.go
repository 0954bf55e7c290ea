package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tracksync/internal/track"
)

// requests makes the requests of one client. What all of them have in common is made
// once, and shared: a transport does not change what it sends.
//
// The key stands behind pointers within, so that no printing by reflection reaches it.
type requests struct{ read, write *http.Request } // to the base URL

func newRequests(c Config) (*requests, error) {
	read, err := http.NewRequest(http.MethodGet, strings.TrimRight(c.BaseURL.String(), "/"), nil)
	if err != nil {
		return nil, err
	}
	read.Header.Set("Accept", "application/json")
	read.Header.Set("X-Api-Key", c.Key.text())
	if c.UserAgent != "" {
		read.Header.Set("User-Agent", c.UserAgent)
	}
	write := read.Clone(context.Background())
	write.Method = http.MethodPut
	write.Header.Set("Content-Type", "application/json")
	return &requests{read, write}, nil
}

// call is what a request asks for.
type call struct {
	like        *http.Request // of requests
	path, query string        // behind the base URL
	body        []byte        // of a PUT
}

func (q *requests) get(id track.ID) call { return call{like: q.read, path: pathOf(id)} }

func (q *requests) list(limit, offset int) call {
	query := url.Values{"pagination[limit]": {strconv.Itoa(limit)}, "pagination[offset]": {strconv.Itoa(offset)}}
	return call{like: q.read, path: "/background_tracks", query: query.Encode()}
}

func (q *requests) update(u track.Update) call {
	return call{like: q.write, path: pathOf(u.ID), body: appendBody(make([]byte, 0, 256), u.Values)}
}

func pathOf(id track.ID) string {
	return string(strconv.AppendInt(append(make([]byte, 0, 64), "/background_tracks/"...), int64(id), 10))
}

// request makes the request.
func (c *call) request(ctx context.Context) *http.Request {
	r, u := c.like.WithContext(ctx), *c.like.URL
	u.Path += c.path
	if u.RawPath != "" {
		u.RawPath += c.path
	}
	u.RawQuery = c.query
	r.URL = &u
	if body := c.body; body != nil {
		r.ContentLength = int64(len(body))
		// net/http writes it together with the header only if it knows the type.
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	}
	return r
}

// appendBody appends the body of a PUT: a field that is absent is left out, and null
// is null.
func appendBody(b []byte, v track.Values) []byte {
	b = append(b, '{')
	if !v.Name.IsZero() {
		b = v.Name.AppendJSON(track.AppendKey(b, "name"))
	}
	if !v.Volume.IsZero() {
		b = v.Volume.AppendJSON(track.AppendKey(b, "volume"))
	}
	if _, ok := v.Project.Get(); ok {
		b = append(v.Project.AppendJSON(append(track.AppendKey(b, "project"), `{"id":`...)), '}')
	} else if v.Project.IsNull() {
		b = append(track.AppendKey(b, "project"), "null"...)
	}
	if _, ok := v.Media.Get(); ok {
		b = append(v.Media.AppendJSON(append(track.AppendKey(b, "media"), `{"url":`...)), '}')
	}
	return append(b, '}')
}
