// Package webhook posts a short text to the incoming webhook of a chat: Slack, Mattermost, Google
// Chat, Microsoft Teams, and whatever else takes one of their two formats.
//
// The URL of a webhook is a secret: whoever has it can write to the chat. No error of this package
// contains it. There is one request for a text, of at most ten seconds, and no redirect is followed.
// Plain HTTP is for this machine only. The proxies are those of package api.
package webhook

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/safe"
)

const (
	// patience is how long a request may take.
	patience = 10 * time.Second
	// maxAnswer is the most bytes that are read of an answer. What a chat says is shorter.
	maxAnswer = 200
)

// Hook is the webhook of a chat.
type Hook struct {
	URL       *url.URL       // from Parse
	RootCAs   *x509.CertPool // nil: the system's
	UserAgent string
	// DialContext connects to a host; nil: TCP.
	DialContext func(ctx context.Context, network, address string) (net.Conn, error)
}

// Parse parses the URL of a webhook.
func Parse(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil || u.Hostname() == "" || u.User != nil:
	case u.Scheme == "https", u.Scheme == "http" && api.IsLoopback(u.Hostname()):
		return u, nil
	case u.Scheme == "http":
		return nil, errors.New("it would be sent over plain HTTP, which is for this machine only")
	}
	return nil, errors.New("it is not the URL of a webhook")
}

// Post sends a text. If ctx ends, it gives up.
func (h Hook) Post(ctx context.Context, text string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, fmt.Errorf("there was no answer within %v", patience))
	defer cancel()
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(message(h.URL, text)); err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL.String(), &body)
	if err != nil {
		return errors.New("no request can be made to its URL") // err repeats it
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", h.UserAgent)
	transport := api.NewTransport(api.Config{
		BaseURL: h.URL, RootCAs: h.RootCAs, DialContext: h.DialContext, Concurrency: 1,
	})
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(request) // itself: an http.Client follows redirects, and its errors have the URL
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return err
	}
	defer answer.Body.Close() // what is left of it does not matter
	if answer.StatusCode/100 != 2 {
		return refusal(answer)
	}
	return nil
}

// refusal says why a chat did not take a text, in its own words if they are short.
func refusal(answer *http.Response) error {
	text := strings.TrimSpace(fmt.Sprintf("the answer was %d %s", answer.StatusCode, http.StatusText(answer.StatusCode)))
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if said := strings.TrimSpace(string(body)); err == nil && said != "" && len(body) < maxAnswer && said[0] != '<' {
		text += ": " + safe.CutLine(said, maxAnswer)
	}
	return errors.New(text)
}
