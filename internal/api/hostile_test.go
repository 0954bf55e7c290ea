package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"tracksync/internal/track"
)

// answer writes status and body, with headers as "Name: value".
func answer(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, h := range headers {
			name, v, _ := strings.Cut(h, ": ")
			w.Header().Set(name, v)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func bomb() string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, `{"id":17,"name":"`)
	_, _ = io.CopyN(z, zeros{}, 16<<20)
	_ = z.Close()
	return b.String()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

func endless(w http.ResponseWriter, _ *http.Request) {
	_, _ = io.WriteString(w, `{"id":17,"name":"`)
	some := bytes.Repeat([]byte("a"), 32<<10)
	for {
		if _, err := w.Write(some); err != nil {
			return
		}
	}
}

// Whatever a server sends, an answer costs a few times the longest that is read
// of it.
func TestCostOfAnswers(t *testing.T) {
	packed := bomb() // made before it is measured
	for name, h := range map[string]http.HandlerFunc{
		"endless":            endless,
		"an endless refusal": func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(422); endless(w, r) },
		"a gigabyte": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000000000")
			endless(w, r)
		},
		"gzip bomb":           answer(200, packed, "Content-Encoding: gzip"),
		"refusing gzip bomb":  answer(422, packed, "Content-Encoding: gzip"),
		"very many fields":    answer(200, `{"id":17`+strings.Repeat(`,"a":1`, 170_000)+`}`),
		"very deep":           answer(200, `{"id":17,"name":`+strings.Repeat("[", 9000)+strings.Repeat("]", 9000)+`}`),
		"a number of a MB":    answer(200, `{"id":17,"volume":`+strings.Repeat("9", 1<<20-100)+`}`),
		"very many faults":    answer(422, `{"errors":[`+strings.Repeat(`{"location":"a"},`, 3800)+`{}]}`),
		"very many small key": answer(422, `{"message":{`+strings.Repeat(`"":1,`, 12_000)+`"":1}}`),
	} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, serve(t, h).URL, nil)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, _, _ = put(t, c)
			runtime.ReadMemStats(&after)
			if cost := after.TotalAlloc - before.TotalAlloc; cost > 12<<20 {
				t.Errorf("%d bytes were allocated", cost)
			}
		})
	}
}

