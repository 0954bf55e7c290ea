package api

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// proxyError means that the proxy cannot be used. Its text is for people.
type proxyError struct {
	text  string
	setup bool // see Error.Setup
}

func (e *proxyError) Error() string { return e.text }

// NewTransport returns a transport that connects as a Client does: through the same proxies, and over
// plain HTTP to this machine only.
func NewTransport(c Config) *http.Transport {
	t := &http.Transport{
		DialContext:         c.DialContext,
		TLSClientConfig:     &tls.Config{RootCAs: c.RootCAs, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: 10 * time.Second,
		ForceAttemptHTTP2:   true,
		MaxIdleConns:        c.Concurrency,
		MaxIdleConnsPerHost: c.Concurrency, // 2 unless told otherwise: every call beyond would connect anew
		// Without a limit, calls that start together dial new connections even while
		// others become idle.
		MaxConnsPerHost:        c.Concurrency,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
	choose := c.Proxy
	if choose == nil {
		choose = environmentProxy
	}
	t.Proxy = func(r *http.Request) (*url.URL, error) {
		if r.URL.Scheme != "https" {
			return nil, nil // it would be told the key in clear
		}
		u, err := choose(r)
		if err != nil {
			// Don't show the error: it quotes the address, which may hold a password.
			return nil,
				&proxyError{"the proxy's address cannot be read (see HTTPS_PROXY): it looks like http://host:3128",
					true}
		}
		return u, nil
	}
	t.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
		if answer.StatusCode == http.StatusOK {
			return nil
		}
		return proxyRefusal(answer.StatusCode)
	}
	if t.DialContext == nil {
		d := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
		if c.BaseURL.Scheme == "http" {
			d.Control = onlyLoopback
		}
		t.DialContext = d.DialContext
	}
	t.DialContext = metering(t.DialContext)
	return t
}

// environmentProxy is http.ProxyFromEnvironment for HTTPS, but an address that cannot
// be parsed is an error. net/http would silently connect without a proxy.
func environmentProxy(r *http.Request) (*url.URL, error) {
	u, err := http.ProxyFromEnvironment(r)
	if u != nil || err != nil {
		return u, err
	}
	for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
		if _, err := readProxy(os.Getenv(name)); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// readProxy parses an address as net/http does: the default scheme is http.
func readProxy(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return url.Parse("http://" + address)
	}
	return u, nil
}

// proxyRefusal is the error for a proxy that refuses to connect. A 5xx is temporary.
func proxyRefusal(status int) *proxyError {
	e := &proxyError{text: strings.TrimSpace(fmt.Sprintf("the proxy refused to connect: %d %s", status,
		http.StatusText(status))), setup: status < 500}
	switch status {
	case http.StatusProxyAuthRequired:
		e.text += "; put the user and password that it wants into HTTPS_PROXY"
	case http.StatusForbidden:
		e.text += "; whoever runs it must allow this host"
	}
	return e
}

// errNotLocal means that a connection would leave this machine.
var errNotLocal = errors.New("plain HTTP is for this machine only, and the name leads to another")
