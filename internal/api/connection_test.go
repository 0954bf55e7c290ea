package api

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// secured is a server with a certificate for 127.0.0.1, after the changes of
// edit, and the pool that trusts it.
func secured(t *testing.T, edit func(*x509.Certificate), h http.HandlerFunc) (*httptest.Server, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IsCA: true, BasicConstraintsValid: true,
		IPAddresses: []net.IP{net.ParseIP("127.0.0.1")},
		NotBefore:   time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	edit(template)
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	s := httptest.NewUnstartedServer(h)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // it is told of every handshake that fails
	s.StartTLS()
	t.Cleanup(s.Close)
	return s, pool
}

// Why there is no connection: in a person's words, and whether waiting can mend
// it.
func TestNoConnection(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	ok := answer(200, `{"id":17}`)
	good, goodPool := secured(t, func(*x509.Certificate) {}, ok)
	expired, expiredPool := secured(t, func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
			time.Date(2021, 2, 3, 0, 0, 0, 0, time.UTC)
	}, ok)
	early, earlyPool := secured(t, func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Now().AddDate(50, 0, 0), time.Now().AddDate(60, 0, 0)
	}, ok)
	other, otherPool := secured(t, func(c *x509.Certificate) {
		c.IPAddresses, c.DNSNames = nil, []string{"a.example", "b\x1b[31m.example", "c.example", "d.example"}
	}, ok)
	nobody, nobodyPool := secured(t, func(c *x509.Certificate) { c.IPAddresses = nil }, ok)
	plain := serve(t, ok)

	trusting := func(pool *x509.CertPool) func(*Config) { return func(c *Config) { c.RootCAs = pool } }
	proxied := func(status int) func(*Config) {
		to := serve(t, answer(status, "<html>no</html>")).URL
		return func(c *Config) { c.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse(to) } }
	}
	resolving := func(e net.DNSError) func(*Config) {
		return func(c *Config) {
			c.DialContext = func(context.Context, string, string) (net.Conn, error) {
				return nil, &net.OpError{Op: "dial", Err: &e}
			}
		}
	}
	tests := []struct {
		name, base    string
		edit          func(*Config)
		code, message string
		setup         bool
	}{
		{"refused", "http://" + closed.Addr().String(), nil, "connection_refused", "nothing listens there", false},
		{"unknown authority", good.URL, nil, "tls", "--ca-file", true},
		{"another host", strings.Replace(good.URL, "127.0.0.1", "localhost", 1),
			trusting(goodPool), "tls", `for another host (127.0.0.1), not for "localhost"`, true},
		{"many other hosts", other.URL, trusting(otherPool), "tls", `\x1b[31m.example", "c.example", and 1 more)`,
			true},
		{"no host", nobody.URL, trusting(nobodyPool), "tls", "it names none", true},
		{"expired", expired.URL, trusting(expiredPool), "tls", "expired on 2021-02-03", true},
		{"not valid yet", early.URL, trusting(earlyPool), "tls", "valid only from", true},
		{"no TLS", strings.Replace(plain.URL, "http:", "https:", 1), nil, "tls",
			"does not speak HTTPS on this port: check", true},
		{"no such host", "https://api.invalid",
			resolving(net.DNSError{Err: "no such host", Name: "api.invalid", IsNotFound: true}),
			"dns", `"api.invalid" was not found: check the base URL`, false},
		{"no name service", "https://api.invalid",
			resolving(net.DNSError{Err: "server misbehaving", Name: "api.invalid", IsTemporary: true}),
			"dns", "the name service does not answer", false},
		{"a slow name service", "https://api.invalid",
			resolving(net.DNSError{Err: "i/o timeout", Name: "api.invalid", IsTimeout: true}),
			"timeout", "the name service does not answer", false},
		{"proxy is away", "https://api.invalid", func(c *Config) {
			c.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse("http://" + closed.Addr().String()) }
		}, "proxy", "the proxy cannot be reached (see HTTPS_PROXY)", false},
		{"proxy wants a password", "https://api.invalid", proxied(407), "proxy",
			"407 Proxy Authentication Required; put the user", true},
		{"proxy forbids", "https://api.invalid", proxied(403), "proxy", "must allow this host", true},
		{"proxy fails", "https://api.invalid", proxied(502), "proxy", "refused to connect: 502 Bad Gateway", false},
		{"proxy answers with a page", "https://api.invalid", proxied(200), "tls", "does not speak HTTPS", true},
		{"proxy with a password that cannot be read", "https://api.invalid", func(c *Config) {
			c.Proxy = func(*http.Request) (*url.URL, error) {
				return nil, fmt.Errorf("invalid proxy address %q", "http://me:hunter22@%%")
			}
		}, "proxy", "the proxy's address cannot be read", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newClient(t, tt.base, tt.edit)
			_, a, err := put(t, c)
			e := asError(t, err)
			if e.Class != Retryable || e.Code != tt.code || !e.Transport || e.Setup != tt.setup {
				t.Errorf("%q %q, transport %v, setup %v; want %q, setup %v", e.Class, e.Code, e.Transport, e.Setup,
					tt.code, tt.setup)
			}
			if !strings.Contains(e.Message, tt.message) || strings.ContainsAny(e.Message, "\x1b\n") {
				t.Errorf("message %q, want %q in it", e.Message, tt.message)
			}
			if e.MayBeApplied || a.Status != 0 {
				t.Errorf("may be applied %v, status %d: nothing was sent", e.MayBeApplied, a.Status)
			}
			if all := e.Message + fmt.Sprint(e.Err); strings.Contains(all, "hunter22") ||
				strings.Contains(e.Message, "Put ") {
				t.Errorf("message %q, cause %q", e.Message, e.Err)
			}
		})
	}
}

