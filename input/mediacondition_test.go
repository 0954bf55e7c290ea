package input

import (
	"bytes"
	"strings"
	"testing"

	"tracksync/internal/track"
)

// The expected media is written next to the new one, and is read back unchanged.
func TestMediaCondition(t *testing.T) {
	e := Entry{ExpectMedia: track.Value("https://cdn.example/\"b\" c.mp3?x=1")}
	e.Update.ID, e.Update.Media = 17, track.Value("https://example.com/a.mp3")
	for _, f := range []Format{YAML, JSON, JSONL} {
		var b bytes.Buffer
		w, err := NewWriter(&b, f, WriterOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		rows, problems := mediaRows(t, f, b.String())
		if problems != nil || len(rows) != 1 || rows[0].ExpectMedia != e.ExpectMedia || rows[0].Update != e.Update ||
			!rows[0].Expect.Empty() {
			t.Errorf("%s: %+v, %v\n%s", f, rows, problems, b.String())
		}
	}
	var b bytes.Buffer
	w, err := NewWriter(&b, CSV, WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(e); err == nil {
		t.Error("a table cannot say it")
	}
	for _, bad := range []string{"null", `""`, "", "{url: x}", "&a b", "[]"} {
		if rows, problems := mediaRows(t, YAML, "- id: 17\n  media: {url: https://example.com/a.mp3, expect: "+bad+
			"}\n"); problems == nil {
			t.Errorf("expect: %s gives %+v", bad, rows)
		}
	}
	if rows, problems := mediaRows(t, YAML,
		"- id: 17\n  volume: 5\n  expect: {media: {url: https://example.com/a.mp3, expect: x}}\n"); problems == nil {
		t.Errorf("within an expectation it gives %+v", rows)
	}
}

func mediaRows(t *testing.T, f Format, text string) (rows []track.Row, problems error) {
	t.Helper()
	m, err := Open(t.Context(), []string{"-"}, strings.NewReader(text), spool, Options{Format: f})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if _, err := m.Check(t.Context()); err != nil {
		return nil, err
	}
	for row, err := range m.Rows(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}
