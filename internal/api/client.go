package api

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
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
	requests  *requests
	redact    *safe.Redactor
	timeout   time.Duration
	dates     *dates
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
	requests, err := newRequests(c)
	if err != nil {
		return nil, errors.New("no request can be made to the base URL")
	}
	return &Client{
		transport: NewTransport(c),
		requests:  requests,
		redact:    safe.NewRedactor(c.Key.text()),
		timeout:   c.Timeout,
		dates:     new(dates),
	}, nil
}

// CloseIdle closes the connections that no call uses.
func (c *Client) CloseIdle() { c.transport.CloseIdleConnections() }

// Update sends PUT /background_tracks/{id} with the fields of u that are not
// absent, and returns the track as the API answered it.
func (c *Client) Update(ctx context.Context, u track.Update) (track.Track, Answer, error) {
	var got track.Track
	a, err := c.do(ctx, c.requests.update(&u), maxTrack, func(b []byte) (err error) {
		got, err = decodeTrack(b, u.ID, u.Values)
		return err
	})
	return c.clean(got, u.Values, err), a, err
}

// Get sends GET /background_tracks/{id}.
func (c *Client) Get(ctx context.Context, id track.ID) (track.Track, Answer, error) {
	var got track.Track
	a, err := c.do(ctx, c.requests.get(id), maxTrack, func(b []byte) (err error) {
		got, err = decodeTrack(b, id, track.Values{})
		return err
	})
	return c.clean(got, track.Values{}, err), a, err
}

// List sends GET /background_tracks for limit tracks, starting at offset. The API
// may answer with fewer although more are left, because the largest limit is not
// documented: advance the offset by what came back. An entry without a usable id is
// a track with the id 0, so that the offsets of the others stay right.
func (c *Client) List(ctx context.Context, limit, offset int) ([]track.Track, Answer, error) {
	var got []track.Track
	a, err := c.do(ctx, c.requests.list(limit, offset), maxList(limit), func(b []byte) (err error) {
		got, err = decodeTracks(b, maxTracks(limit))
		return err
	})
	if err != nil {
		return nil, a, err
	}
	for i := range got {
		got[i] = c.clean(got[i], track.Values{}, nil)
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

// clean redacts what a track has beyond the texts that were asked for: those are not the
// server's, and the caller has them. Beside an error it returns an empty track.
func (c *Client) clean(t track.Track, asked track.Values, err error) track.Track {
	if err != nil {
		return track.Track{}
	}
	t.Name, t.Hidden.Name = c.cleanField(t.Name, asked.Name)
	t.Media, t.Hidden.Media = c.cleanField(t.Media, asked.Media)
	if t.Volume.IsOdd() {
		t.Volume = track.Odd[int](c.redact.Text(t.Volume.String()))
	}
	if t.Project.IsOdd() {
		t.Project = track.Odd[track.ID](c.redact.Text(t.Project.String()))
	}
	return t
}

// cleanField redacts a field, and reports whether it held the key.
func (c *Client) cleanField(f, asked track.Field[string]) (clean track.Field[string], hidden bool) {
	s, ok := f.Get()
	if !ok || f == asked {
		return f, false
	}
	text := c.redact.Text(s)
	return track.Value(text), text != s
}

// do makes one request. decode is called with the body of a 2xx, which it must not
// keep.
func (c *Client) do(ctx context.Context, what call, limit int64, decode func([]byte) error) (Answer, error) {
	a := Answer{Started: time.Now()}
	w := workerOf(ctx)
	one := w.begin(ctx, c.timeout)
	err := c.exchange(one.of(&what, one.ctx), limit, decode, &a)
	a.Duration = time.Since(a.Started)
	defer w.end(one, err == nil)
	if err == nil {
		return a, nil
	}
	if one.replayed.Load() || isShortage(err) && one.left() {
		err = errReplay
	}
	e := c.classify(ctx, context.Cause(one.ctx) == context.DeadlineExceeded, a, err)
	if e.Err != nil {
		e.Err = cause{e.Err, plain(c.redact.Text(e.Err.Error()))}
	}
	if what.like.Method == http.MethodPut {
		e.MayBeApplied = mayBeApplied(e, one.sent.Load())
	} else {
		e.MayBeApplied = false
	}
	return a, e
}

// exchange sends the request and reads its answer.
func (c *Client) exchange(r *http.Request, limit int64, decode func([]byte) error, a *Answer) (err error) {
	resp, err := c.transport.RoundTrip(r)
	if err != nil {
		return err
	}
	a.Status = resp.StatusCode
	a.read(resp.Header, c.dates)
	if asksToWait(*a) {
		tellEarly(r.Context(), *a)
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		// The body is the connection itself, and no time-out applies to it.
		_ = resp.Body.Close()
		return statusError(resp, nil, c.redact)
	}
	body := newBody()
	defer body.free()
	if resp.StatusCode/100 != 2 {
		b, err := body.read(resp, maxErrorBody)
		if err != nil && !errors.Is(err, errTooLong) {
			b = nil // the status says enough
		}
		return statusError(resp, b, c.redact)
	}
	b, err := body.read(resp, limit)
	if err != nil {
		return err
	}
	return decode(b)
}