// An address that cannot be read is none that may be left out.
func TestProxyOfEnvironment(t *testing.T) {
	for address, ok := range map[string]bool{
		"": true, "http://proxy:3128": true, "proxy:3128": true, "user:pass@proxy": true, "socks5://proxy": true,
		"http://me:hunter22%%@proxy": false, "me:%%@proxy": false, "[::1": false,
	} {
		if _, err := readProxy(address); (err == nil) != ok {
			t.Errorf("%q: %v, want readable %v", address, err, ok)
		}
	}
}

// What a server may do in HTTP/2 that no handler can: frames after the first
// request's.
func TestHTTP2Breaks(t *testing.T) {
	frame := func(kind byte, stream byte, payload ...byte) string {
		return string([]byte{0, 0, byte(len(payload)), kind, 0, 0, 0, 0, stream}) + string(payload)
	}
	const reset, goAway, settings = 3, 7, 4
	tests := []struct {
		name, frames, code string
		hold               bool
	}{
		{"reset", frame(reset, 1, 0, 0, 0, 2), "connection_lost", true},
		{"go away, and gone", frame(goAway, 0, 0, 0, 0, 1, 0, 0, 0, 2), "connection_lost", false},
		{"garbage", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "connection", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, pool := secured(t, func(*x509.Certificate) {}, nil)
			base, _ := rawHTTP2(t, s.TLS.Certificates, frame(settings, 0)+tt.frames, tt.hold)
			c := newClient(t, base, func(c *Config) { c.RootCAs, c.Timeout = pool, 5*time.Second })
			_, _, err := put(t, c)
			e := asError(t, err)
			if e.Class != Retryable || !strings.HasPrefix(e.Code, tt.code) || !e.Transport || !e.MayBeApplied {
				t.Errorf("%q %q %q, transport %v, may be applied %v", e.Class, e.Code, e.Message, e.Transport,
					e.MayBeApplied)
			}
		})
	}
}

// rawHTTP2 is a server that takes a preface and a request's header, writes
// frames, and then goes, unless hold is set: then it waits for the client to go.
// It counts the requests.
func rawHTTP2(t *testing.T, certificates []tls.Certificate, frames string, hold bool) (base string,
	requests *atomic.Int64) {
	t.Helper()
	requests = new(atomic.Int64)
	secure := &tls.Config{Certificates: certificates, NextProtos: []string{"h2"}}
	addr := accept(t, secure, func(conn net.Conn) {
		if _, err := io.CopyN(io.Discard, conn, int64(len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))); err != nil {
			return
		}
		for nextHeaders(conn) {
			if requests.Add(1) > 1 {
				continue
			}
			_, _ = io.WriteString(conn, frames)
			if !hold {
				return
			}
		}
	})
	return "https://" + addr, requests
}

// nextHeaders reads up to the end of the next frame of headers, which is of kind
// 1. False: the client has gone.
func nextHeaders(conn net.Conn) bool {
	for head := make([]byte, 9); head[3] != 1; {
		if _, err := io.ReadFull(conn, head); err != nil {
			return false
		}
		if _, err := io.CopyN(io.Discard, conn, int64(head[0])<<16+int64(head[1])<<8+int64(head[2])); err != nil {
			return false
		}
	}
	return true
}
