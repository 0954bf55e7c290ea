package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tracksync/internal/testkit"
)

func TestParseKey(t *testing.T) {
	for _, good := range []string{testKey, testKey + "\n", "  " + testKey + "\r\n", testKey + "\t"} {
		if k, err := ParseKey(good); err != nil || k.text() != testKey {
			t.Errorf("%q: %q, %v", good, k.text(), err)
		}
	}
	for name, bad := range map[string]string{
		"empty": "", "blank": " \n", "short": "hunter2", "inner blank": "write_one two",
		"two lines": "write_one\nwrite_two",
		"control":   "write_\x00one", "not ASCII": "write_schlüssel", "invisible": "write_one\u200b",
		"endless": strings.Repeat("k", 5000),
	} {
		_, err := ParseKey(bad)
		if err == nil {
			t.Errorf("%s: taken", name)
		} else if s := strings.TrimSpace(bad); s != "" && strings.Contains(err.Error(), s) {
			t.Errorf("%s: the error holds the text: %v", name, err)
		}
	}
}

func TestParseBaseURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://h.example/v1": "https://h.example/v1", "https://h.example/v1//": "https://h.example/v1",
		" https://h.example ":           "https://h.example",
		"https://h.example:8443/a%2Fb/": "https://h.example:8443/a%2Fb",
		"HTTPS://API.Example:8443/V1":   "https://api.example:8443/V1", "http://LOCALHOST/v1": "http://localhost/v1",
		"http://localhost:80/v1": "http://localhost:80/v1", "http://127.8.8.8/v1": "http://127.8.8.8/v1",
		"http://[::1]:9/v1": "http://[::1]:9/v1",
	} {
		u, err := ParseBaseURL(in)
		if err != nil || u.String() != want {
			t.Errorf("%q: %v, %v", in, u, err)
		}
	}
	for _, bad := range []string{
		"", "h.example/v1", "https://", "https:h.example", "ftp://h.example", "file:///etc/passwd",
		"https://h.example/v1?x=1", "https://h.example?",
		"https://h.example/#top", "http://h.example/v1", "http://10.0.0.1/v1", "http://localhost.evil.example",
		"http://127.0.0.1.evil.example",
		"http://127.0.0.1:/v1", "https://h.example:0/v1", "https://h.example:65536", "https://[::1]:/",
		"http://0.0.0.0/v1", "https://%zz", "https://me:hunter22@h.example", "http://localhost@h.example/", testKey,
	} {
		u, err := ParseBaseURL(bad)
		if err == nil {
			t.Errorf("%q: taken as %v", bad, u)
		} else if strings.Contains(err.Error(), "hunter22") || strings.Contains(err.Error(), testKey) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, u := range []*url.URL{nil, {Scheme: "http", Host: "h.example"},
		{Scheme: "https", Host: "h.example", User: url.User("me")}, {Scheme: "ftp", Host: "h.example"}} {
		if _, err := New(Config{BaseURL: u, Key: mustKey(t, testKey)}); err == nil {
			t.Errorf("New took %v", u)
		}
	}
}

// However it is printed, a key is not there.
func TestKeyIsNotPrinted(t *testing.T) {
	c := newClient(t, "https://h.example/v1", nil)
	k := mustKey(t, testKey)
	config := Config{Key: k}
	e := &Error{Err: cause{fmt.Errorf("read %s", testKey), "read"}}
	for _, v := range []any{k, &k, config, &config, c, *c, e, *e, []Key{k}, map[string]Key{"k": k},
		struct{ hidden Key }{k}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			if s := fmt.Sprintf(verb, v); holds(s, testKey) {
				t.Errorf("%T with %s: %s", v, verb, s)
			}
		}
	}
	b, err := json.Marshal(struct{ Key Key }{k})
	if want := `{"Key":"[redacted]"}`; err != nil || string(b) != want {
		t.Errorf("JSON %s, %v", b, err)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "key", k)
	if holds(log.String(), testKey) {
		t.Error(log.String())
	}
}

