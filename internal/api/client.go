package api

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// Config says how to reach the API.
type Config struct {
	BaseURL     *url.URL      // from ParseBaseURL
	Key         Key           // from ParseKey
	Timeout     time.Duration // of one call, its answer's body included; 30 s if zero
	Concurrency int           // calls at once, and so connections at most; 32 if zero
	UserAgent   string
	RootCAs     *x509.CertPool // nil: the system's

	// DialContext connects to a host; nil: TCP.
	DialContext func(ctx context.Context, network, address string) (net.Conn, error)
	// Proxy chooses a proxy for HTTPS; nil: the environment's (HTTPS_PROXY,
	// NO_PROXY). Plain HTTP goes through none.
	Proxy func(*http.Request) (*url.URL, error)
}

// Client calls the API. It is safe for concurrent use. Make it with New.
type Client struct {
	transport *http.Transport // itself: an http.Client would look at redirects first
	base      string
	key       Key
	redact    *safe.Redactor
	timeout   time.Duration
	userAgent string
}

const (
	// maxTrack is the largest answer about one track, and maxPage the largest page
	// of the listing (see maxList), in bytes after decompression.
	maxTrack = 1 << 20
	maxPage  = 64 << 20
	// pageShare is what each track that a page is asked for adds to its bound:
	// a hundred times what an ordinary one takes.
	pageShare = 64 << 10
	// tracksPerAsked is how many tracks a page may hold for each that was asked for.
	tracksPerAsked = 1000
	// maxErrorBody is how much of an error is read: a proxy's page may be long.
	maxErrorBody = 64 << 10
	// maxDrain is how much of an unneeded answer is read so that its connection can
	// be reused.
	maxDrain = 64 << 10
)

// New returns a client. It refuses a base URL to which the key must not be sent.
func New(c Config) (*Client, error) {
	if c.BaseURL == nil || c.Key.text() == "" {
		return nil, errors.New("a base URL and a key are needed")
	}
	if err := checkBase(c.BaseURL); err != nil {
		return nil, err
	}
	if c.Timeout <= 0 {
		c.Timeout = 30 * time.Second
	}
	if c.Concurrency <= 0 {
		c.Concurrency = 32
	}
	if c.BaseURL.Scheme == "https" && c.RootCAs == nil {
		// Load the system's certificates now. Later there may be no file descriptor
		// left, and then every certificate would look untrusted.
		_, _ = x509.SystemCertPool()
	}
	return &Client{
		transport: newTransport(c),
		base:      strings.TrimRight(c.BaseURL.String(), "/"),
		key:       c.Key,
		redact:    safe.NewRedactor(c.Key.text()),
		timeout:   c.Timeout,
		userAgent: c.UserAgent,
	}, nil
}

// CloseIdle closes the connections that no call uses.
func (c *Client) CloseIdle() { c.transport.CloseIdleConnections() }

// Update sends PUT /background_tracks/{id} with the fields of u that are not
// absent, and returns the track as the API answered it.
func (c *Client) Update(ctx context.Context, u track.Update) (track.Track, Answer, error) {
	body, err := encode(u.Values)
	if err != nil {
		return track.Track{}, Answer{}, &Error{Class: Permanent, Code: "internal_error", Message: "the row cannot be written as JSON", Err: err}
	}
	var got track.Track
	a, err := c.do(ctx, http.MethodPut, "/background_tracks/"+u.ID.String(), body, maxTrack, func(b []byte) (err error) {
		got, err = decodeTrack(b, u.ID)
		return err
	})
	return c.clean(got, err), a, err
}

// Get sends GET /background_tracks/{id}.
func (c *Client) Get(ctx context.Context, id track.ID) (track.Track, Answer, error) {
	var got track.Track
	a, err := c.do(ctx, http.MethodGet, "/background_tracks/"+id.String(), nil, maxTrack, func(b []byte) (err error) {
		got, err = decodeTrack(b, id)
		return err
	})
	return c.clean(got, err), a, err
}

// List sends GET /background_tracks for limit tracks, starting at offset. The API
// may answer with fewer although more are left, because the largest limit is not
// documented: advance the offset by what came back. An entry without a usable id is
// a track with the id 0, so that the offsets of the others stay right.
func (c *Client) List(ctx context.Context, limit, offset int) ([]track.Track, Answer, error) {
	query := url.Values{"pagination[limit]": {strconv.Itoa(limit)}, "pagination[offset]": {strconv.Itoa(offset)}}
	var got []track.Track
	a, err := c.do(ctx, http.MethodGet, "/background_tracks?"+query.Encode(), nil, maxList(limit), func(b []byte) (err error) {
		got, err = decodeTracks(b, maxTracks(limit))
		return err
	})
	if err != nil {
		return nil, a, err
	}
	for i := range got {
		got[i] = c.clean(got[i], nil)
	}
	return got, a, nil
}

