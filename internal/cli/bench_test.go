package cli

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkCommands measures whole commands: a run, a check, and a resume of a run that is all
// done. .ci/profile takes a processor profile of it, with which releases are compiled.
func BenchmarkCommands(b *testing.B) {
	const rows = 20_000
	env := environment(echo(b))
	of := func(extension, head, form string) string {
		var text strings.Builder
		text.WriteString(head)
		for i := range rows {
			fmt.Fprintf(&text, form, 100_000+i, i%101, 1+i%7)
		}
		path := filepath.Join(b.TempDir(), "tracks."+extension)
		if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
			b.Fatal(err)
		}
		return path
	}
	csv := of("csv", "id,name,volume,project_id,media_url\n",
		"%[1]d,Background track number %[1]d of all,%[2]d,%[3]d,https://media.example.com/tracks/%09[1]d/loop.mp3\n")
	yaml := of("yaml", "", "- id: %[1]d\n  name: Background track number %[1]d of all\n  volume: %[2]d\n"+
		"  project: {id: %[3]d}\n  media: {url: https://media.example.com/tracks/%09[1]d/loop.mp3}\n")
	jsonl := of("jsonl", "", `{"id":%[1]d,"name":"Background track number %[1]d of all","volume":%[2]d,`+
		`"project":{"id":%[3]d},"media":{"url":"https://media.example.com/tracks/%09[1]d/loop.mp3"}}`+"\n")
	perSecond := func(b *testing.B) {
		b.ReportMetric(float64(b.N)*rows/b.Elapsed().Seconds(), "rows/s")
	}
	command := func(b *testing.B, args ...string) {
		if got := (call{args: args, env: env}).run(b); got.code != 0 {
			b.Fatal(got.err)
		}
	}
	b.Run("sync", func(b *testing.B) {
		for b.Loop() {
			command(b, "sync", "--yes", "--rate", "unlimited", "--concurrency", "64", "--out", filepath.Join(b.TempDir(), "run"), csv)
		}
		perSecond(b)
	})
	b.Run("resume", func(b *testing.B) {
		run := filepath.Join(b.TempDir(), "run")
		command(b, "sync", "--yes", "--rate", "unlimited", "--concurrency", "64", "--out", run, csv)
		for b.Loop() {
			command(b, "sync", "--yes", "--resume", run)
		}
		perSecond(b)
	})
	for name, path := range map[string]string{"validate csv": csv, "validate yaml": yaml, "validate jsonl": jsonl} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				command(b, "validate", path)
			}
			perSecond(b)
		})
	}
}

// echo starts a server that answers a PUT with its id and its body, at hardly any cost. It
// returns its address.
func echo(b *testing.B) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				for in := bufio.NewReader(conn); echoOne(in, conn) == nil; {
				}
			}()
		}
	}()
	return "http://" + listener.Addr().String()
}

func echoOne(in *bufio.Reader, out io.Writer) error {
	first, err := in.ReadString('\n')
	if err != nil {
		return err
	}
	_, path, _ := strings.Cut(first, "/background_tracks/")
	id, _, _ := strings.Cut(path, " ")
	length := 0
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if value, is := bytes.CutPrefix(line, []byte("Content-Length: ")); is {
			length, err = strconv.Atoi(string(bytes.TrimSpace(value)))
		}
		if len(line) == len("\r\n") || err != nil {
			break
		}
	}
	body := make([]byte, length)
	_, err = io.ReadFull(in, body)
	text := fmt.Appendf(nil, `{"id":%s,%s`, id, body[min(1, length):])
	_, wrote := fmt.Fprintf(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: %s\r\nContent-Length: %d\r\n\r\n%s",
		time.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"), len(text), text)
	return cmp.Or(err, wrote)
}
