package journal

import (
	"bytes"
	"errors"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	"tracksync/internal/track"
)

const good = `{"row":1,"source":"a","status":"updated","attempts":1,"finished_at":"2026-11-23T15:04:05.123Z"}` + "\n"

func TestRead(t *testing.T) {
	n := int64(len(good))
	tests := []struct {
		name   string
		in     string
		rows   int
		torn   bool
		line   int // of the error; 0 for none
		offset int64
	}{
		{"empty", "", 0, false, 0, 0},
		{"lines", good + good, 2, false, 0, 0},
		{"later keys", good + strings.Replace(good, "{", `{"new":1,`, 1), 2, false, 0, 0},
		{"CRLF", strings.ReplaceAll(good+good, "\n", "\r\n"), 2, false, 0, 0},
		{"torn", good + good[:20], 1, true, 2, n},
		{"torn before its line break", good + good[:n-1], 1, true, 2, n},
		{"torn at once", good[:1], 0, true, 1, 0},
		{"zeros at the end", good + strings.Repeat("\x00", 4096), 1, true, 2, n},
		{"endless zeros at the end", good + strings.Repeat("\x00", MaxLine+100_000), 1, true, 2, n},
		{"garbage as last line", good + "what\n", 1, true, 2, n},
		{"garbage inside", good + "what\n" + good, 2, false, 2, n},
		{"garbage first", "\xff\xfe\n" + good, 1, false, 1, 0},
		{"zeros inside", good + strings.Repeat("\x00", 4096) + good + good, 2, false, 2, n},
		{"too long inside", good + strings.Repeat("x", MaxLine+1) + "\n" + good, 2, false, 2, n},
		{"too long as last", good + strings.Repeat("x", MaxLine+1) + "\n", 1, true, 2, n},
		{"empty line inside", good + "\n" + good, 2, false, 2, n},
		{"empty line at the end", good + "\n", 1, true, 2, n},
		{"two results on a line", good[:n-1] + good + good, 1, false, 1, 0},
		{"no row", "{}\n" + good, 1, false, 1, 0},
		{"not an object", "[]\n" + good, 1, false, 1, 0},
		{"null", "null\n" + good, 1, false, 1, 0},
		{"unknown status", strings.Replace(good, "updated", "done", 1) + good, 1, false, 1, 0},
		{"huge row", strings.Replace(good, `"row":1`, `"row":99999999999`, 1) + good, 1, false, 1, 0},
		{"no time", strings.Replace(good, "finished_at", "at", 1) + good, 1, false, 1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows, err := readAll(strings.NewReader(tt.in))
			if len(rows) != tt.rows {
				t.Errorf("%d rows, want %d", len(rows), tt.rows)
			}
			if tt.line == 0 {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var le *LineError
			if !errors.As(err, &le) || le.Line != tt.line || le.Offset != tt.offset || le.Torn != tt.torn ||
				errors.Is(err, ErrTorn) != tt.torn {
				t.Errorf("got %#v", err)
			}
			if tt.torn { // cut off there, the rest is good
				if rest, err := readAll(strings.NewReader(tt.in[:tt.offset])); err != nil || len(rest) != tt.rows {
					t.Errorf("cut off: %d rows, %v", len(rest), err)
				}
			}
		})
	}
}

func TestReadTellsAReadError(t *testing.T) {
	broken := errors.New("broken")
	for name, in := range map[string]string{"at once": "", "between lines": good, "within a line": good[:20]} {
		_, err := readAll(io.MultiReader(strings.NewReader(in), iotest.ErrReader(broken)))
		if !errors.Is(err, broken) || errors.Is(err, ErrTorn) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	_, err := readAll(io.MultiReader(strings.NewReader("what\n"), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) || errors.Is(err, ErrTorn) {
		t.Errorf("after garbage: got %v", err) // who knows whether more would follow
	}
}

func TestReadStopsWhenAsked(t *testing.T) {
	for range linesOf(strings.NewReader(good+"what"), decode) {
		break
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(good + good[:10]))
	f.Add([]byte(good + "\n" + good))
	f.Fuzz(func(t *testing.T, in []byte) {
		ended := false
		for e, err := range linesOf(bytes.NewReader(in), decode) {
			if ended {
				t.Fatal("goes on after the end")
			}
			r := e.value
			if err != nil {
				ended = errors.Is(err, ErrTorn)
				if !reflect.DeepEqual(e, lineOf[track.Result]{}) {
					t.Fatalf("half a result beside an error: %+v", r)
				}
				continue
			}
			if !r.Status.Valid() || r.Row < 1 {
				t.Fatalf("not a result: %+v", r)
			}
			line, err := Encode(r) // what is read can be written
			if err != nil {
				t.Fatalf("%v: %+v", err, r)
			}
			if back, err := decode(line); err != nil || back.Row != r.Row || back.Status != r.Status {
				t.Fatalf("%+v became %+v, %v", r, back, err)
			}
		}
	})
}

func FuzzRoundTrip(f *testing.F) {
	f.Add(1, uint8(0), "tracks.csv", "Intro & <b>", "a\r\n\x1b", int64(17), 412.6004, int64(1e18), true)
	f.Fuzz(func(t *testing.T, row int, status uint8, source, name, message string, id int64, ms float64, nanos int64,
		null bool) {
		r := track.Result{
			Row: row, Source: source, ID: track.ID(id), Status: statuses[int(status)%len(statuses)], DurationMS: ms,
			Error: &track.Error{Code: name, Message: message, Retryable: null}, FinishedAt: time.Unix(0, nanos),
		}
		r.Changes.Name.To = track.Value(name)
		if null {
			r.Changes.Project = track.Change[track.ID]{From: track.Value(track.ID(id)), To: track.Null[track.ID]()}
		}
		j := New(&disk{room: plenty}, Options{})
		if err := j.Append(r); err != nil {
			if row >= 1 && row <= MaxRow && !math.IsNaN(ms) && !math.IsInf(ms, 0) {
				t.Fatal(err)
			}
			return
		}
		if !utf8.ValidString(source) || !utf8.ValidString(name) || !utf8.ValidString(message) {
			return // JSON has no other bytes: they become U+FFFD
		}
		waiting, ok, err := j.Lookup(row)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		if err := j.Flush(); err != nil {
			t.Fatal(err)
		}
		flushed, _, err := j.Lookup(row)
		if err != nil || !reflect.DeepEqual(waiting, flushed) {
			t.Fatalf("%+v, then %+v, %v", waiting, flushed, err)
		}
		want := written(r)
		want.DurationMS = flushed.DurationMS
		if !reflect.DeepEqual(flushed, want) || math.Abs(flushed.DurationMS-ms) > max(0.000501, math.Abs(ms)*1e-12) {
			t.Fatalf("got %+v, want %+v (%v ms)", flushed, want, ms)
		}
	})
}