// maxList is the largest page of limit tracks, in bytes, so that an endless answer
// cannot fill the memory. It leaves room for many more tracks than were asked for.
func maxList(limit int) int64 {
	share := min(max(limit, 0), maxPage/pageShare)
	return min(maxTrack+int64(share)*pageShare, maxPage)
}

// maxTracks is the largest page, in tracks. A service may ignore the limit and answer
// with all tracks.
func maxTracks(limit int) int { return tracksPerAsked * min(max(limit, 1), maxPage/pageShare) }

// clean redacts a track. Beside an error it returns an empty one.
func (c *Client) clean(t track.Track, err error) track.Track {
	if err != nil {
		return track.Track{}
	}
	t.Name, t.Hidden.Name = c.cleanField(t.Name)
	t.Media, t.Hidden.Media = c.cleanField(t.Media)
	if t.Volume.IsOdd() {
		t.Volume = track.Odd[int](c.redact.Text(t.Volume.String()))
	}
	if t.Project.IsOdd() {
		t.Project = track.Odd[track.ID](c.redact.Text(t.Project.String()))
	}
	return t
}

// cleanField redacts a field, and reports whether it held the key.
func (c *Client) cleanField(f track.Field[string]) (clean track.Field[string], hidden bool) {
	s, ok := f.Get()
	if !ok {
		return f, false
	}
	text := c.redact.Text(s)
	return track.Value(text), text != s
}

// do makes one request. decode is called with the body of a 2xx.
func (c *Client) do(ctx context.Context, method, path string, body []byte, limit int64, decode func([]byte) error) (Answer, error) {
	a := Answer{Started: time.Now()}
	timed, cancelTimed := context.WithTimeout(ctx, c.timeout)
	defer cancelTimed()
	attempt, cancel := context.WithCancelCause(timed)
	defer cancel(nil)
	one := tries{cancel: cancel}
	err := c.exchange(one.trace(attempt), method, path, body, limit, decode, &a)
	a.Duration = time.Since(a.Started)
	if err == nil {
		return a, nil
	}
	if one.replayed.Load() || isShortage(err) && one.left() {
		err = errReplay
	}
	e := c.classify(ctx, timed, a, err)
	if e.Err != nil {
		e.Err = cause{e.Err, plain(c.redact.Text(e.Err.Error()))}
	}
	if method == http.MethodPut {
		e.MayBeApplied = mayBeApplied(e, one.sent.Load())
	} else {
		e.MayBeApplied = false
	}
	return a, e
}

// exchange sends the request and reads its answer.
func (c *Client) exchange(ctx context.Context, method, path string, body []byte, limit int64, decode func([]byte) error, a *Answer) (err error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if body == nil {
		req.Body, req.GetBody, req.ContentLength = nil, nil, 0
	} else {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("X-Api-Key", c.key.text())
	if c.userAgent != "" {
		req.Header.Set("User-Agent", c.userAgent)
	}
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return err
	}
	a.Status = resp.StatusCode
	a.read(resp.Header)
	if asksToWait(*a) {
		tellEarly(ctx, *a)
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		// The body is the connection itself, and no time-out applies to it.
		_ = resp.Body.Close()
		return refusal(resp, nil, c.redact)
	}
	defer func() {
		// This only frees the connection for the next call, so errors don't matter.
		_, _ = io.CopyN(io.Discard, resp.Body, maxDrain)
		_ = resp.Body.Close()
	}()
	if resp.StatusCode/100 != 2 {
		b, err := read(resp.Body, maxErrorBody)
		if err != nil && !errors.Is(err, errTooLong) {
			b = nil // the status says enough
		}
		return refusal(resp, b, c.redact)
	}
	b, err := read(resp.Body, limit)
	if err != nil {
		return err
	}
	return decode(b)
}

var errTooLong = errors.New("too long")

// read reads all of r. If there are more than limit bytes, it returns the first
// limit of them and errTooLong.
func read(r io.Reader, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(b)) > limit {
		return b[:limit], errTooLong
	}
	return b, err
}

// encode writes the body of a PUT: a field that is absent is left out, and null
// is null.
func encode(v track.Values) ([]byte, error) {
	type project struct {
		ID track.ID `json:"id"`
	}
	type media struct {
		URL string `json:"url"`
	}
	var body struct {
		Name    track.Field[string]  `json:"name,omitzero"`
		Volume  track.Field[int]     `json:"volume,omitzero"`
		Project track.Field[project] `json:"project,omitzero"`
		Media   track.Field[media]   `json:"media,omitzero"`
	}
	body.Name, body.Volume = v.Name, v.Volume
	if id, ok := v.Project.Get(); ok {
		body.Project = track.Value(project{id})
	} else if v.Project.IsNull() {
		body.Project = track.Null[project]()
	}
	if u, ok := v.Media.Get(); ok {
		body.Media = track.Value(media{u})
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}
