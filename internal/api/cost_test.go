package api

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"tracksync/internal/track"
)

// An ordinary row and its answer.
var ordinaryRow = track.Update{ID: 170_023, Values: track.Values{
	Name: track.Value("Background track number 23"), Volume: track.Value(55),
	Project: track.Value(track.ID(3)), Media: track.Value("https://media.example.com/audio/background/23/track.mp3"),
}}

const ordinaryAnswer = `{"id":170023,"name":"Background track number ` +
	`23","volume":55,"project":{"id":3,"name":"Podcasts"},` +
	`"media":{"url":"https://media.example.com/audio/background/23/track.mp3","duration":7},` +
	`"created":"2023-01-01 00:00:00 UTC","updated":"2023-01-01 00:00:05 UTC"}`

// constant is a server that answers every request alike, at hardly any cost.
func constant(b *testing.B, answer string) (base string) {
	b.Helper()
	text := fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"+
		"Date: Thu, 26 Nov 2026 12:00:00 GMT\r\nContent-Length: %d\r\n\r\n%s", len(answer), answer)
	return "http://" + accept(b, nil, func(conn net.Conn) {
		for r := bufio.NewReader(conn); skipRequest(r) == nil; {
			_, _ = conn.Write(text)
		}
	}) + "/v1"
}

// skipRequest reads a request without looking at it.
func skipRequest(r *bufio.Reader) error {
	length := 0
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			n, _ := digits(bytes.TrimSpace(value))
			length = int(n)
		}
		if len(line) == 2 {
			_, err = r.Discard(length)
			return err
		}
	}
}

// BenchmarkUpdate is the cost of a call, beside BenchmarkBare, which is that of the
// same request by net/http alone.
func BenchmarkUpdate(b *testing.B) {
	c := newClient(b, constant(b, ordinaryAnswer), nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := c.Update(context.Background(), ordinaryRow); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBare(b *testing.B) {
	base := constant(b, ordinaryAnswer)
	text := string(appendBody(nil, ordinaryRow.Values))
	b.ReportAllocs()
	for b.Loop() {
		r, err := http.NewRequest(http.MethodPut, base+"/background_tracks/170023", strings.NewReader(text))
		if err != nil {
			b.Fatal(err)
		}
		r.Header.Set("X-Api-Key", testKey)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
}

func BenchmarkDecodeTrack(b *testing.B) {
	answer := []byte(ordinaryAnswer)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decodeTrack(answer, ordinaryRow.ID, ordinaryRow.Values); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBody(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if len(appendBody(make([]byte, 0, 256), ordinaryRow.Values)) == 0 {
			b.Fatal("nothing")
		}
	}
}

func BenchmarkClean(b *testing.B) {
	c := newClient(b, "http://localhost/v1", nil)
	got, err := decodeTrack([]byte(ordinaryAnswer), ordinaryRow.ID, ordinaryRow.Values)
	b.ReportAllocs()
	for b.Loop() {
		c.clean(got, track.Values{}, err)
	}
}

// To unpack takes 44 KB, which serve many answers, as they do in net/http.
func TestUnpackingTakesLittle(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = io.WriteString(z, ordinaryAnswer)
	_ = z.Close()
	const answers, each = 200, 20 << 10 // under the race detector, some pools forget some of what they hold
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range answers {
		b := newBody()
		got, err := b.read(&http.Response{
			Header: http.Header{"Content-Encoding": {"gzip"}}, ContentLength: -1,
			Body: io.NopCloser(bytes.NewReader(packed.Bytes())),
		}, maxTrack)
		if err != nil || string(got) != ordinaryAnswer {
			t.Fatalf("%q, %v", got, err)
		}
		b.free()
	}
	runtime.ReadMemStats(&after)
	if got := (after.TotalAlloc - before.TotalAlloc) / answers; got > each {
		t.Errorf("%d bytes an answer", got)
	}
}