// What an answer that is not the one asked for means for a PUT and a GET.
func TestAnswers(t *testing.T) {
	const html = "<!DOCTYPE html><title>503</title>"
	tests := []struct {
		name    string
		handler http.HandlerFunc
		class   Class
		code    string
		applied bool // of a PUT
		lost    bool // Transport
		message string
	}{
		{"401",
			answer(401,
				`{"type":"permission_error","message":"Authentication token was not recognized.","context":{}}`),
			Unauthorized, "unauthorized", false, false, "Authentication token was not recognized."},
		{"403", answer(403, ``), Forbidden, "forbidden", false, false, "403 Forbidden"},
		{"404", answer(404, `{"type":"not_found","message":"Not Found","context":{}}`), Permanent, "not_found", false,
			false, "Not Found"},
		{"429", answer(429, html), Throttled, "rate_limited", false, false, "429 Too Many Requests"},
		{"408", answer(408, ``), Retryable, "server_busy", false, false, "408"},
		{"425", answer(425, ``), Retryable, "server_busy", false, false, "425"},
		{"500", answer(500, `{"message":{"deep":[1,2]}}`), Retryable, "server_error", false, false, `{"deep":[1,2]}`},
		{"501", answer(501, ``), Permanent, "server_error", false, false, "501"},
		{"502", answer(502, html), Retryable, "gateway_error", true, false, "502 Bad Gateway (a page"},
		{"503", answer(503, html), Retryable, "server_error", false, false, "503 Service Unavailable (a page"},
		{"504", answer(504, ``), Retryable, "gateway_error", true, false, "504"},
		{"505", answer(505, ``), Permanent, "server_error", false, false, "505"},
		{"511", answer(511, html), Permanent, "server_error", false, false, "511"},
		{"520: lost behind a gateway", answer(520, html), Retryable, "gateway_error", true, false, "520"},
		{"521: refused behind a gateway", answer(521, html), Retryable, "gateway_error", false, false, "521"},
		{"522", answer(522, ``), Retryable, "gateway_error", true, false, "522"},
		{"523", answer(523, ``), Retryable, "gateway_error", false, false, "523"},
		{"524", answer(524, ``), Retryable, "gateway_error", true, false, "524"},
		{"525", answer(525, ``), Retryable, "gateway_error", false, false, "525"},
		{"526", answer(526, ``), Retryable, "gateway_error", false, false, "526"},
		{"527", answer(527, ``), Retryable, "gateway_error", true, false, "527"},
		{"530", answer(530, html), Retryable, "gateway_error", false, false, "530"},
		{"531", answer(531, ``), Permanent, "server_error", false, false, "531"},
		{"422 in both words", answer(422,
			`{"code":422,"message":"Invalid request body","errors":[{"location":"volume","message":"must be less `+
				`than or equal to 100"},`+
				`{"location":"name","message":"is too long"}]}`),
			Permanent, "invalid_request", false, false, "volume must be less than or equal to 100; name is too long"},
		{"422 with odd entries", answer(422, `{"message":7,"errors":[{"why":"x<y"},"text",null]}`), Permanent,
			"invalid_request", false, false, `{"why":"x<y"}`},
		{"422 whose errors are no list", answer(422, `{"message":"no","errors":{"a":1}}`), Permanent, "invalid_request",
			false, false, "no"},
		{"422 with terminal escapes", answer(422, `{"message":"\u001b[2Jgone\nnext\u202e"}`), Permanent,
			"invalid_request", false, false, `\x1b[2Jgone next\u202e`},
		{"a status out of use", answer(799, ``), Permanent, "http_799", false, false, "799"},

		{"redirect elsewhere", answer(302, ``, "Location: https://evil.example/x"), Permanent,
			"redirect", false, false, `to host "evil.example", which is not followed; check the base URL`},
		{"redirect that cannot be read", answer(301, ``, "Location: http://[::1"), Permanent, "redirect", false, false,
			"redirect"},
		{"redirect to nowhere", answer(308, ``), Permanent, "redirect", false, false, "redirect"},
		{"not modified", answer(304, ``), Permanent, "http_304", false, false, "304 Not Modified"},

		{"empty", answer(200, ``), Retryable, "bad_answer", true, true, "the answer is empty"},
		{"no content", answer(204, ``), Retryable, "bad_answer", true, true, "the answer is empty"},
		{"HTML", answer(200, "\n <html>"), Retryable, "bad_answer", true, true,
			"a proxy may have answered in place of the API"},
		{"text", answer(200, `OK`), Retryable, "bad_answer", true, true, "not JSON"},
		{"cut JSON", answer(200, `{"id":17,"na`), Retryable, "bad_answer", true, true, "cut off"},
		{"garbage behind", answer(200, `{"id":17} x`), Retryable, "bad_answer", true, true, "not JSON"},
		{"two tracks", answer(200, `{"id":17}{"id":17}`), Retryable, "bad_answer", true, true, "not JSON"},
		{"a list", answer(200, `[{"id":17}]`), Retryable, "bad_answer", true, true, "not a track"},
		{"null", answer(200, `null`), Retryable, "bad_answer", true, true, "not a track"},
		{"another track", answer(200, `{"id":18}`), Retryable, "bad_answer", true, true, "track 18, not 17"},
		{"no id", answer(200, `{"name":"x"}`), Retryable, "bad_answer", true, true, "without an id"},
		{"too deep", answer(200, strings.Repeat("[", 20000)), Retryable, "bad_answer", true, true, "not JSON"},
		{"endless", endless, Retryable, "bad_answer", true, true, "too long"},
		{"gzip bomb", answer(200, bomb(), "Content-Encoding: gzip"), Retryable, "bad_answer", true, true, "too long"},
		{"packed twice", answer(200, bomb(), "Content-Encoding: gzip, gzip"), Retryable, "bad_answer", true, true,
			"packed in a way"},
		{"a page for a refusal", answer(404, html), Permanent, "not_found", false, false, "404 Not Found (a page"},
		{"a method of other servers", answer(405, ``), Permanent, "http_405", false, false, "405 Method Not Allowed"},
		{"a network that wants a login", answer(511, html), Permanent, "server_error", false, false, "511"},
		{"a gzip bomb that refuses", answer(422, bomb(), "Content-Encoding: gzip"), Permanent, "invalid_request", false,
			false, "422"},
		{"an endless refusal", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(422); endless(w, r) },
			Permanent, "invalid_request", false, false, "422"},
		{"a deep refusal", answer(422, `{"message":`+strings.Repeat("[", 9000)+strings.Repeat("]", 9000)+`}`),
			Permanent, "invalid_request", false, false, "[[["},
		{"an id beyond numbers", answer(200, `{"id":1e400}`), Retryable, "bad_answer", true, true, "without an id"},
		{"a NUL in the answer", answer(200, "{\"id\":17,\"name\":\"a\x00b\"}"), Retryable, "bad_answer", true, true,
			"not JSON"},
		{"no gzip", answer(200, `{"id":17,"name":"plain"}`, "Content-Encoding: gzip"), Retryable, "bad_answer", true,
			true, "cannot be unpacked"},
		{"reset", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			Retryable, "connection_lost", true, true, "the connection was lost"},
		{"cut off by a reset", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"id":17}`)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, Retryable, "bad_answer", true, true, "cut off"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newClient(t, serve(t, tt.handler).URL, nil)
			for _, call := range []string{"PUT", "GET"} {
				got, _, err := c.Get(context.Background(), 17)
				if call == "PUT" {
					got, _, err = put(t, c)
				}
				e := asError(t, err)
				if e.Class != tt.class || e.Code != tt.code || e.Transport != tt.lost {
					t.Errorf("%s: class %q, code %q, transport %v; want %q, %q, %v", call, e.Class, e.Code, e.Transport,
						tt.class, tt.code, tt.lost)
				}
				if want := tt.applied && call == "PUT"; e.MayBeApplied != want {
					t.Errorf("%s: may be applied %v, want %v", call, e.MayBeApplied, want)
				}
				if !strings.Contains(e.Message, tt.message) || strings.ContainsAny(e.Message, "\n\x1b") {
					t.Errorf("%s: message %q, want one line with %q", call, e.Message, tt.message)
				}
				if len([]rune(e.Message)) > 400 {
					t.Errorf("%s: message of %d characters", call, len(e.Message))
				}
				if got != (track.Track{}) {
					t.Errorf("%s: %v beside an error", call, got)
				}
			}
		})
	}
}

// Answers that no http.Handler can give.
func TestRawAnswers(t *testing.T) {
	tests := []struct {
		name, answer, code, message string
		hold                        bool
	}{
		{"not HTTP", "SSH-2.0-OpenSSH_9.6\r\n", "bad_answer", "not HTTP", false},
		{"nothing", "", "connection_lost", "the connection was lost", false},
		{"TLS", "\x15\x03\x01\x00\x02\x02\x46", "tls", "must begin with https://", false},
		{"a status of escapes", "HTTP/1.1 2\x1b[31m00 OK\r\n\r\n", "bad_answer", `\x1b`, false},
		{"a header of escapes", "HTTP/1.1 200 OK\r\nBad\x1b]0;x\x07: x\r\n\r\n", "bad_answer", `\x1b`, false},
		{"very many headers", "HTTP/1.1 200 OK\r\n" + strings.Repeat("X: a\r\n", 20_000) + "\r\n", "bad_answer",
			"header", false},
		{"a flood of 1xx", strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n", 5000), "bad_answer",
			"header", false},
		{"a length below zero", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}", "bad_answer", "not HTTP", false},
		{"a length beyond numbers", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}", "bad_answer",
			"not HTTP", false},
		{"a length too long", "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"id\":17}", "bad_answer", "cut off",
			false},
		{"a length too short", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{\"id\":17}", "bad_answer", "cut off",
			false},
		{"chunks that are none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n{}\r\n", "bad_answer",
			"cut off", false},
		{"a chunk without end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n{",
			"bad_answer", "cut off", false},
		{"a chunk's extension without end",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + strings.Repeat("a", 1<<20) + "\r\n{\r\n",
			"bad_answer", "cut off", false},
		{"half a head", "HTTP/1.1 200 OK\r\nContent-Le", "bad_answer", "not HTTP", false},
		{"endless head", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("a", 1<<20) + "\r\n\r\n", "bad_answer", "header",
			false},
		{"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 9\r\n\r\n{}", "bad_answer", "not HTTP",
			false},
		{"damaged gzip, then silence",
			"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 99\r\n\r\nno gzip at all", "bad_answer",
			"cannot be unpacked", true},
		{"switching protocols, then silence",
			"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n", "http_101", "101", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newClient(t, raw(t, tt.answer, tt.hold), nil)
			// More calls than connections at once: none may stay taken.
			for range 5 {
				_, _, _ = put(t, c)
			}
			_, _, err := put(t, c)
			e := asError(t, err)
			if e.Code != tt.code || !strings.Contains(e.Message, tt.message) ||
				strings.ContainsAny(e.Message, "\x1b\a\n") {
				t.Errorf("%q %q, want %q and %q in one plain line", e.Code, e.Message, tt.code, tt.message)
			}
			if e.Transport && !e.MayBeApplied {
				t.Error("the PUT was sent, and may have been applied")
			}
		})
	}
}

// A name that is made to lead elsewhere gets no key.
func TestPlainStaysHere(t *testing.T) {
	for address, ok := range map[string]bool{
		"127.0.0.1:80": true, "127.9.9.9:80": true, "[::1]:80": true,
		"10.0.0.1:80": false, "[fe80::1%eth0]:80": false, "0.0.0.0:80": false, "93.184.216.34:80": false,
	} {
		if err := onlyLoopback("tcp", address, nil); (err == nil) != ok {
			t.Errorf("%s: %v, want allowed %v", address, err, ok)
		}
	}
}

// Plain HTTP is for this machine, however its name is written, and no proxy gets
// the key in clear.
func TestPlainGoesThroughNoProxy(t *testing.T) {
	proxy := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the proxy was asked") })
	through, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, answer(200, `{"id":17,"volume":55}`))
	for _, host := range []string{"127.0.0.1", "localhost", "LOCALHOST", "LocalHost"} {
		c := newClient(t, strings.Replace(s.URL, "127.0.0.1", host, 1),
			func(c *Config) { c.Proxy = http.ProxyURL(through) })
		if _, _, err := put(t, c); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
}

func TestTimeout(t *testing.T) {
	hang := func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body); <-r.Context().Done() }
	for name, h := range map[string]http.HandlerFunc{
		"before the head": hang,
		"within the body": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, `{"id":17,`)
			w.(http.Flusher).Flush()
			hang(w, r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, serve(t, h).URL, func(c *Config) { c.Timeout = 50 * time.Millisecond })
			_, a, err := put(t, c)
			e := asError(t, err)
			if e.Class != Retryable || e.Code != "timeout" || !e.MayBeApplied || !strings.Contains(e.Message, "50ms") {
				t.Errorf("%+v %q", *e, e.Message)
			}
			if a.Duration < 50*time.Millisecond {
				t.Errorf("it took %v", a.Duration)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	arrived := make(chan struct{}, 1)
	c := newClient(t, serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		arrived <- struct{}{}
		<-r.Context().Done()
	}).URL, nil)
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-arrived; cancel() }()
	_, _, err := c.Update(ctx, volume55)
	if e := asError(t, err); e.Class != Canceled || e.Code != "canceled" || !e.MayBeApplied {
		t.Errorf("in flight: %+v", *e)
	}
	_, _, err = c.Update(ctx, volume55)
	if e := asError(t, err); e.Class != Canceled || e.MayBeApplied {
		t.Errorf("before: %+v", *e)
	}
}
