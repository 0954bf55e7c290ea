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
	read.Header.Set("Accept-Encoding", "gzip") // net/http would add it to each request, in a map of its own
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
	like   *http.Request // of requests
	id     track.ID      // of the track, unless there is a query
	query  string        // of the list of tracks
	values track.Values  // of a PUT
}

func (q *requests) get(id track.ID) call { return call{like: q.read, id: id} }

func (q *requests) list(limit, offset int) call {
	query := url.Values{"pagination[limit]": {strconv.Itoa(limit)}, "pagination[offset]": {strconv.Itoa(offset)}}
	return call{like: q.read, query: query.Encode()}
}

func (q *requests) update(u *track.Update) call {
	return call{like: q.write, id: u.ID, values: u.Values}
}

// pathBehind is the path of a call behind that of the base URL.
func (c *call) pathBehind(base string) string {
	path := append(append(make([]byte, 0, 128), base...), "/background_tracks"...)
	if c.query == "" {
		path = strconv.AppendInt(append(path, '/'), int64(c.id), 10)
	}
	return string(path)
}

// outgoing is the memory of a request, which the next one may use when net/http is done
// with it.
type outgoing struct {
	request http.Request
	url     url.URL
	text    []byte // of the body
	reader  bytes.Reader
	body    io.ReadCloser                 // of reader
	again   func() (io.ReadCloser, error) // another body
}

// of makes the request of a call.
func (o *outgoing) of(c *call, ctx context.Context) *http.Request {
	o.url = *c.like.URL
	o.url.Path = c.pathBehind(o.url.Path)
	if o.url.RawPath != "" {
		o.url.RawPath = c.pathBehind(o.url.RawPath)
	}
	o.url.RawQuery = c.query
	o.request = *c.like.WithContext(ctx)
	o.request.URL = &o.url
	if c.like.Method == http.MethodPut {
		o.write(c.values)
	}
	return &o.request
}

// write adds the body of a PUT.
func (o *outgoing) write(v track.Values) {
	o.text = appendBody(o.text[:0], v)
	o.reader.Reset(o.text)
	if o.body == nil {
		// net/http writes it together with the header only if it knows the type.
		o.body = io.NopCloser(&o.reader)
		o.again = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(o.text)), nil }
	}
	r := &o.request
	r.Body, r.GetBody, r.ContentLength = o.body, o.again, int64(len(o.text))
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
