package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestMaxList(t *testing.T) {
	for limit, want := range map[int]int64{
		-1: 1 << 20, 0: 1 << 20, 1: 1<<20 + 64<<10, 100: 1<<20 + 100*64<<10, 1007: 64<<20 - 64<<10, 1008: 64 << 20,
		1 << 62: 64 << 20,
	} {
		if got := maxList(limit); got != want {
			t.Errorf("a page of %d: %d bytes, want %d", limit, got, want)
		}
	}
}

// A page may be as long as the tracks asked for can be, and no longer.
func TestListIsBounded(t *testing.T) {
	c := newClient(t, serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `[{"id":17,"name":"%s"}]`, strings.Repeat("x", 2<<20))
	}).URL, nil)
	if got, _, err := c.List(context.Background(), 100, 0); err != nil || len(got) != 1 {
		t.Errorf("a page of 100: %d tracks, %v", len(got), err)
	}
	_, _, err := c.List(context.Background(), 10, 0)
	if e := asError(t, err); e.Code != "bad_answer" || !strings.Contains(e.Message, "too long") {
		t.Errorf("a page of 10: %q %q", e.Code, e.Message)
	}
	many := newClient(t, serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "["+strings.Repeat("{},", 10_000)+"{}]")
	}).URL, nil)
	_, _, err = many.List(context.Background(), 10, 0)
	if e := asError(t, err); e.Class != Permanent || e.Transport || !strings.Contains(e.Message, "10001 tracks") {
		t.Errorf("a page of 10001 tracks: %+v", e)
	}
	endless := newClient(t, serve(t, func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := io.WriteString(w, strings.Repeat(" ", 32<<10)); err != nil {
				return
			}
		}
	}).URL, nil)
	_, _, err = endless.List(context.Background(), 100, 0)
	if e := asError(t, err); !strings.Contains(e.Message, "too long") {
		t.Errorf("an endless page: %q", e.Message)
	}
}
