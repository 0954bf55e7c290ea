package webhook

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const path = "/services/T0000/B1111/sEcReT"

func parse(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestParse(t *testing.T) {
	for _, good := range []string{"https://hooks.slack.com" + path, " https://h/x?sig=1\n", "http://127.0.0.1:8065/hooks/x",
		"http://localhost/x", "http://[::1]:1/x", "https://h"} {
		parse(t, good)
	}
	for _, bad := range []string{"", "sEcReT", "http://hooks.example.com" + path, "ftp://h" + path, "https://me:sEcReT@h/",
		"https://" + path, "https://a b/sEcReT", "https://h/%zzsEcReT", "//h" + path, "mailto:sEcReT@h"} {
		if u, err := Parse(bad); err == nil || u != nil || strings.Contains(err.Error(), "sEcReT") {
			t.Errorf("%q: %v, %v", bad, u, err)
		}
	}
}

// Every answer is final: one request, and no redirect. An error has the chat's own words, but no URL.
func TestPost(t *testing.T) {
	for _, tc := range []struct {
		status     int
		body, want string // want "": no error
	}{
		{200, "ok", ""},
		{202, "", ""},
		{404, "no_service\n", "the answer was 404 Not Found: no_service"},
		{403, "\x1b[31mchannel_is_archived", "the answer was 403 Forbidden: \\x1b[31mchannel_is_archived"},
		{500, "<html>oops</html>", "the answer was 500 Internal Server Error"},
		{400, strings.Repeat("x", maxAnswer), "the answer was 400 Bad Request"},
		{307, "", "the answer was 307 Temporary Redirect"},
		{799, "", "the answer was 799"},
	} {
		requests := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			requests++
			body, err := io.ReadAll(r.Body)
			if err != nil || r.Method != http.MethodPost || r.URL.Path != path || r.UserAgent() != "me/1" ||
				r.Header.Get("Content-Type") != "application/json" || string(body) != `{"text":"1 < 2\nüber"}`+"\n" {
				t.Errorf("%s %s %v: %s, %v", r.Method, r.URL, r.Header, body, err)
			}
			w.Header().Set("Location", path)
			w.WriteHeader(tc.status)
			_, _ = io.WriteString(w, tc.body)
		}))
		said := ""
		if err := (Hook{URL: parse(t, server.URL+path), UserAgent: "me/1"}).Post(t.Context(), "1 < 2\nüber"); err != nil {
			said = err.Error()
		}
		if said != tc.want || requests != 1 {
			t.Errorf("%d: %q, %d requests", tc.status, said, requests)
		}
		server.Close()
	}
}

func TestNobodyListens(t *testing.T) {
	server := httptest.NewServer(nil)
	u := parse(t, server.URL+path)
	server.Close()
	err := Hook{URL: u}.Post(t.Context(), "x")
	if err == nil || !strings.Contains(err.Error(), "connect") || strings.Contains(err.Error(), "sEcReT") {
		t.Error(err)
	}
}

// A server that takes the request and never answers costs ten seconds, and less if ctx ends before.
func TestPatience(t *testing.T) {
	for _, tc := range []struct {
		ends, want time.Duration
		says       string
	}{
		{time.Hour, 10 * time.Second, "there was no answer within 10s"},
		{3 * time.Second, 3 * time.Second, context.Canceled.Error()},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			time.AfterFunc(tc.ends, cancel)
			deaf := func(context.Context, string, string) (net.Conn, error) {
				near, far := net.Pipe()
				go func() { _, _ = io.Copy(io.Discard, far) }()
				return near, nil
			}
			began := time.Now()
			err := Hook{URL: parse(t, "http://127.0.0.1"+path), DialContext: deaf}.Post(ctx, "x")
			if took := time.Since(began); took != tc.want || err == nil || err.Error() != tc.says {
				t.Errorf("%v after %v", err, took)
			}
		})
	}
}

// A name that leads to another machine gets nothing over plain HTTP, whatever it is.
func TestPlainHTTPStaysHere(t *testing.T) {
	u := parse(t, "http://localhost:9"+path)
	u.Host = "192.0.2.1:9" // as if the name led there
	if err := (Hook{URL: u}).Post(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), "plain HTTP") {
		t.Error(err)
	}
}

func TestMessage(t *testing.T) {
	const card = `{"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","content":` +
		`{"$schema":"http://adaptivecards.io/schemas/adaptive-card.json","type":"AdaptiveCard","version":"1.2","body":[` +
		`{"type":"TextBlock","text":"one","wrap":true,"spacing":"Small","weight":"Bolder"},` +
		`{"type":"TextBlock","text":"two","wrap":true,"spacing":"Small"}],"msteams":{"width":"Full"}}}]}`
	for text, want := range map[string]string{
		"https://hooks.slack.com/services/T/B/x":                                       `{"text":"one\ntwo"}`,
		"https://chat.example.com/hooks/x":                                             `{"text":"one\ntwo"}`,
		"https://chat.googleapis.com/v1/spaces/A/messages?key=K&token=T":               `{"text":"one\ntwo"}`,
		"https://notlogic.azure.com.example.com/x":                                     `{"text":"one\ntwo"}`,
		"https://contoso.webhook.office.com/webhookb2/1@2/IncomingWebhook/3/4":         card,
		"https://prod-1.westus.LOGIC.azure.com:443/workflows/1/triggers/manual/x":      card,
		"https://d.06.environment.api.powerplatform.com:443/powerautomate/x?sig=1":     card,
		"https://logic.example.us/workflows/1/triggers/manual/paths/invoke?sp=%2F&s=1": card,
	} {
		got, err := json.Marshal(message(parse(t, text), "one\ntwo"))
		if err != nil || string(got) != want {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
}

func TestAuthorities(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	own := x509.NewCertPool()
	own.AddCert(server.Certificate())
	if err := (Hook{URL: parse(t, server.URL+path), RootCAs: own}).Post(t.Context(), "x"); err != nil {
		t.Error(err)
	}
	err := Hook{URL: parse(t, server.URL+path), RootCAs: x509.NewCertPool()}.Post(t.Context(), "x")
	if err == nil || !strings.Contains(err.Error(), "certificate") || strings.Contains(err.Error(), "sEcReT") {
		t.Error(err)
	}
}