// holds reports whether s holds the key in one of the forms of testkit.Encodings.
func holds(s, key string) bool {
	for _, form := range testkit.Encodings(key) {
		if strings.Contains(strings.ToLower(s), strings.ToLower(form)) {
			return true
		}
	}
	return false
}

// The forms of a key that a server may put anywhere are nowhere in what comes
// back, nor are long parts of it where a text was cut.
func TestKeyIsRedacted(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	keys := []string{testKey, `write_"quo\ted"`, "write_a+b/c=&%41<>'", "AAAAAAAA", "write_$1.*[x](y)"}
	for range 2 {
		b := make([]byte, 8+r.IntN(40))
		for i := range b {
			b[i] = byte('!' + r.IntN('~'-'!'+1))
		}
		keys = append(keys, string(b))
	}
	for _, key := range keys {
		forms := append(testkit.Encodings(key),
			base64.StdEncoding.EncodeToString([]byte("u:"+key+":")),
			base64.URLEncoding.EncodeToString([]byte("me"+key)), base64.StdEncoding.EncodeToString([]byte("x"+key+"y")))
		for i, form := range forms {
			check := func(where string, texts ...string) {
				t.Helper()
				for _, s := range texts {
					if holds(s, key) || strings.Contains(s, form[:min(len(form), 24)]) && len(form) >= 24 {
						t.Errorf("form %d of key %q in %s: %s", i, key, where, s)
					}
				}
			}
			for _, h := range echoes(form) {
				s := serve(t, h.handler)
				c := newClient(t, s.URL, func(c *Config) { c.Key = mustKey(t, key) })
				got, _, err := put(t, c)
				name, _ := got.Name.Get()
				media, _ := got.Media.Get()
				check(h.name+", track", name, media)
				if err != nil {
					e := asError(t, err)
					check(h.name+", error", e.Message, e.Field, e.Code, fmt.Sprint(e.Err), fmt.Sprintf("%+v", *e),
						fmt.Sprintf("%#v", e))
				} else if name == "" {
					t.Errorf("%s: neither a track nor an error", h.name)
				}
				list, _, _ := c.List(context.Background(), 1, 0)
				for _, l := range list {
					check(h.name+", list", l.Name.String(), l.Media.String())
				}
				s.Close()
				c.CloseIdle()
			}
		}
	}
}

type echo struct {
	name    string
	handler http.HandlerFunc
}

func echoes(form string) []echo {
	text := func(v any) string { b, _ := json.Marshal(v); return string(b) }
	pad := strings.Repeat("é", maxText-8)
	return []echo{
		{"track", func(w http.ResponseWriter, r *http.Request) {
			t := map[string]any{"id": 17, "name": "n " + form,
				"media": map[string]string{"url": "https://h.example/" + form}}
			if r.Method == http.MethodPut {
				_, _ = io.WriteString(w, text(t))
			} else {
				_, _ = io.WriteString(w, text([]any{t}))
			}
		}},
		{"message", answer(422, text(map[string]any{"message": "bad " + form}))},
		{"at the cut", answer(422, text(map[string]any{"message": pad + form}))},
		{"errors",
			answer(422,
				text(map[string]any{"errors": []any{map[string]any{"location": form, "message": form, form: form},
					map[string]any{form: form}}}))},
		{"any value", answer(500, text(map[string]any{"message": map[string]any{form: []string{form}}}))},
		{"page", answer(200, "<html>"+form)},
		{"text", answer(200, form)},
		{"location", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://"+url.PathEscape(form)+".h.example/"+url.PathEscape(form))
			w.WriteHeader(302)
		}},
		{"header", func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n"+strings.Repeat("x", maxText-90)+form+"\r\n\r\n")
				_ = conn.Close()
			}
		}},
		{"status line", func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_, _ = io.WriteString(conn, "HTTP/1.1 "+form+"\r\n\r\n")
				_ = conn.Close()
			}
		}},
	}
}
