package sync

import (
	"context"
	"crypto/x509"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/sandbox"
	"tracksync/internal/track"
)

// The effects of network faults on a run, through the real client. A temporary fault
// costs time and no row. A fault from the start is reported soon.
func TestNetworkFails(t *testing.T) {
	noHost := &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "localhost", IsNotFound: true}}
	noNames := &net.OpError{Op: "dial",
		Err: &net.DNSError{Err: "server misbehaving", Name: "localhost", IsTemporary: true}}
	wrongHost := x509.HostnameError{Certificate: &x509.Certificate{DNSNames: []string{"other.example"}},
		Host: "localhost"}
	const rowCount = 400
	tests := []struct {
		name        string
		fault       error
		from, until time.Duration
		reason      Reason
		updated     int
		message     string
		most        time.Duration
	}{
		{"names are not known for a while", noHost, 3 * time.Second, 43 * time.Second, Completed, rowCount, "",
			60 * time.Second},
		{"no name service for a while", noNames, 3 * time.Second, 43 * time.Second, Completed, rowCount, "",
			60 * time.Second},
		{"a network that comes up late", noNames, 0, 20 * time.Second, Completed, rowCount, "", 40 * time.Second},
		{"a host that is not there", noHost, 0, time.Hour, Outage, 0, "was not found: check the base URL",
			31 * time.Second},
		{"a certificate is exchanged", wrongHost, 3 * time.Second, 43 * time.Second, Completed, rowCount, "",
			60 * time.Second},
		{"a certificate of another host", wrongHost, 0, time.Hour, WrongServer, 0, `for another host ("other.example")`,
			time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				client := faultyClient(t, func() error {
					if at := time.Since(begun); at >= tt.from && at < tt.until {
						return tt.fault
					}
					return nil
				})
				sink := &recorder{}
				random := rand.New(rand.NewPCG(3, 4)).Float64
				end, err := New(client, sink, Options{Rate: 50, Random: random}).Run(t.Context(), rows(rowCount), sink)
				if err != nil {
					t.Fatal(err)
				}
				want(t, sink, map[track.Status]int{track.Updated: tt.updated,
					track.NotAttempted: rowCount - tt.updated})
				if end.Reason != tt.reason || !strings.Contains(end.Message, tt.message) {
					t.Errorf("ended %q %q, want %q with %q", end.Reason, end.Message, tt.reason, tt.message)
				}
				if took := time.Since(begun); took > tt.most {
					t.Errorf("took %v, want at most %v", took, tt.most)
				}
			})
		})
	}
}

// faultyClient is a client of a sandbox. Each of its calls opens a new connection, or
// meets the present fault.
func faultyClient(t *testing.T, fault func() error) *api.Client {
	t.Helper()
	box, err := sandbox.New(sandbox.Config{Exists: func(int64) bool { return true }})
	if err != nil {
		t.Fatal(err)
	}
	alone := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		box.ServeHTTP(w, r)
	}
	return clientOf(t, alone, fault, nil)
}

// clientOf is a client of a server in this process. Each connection meets the present
// fault. wrap, if not nil, wraps the client's side of it.
func clientOf(t *testing.T, answer http.HandlerFunc, fault func() error, wrap func(net.Conn) net.Conn) *api.Client {
	t.Helper()
	listener, dial := sandbox.Pipe()
	server := &http.Server{Handler: answer}
	go func() { _ = server.Serve(listener) }() // ends with ErrServerClosed
	base, err := api.ParseBaseURL("http://localhost/v1")
	if err != nil {
		t.Fatal(err)
	}
	key, err := api.ParseKey("write_network")
	if err != nil {
		t.Fatal(err)
	}
	client, err := api.New(api.Config{
		BaseURL: base, Key: key,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if err := fault(); err != nil {
				return nil, err
			}
			conn, err := dial(ctx, network, address)
			if err == nil && wrap != nil {
				conn = wrap(conn)
			}
			return conn, err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.CloseIdle(); _ = server.Close() })
	return client
}
