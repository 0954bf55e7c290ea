package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"tracksync/internal/track"
)

var when = time.Date(2026, 11, 23, 16, 4, 5, 120987654, time.FixedZone("CET", 3600))

// result is a plain result of a row.
func result(row int, s track.Status) track.Result {
	return track.Result{Row: row, Source: "tracks.csv", Line: row + 1, ID: track.ID(row), Status: s, Attempts: 1,
		FinishedAt: when}
}

// written is r as it is read back.
func written(r track.Result) track.Result {
	r.FinishedAt = r.FinishedAt.UTC().Truncate(time.Millisecond)
	return r
}

// disk is a file in memory that fails as configured.
type disk struct {
	data   []byte
	room   int   // bytes that still fit; then ENOSPC after what fits
	stall  bool  // takes what fits without an error
	sync   error // of the next Sync alone
	read   error
	close  error
	writes int
	syncs  int
	closed bool
}

func (d *disk) Write(b []byte) (int, error) {
	d.writes++
	n := min(len(b), d.room)
	d.room -= n
	d.data = append(d.data, b[:n]...)
	if n < len(b) && !d.stall {
		return n, syscall.ENOSPC
	}
	return n, nil
}

func (d *disk) ReadAt(b []byte, off int64) (int, error) {
	if d.read != nil {
		return 0, d.read
	}
	return bytes.NewReader(d.data).ReadAt(b, off)
}

func (d *disk) Sync() error {
	d.syncs++
	err := d.sync
	d.sync = nil
	return err
}

func (d *disk) Close() error {
	d.closed = true
	return d.close
}

const plenty = 1 << 40

func appendAll(t *testing.T, j *Journal, results ...track.Result) {
	t.Helper()
	for _, r := range results {
		if err := j.Append(r); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLinesAreWrittenExactlySo(t *testing.T) {
	rows := []track.Result{
		{Row: 3, Source: "tracks.csv", Line: 4, ID: 17, Status: track.Updated, HTTPStatus: 200, Attempts: 2,
			RateLimited: 1, DurationMS: 412.6,
			Changes:    track.Changes{Volume: track.Change[int]{From: track.Value(40), To: track.Value(55)}},
			FinishedAt: time.Date(2026, 11, 23, 15, 4, 5, 123_999_999, time.UTC)},
		{Row: 4, Source: "a & <b>.xlsx", Sheet: "S", Cell: "B7", Status: track.Failed, DurationMS: 203.10049,
			Changes: track.Changes{Project: track.Change[track.ID]{To: track.Null[track.ID]()},
				Media: track.Change[string]{To: track.Value("https://x/?a=1&b=2")}},
			Error:      &track.Error{Code: "invalid_request", Message: "a\nb", Field: "volume"},
			FinishedAt: time.Date(2026, 11, 23, 16, 4, 5, 0, time.FixedZone("CET", 3600))},
	}
	want := `{"row":3,"source":"tracks.csv","line":4,"id":17,"status":"updated",` +
		`"http_status":200,"attempts":2,"rate_limited":1,"duration_ms":412.6,` +
		`"changes":{"volume":{"from":40,"to":55}},"finished_at":"2026-11-23T15:04:05.123Z"}
{"row":4,"source":"a & <b>.xlsx","sheet":"S","cell":"B7","status":"failed","attempts":0,"duration_ms":203.1,` +
		`"changes":{"project_id":{"to":null},"media_url":{"to":"https://x/?a=1&b=2"}},` +
		`"error":{"code":"invalid_request","message":"a\nb","field":"volume","retryable":false},` +
		`"finished_at":"2026-11-23T15:04:05.000Z"}
`
	d := &disk{room: plenty}
	j := New(d, Options{})
	appendAll(t, j, rows...)
	if len(d.data) != 0 || j.Waiting() != len(want) {
		t.Errorf("Append wrote %d bytes, %d wait", len(d.data), j.Waiting())
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if string(d.data) != want {
		t.Errorf("got\n%s\nwant\n%s", d.data, want)
	}
	if d.writes != 1 || d.syncs != 1 || !d.closed {
		t.Errorf("%d writes, %d syncs, closed %v", d.writes, d.syncs, d.closed)
	}
}

func TestAppendRefuses(t *testing.T) {
	with := func(change func(*track.Result)) track.Result {
		r := result(2, track.Failed)
		change(&r)
		return r
	}
	tests := []struct {
		name string
		r    track.Result
		want string
	}{
		{"no row", with(func(r *track.Result) { r.Row = 0 }), "row 0 is not from 1"},
		{"row too large", with(func(r *track.Result) { r.Row = MaxRow + 1 }), "is not from 1"},
		{"no status", with(func(r *track.Result) { r.Status = "" }), `no status ""`},
		{"unknown status", with(func(r *track.Result) { r.Status = "done\x1b" }), `no status "done\x1b"`},
		{"no time", with(func(r *track.Result) { r.FinishedAt = time.Time{} }), "no time"},
		{"year 10000", with(func(r *track.Result) { r.FinishedAt = time.Unix(1<<40, 0) }), "no time"},
		{"no duration", with(func(r *track.Result) { r.DurationMS = math.Inf(1) }), "not a number"},
		{"too long", with(func(r *track.Result) { r.Source = strings.Repeat("x", MaxLine) }), "more than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j := New(&disk{room: plenty}, Options{})
			appendAll(t, j, result(1, track.Updated), result(2, track.Updated))
			before := j.Waiting()
			if err := j.Append(tt.r); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if s, _ := j.Status(2); s != track.Updated || j.Waiting() != before || j.Counts()[track.Updated] != 2 {
				t.Errorf("the journal has changed: %v, %v", s, j.Counts())
			}
		})
	}
}

func TestLookupStatusCountsMissing(t *testing.T) {
	d := &disk{room: plenty}
	j := New(d, Options{})
	long := result(5, track.Failed)
	long.Error = &track.Error{Message: strings.Repeat("ä", 100_000)} // longer than a first read
	appendAll(t, j, result(1, track.Updated), result(2, track.NotAttempted), long)
	if err := j.Flush(); err != nil {
		t.Fatal(err)
	}
	appendAll(t, j, result(2, track.Updated), result(9000, track.Unknown)) // 2 again; these wait
	for _, want := range []track.Result{result(1, track.Updated), result(2, track.Updated), long,
		result(9000, track.Unknown)} {
		got, ok, err := j.Lookup(want.Row)
		if err != nil || !ok || !reflect.DeepEqual(got, written(want)) {
			t.Errorf("row %d: got %+v, %v, %v", want.Row, got, ok, err)
		}
		if s, ok := j.Status(want.Row); !ok || s != want.Status {
			t.Errorf("row %d: status %q, %v", want.Row, s, ok)
		}
	}
	for _, row := range []int{-1, 0, 3, 4096, 4097, 8999, 9001, 1 << 40} {
		if _, ok, err := j.Lookup(row); ok || err != nil {
			t.Errorf("row %d is there: %v", row, err)
		}
	}
	counts := j.Counts()
	if counts[track.Updated] != 2 || counts[track.Failed] != 1 || counts[track.Unknown] != 1 ||
		counts[track.NotAttempted] != 0 {
		t.Errorf("counts are %v", counts)
	}
	if got := slices.Collect(j.Missing(7)); !slices.Equal(got, []int{3, 4, 6, 7}) {
		t.Errorf("missing are %v", got)
	}
	for row := range j.Missing(7) {
		appendAll(t, j, result(row, track.NotAttempted))
	}
	if got := slices.Collect(j.Missing(7)); len(got) != 0 {
		t.Errorf("still missing are %v", got)
	}
}

func TestLookupTellsAChangedFile(t *testing.T) {
	tests := []struct {
		name   string
		change func(*disk)
	}{
		{"shortened", func(d *disk) { d.data = d.data[:10] }},
		{"emptied", func(d *disk) { d.data = nil }},
		{"other row", func(d *disk) { d.data = bytes.Replace(d.data, []byte(`"row":1`), []byte(`"row":7`), 1) }},
		{"other status", func(d *disk) { d.data = bytes.Replace(d.data, []byte("updated"), []byte("skipped"), 1) }},
		{"zeros", func(d *disk) { clear(d.data) }},
		{"endless", func(d *disk) { d.data = make([]byte, MaxLine*2) }},
		{"unreadable", func(d *disk) { d.read = syscall.EIO }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := &disk{room: plenty}
			j := New(d, Options{})
			appendAll(t, j, result(1, track.Updated))
			if err := j.Flush(); err != nil {
				t.Fatal(err)
			}
			tt.change(d)
			if got, ok, err := j.Lookup(1); err == nil || ok || !reflect.DeepEqual(got, track.Result{}) {
				t.Errorf("got %+v, %v, %v", got, ok, err)
			}
		})
	}
}

func TestRowsTakeEightBytes(t *testing.T) {
	const rows = 1_000_000
	for _, tracks := range []bool{false, true} {
		x, most := rowIndex{tracks: tracks}, uint64(rows*9)
		if tracks {
			most = rows * 17
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for row := rows; row > 0; row-- {
			x.set(row, track.ID(2*row), track.Unknown, int64(row)<<20)
		}
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > most {
			t.Errorf("%d rows took %d bytes, their tracks known: %v", rows, got, tracks)
		}
		for row := 1; row <= rows; row++ {
			if s, off, ok := x.get(row); !ok || s != track.Unknown || off != int64(row)<<20 ||
				tracks && x.id(row) != track.ID(2*row) {
				t.Fatalf("row %d: %v, %v, %v", row, s, off, ok)
			}
		}
	}
}

func TestRedact(t *testing.T) {
	secret := result(1, track.Failed)
	secret.Error = &track.Error{Code: "x", Message: `key "write_123" is wrong`}
	replace := func(old, new string) func([]byte) []byte {
		return func(line []byte) []byte { return bytes.ReplaceAll(line, []byte(old), []byte(new)) }
	}
	tests := []struct {
		name   string
		redact func([]byte) []byte
		want   string // the message; empty for an error
	}{
		{"replaced", replace("write_123", "[key]"), `key "[key]" is wrong`},
		{"in place", func(line []byte) []byte {
			if at := bytes.Index(line, []byte("write_123")); at >= 0 {
				copy(line[at:], "*********")
			}
			return line
		}, `key "*********" is wrong`},
		{"nothing to do", replace("other", "x"), secret.Error.Message},
		{"no part of a string", replace(`"`, ""), `key write_123 is wrong`},
		{"what looks like structure", replace(`,"status":`, ""), secret.Error.Message},
		{"two lines", replace("write_", "\n"), "key \"\n123\" is wrong"},
		{"other status", replace("failed", "updated"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := &disk{room: plenty}
			j := New(d, Options{Redact: tt.redact})
			err := j.Append(secret)
			if tt.want == "" {
				if err == nil || strings.Contains(err.Error(), "write_123") || j.Waiting() != 0 {
					t.Errorf("got %v, %d bytes wait", err, j.Waiting())
				}
				return
			}
			if got, _, lerr := j.Lookup(1); err != nil || lerr != nil || got.Error.Message != tt.want {
				t.Errorf("got %+v, %v, %v", got.Error, err, lerr)
			}
		})
	}
}

func TestCreateJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.jsonl")
	j, err := createJournal(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := createJournal(path, Options{}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second one: %v", err)
	}
	appendAll(t, j, result(1, track.Updated))
	if err := j.Sync(); err != nil {
		t.Fatal(err)
	}
	appendAll(t, j, result(2, track.Failed), result(1, track.Failed))
	for range 2 {
		if got, ok, err := j.Lookup(1); err != nil || !ok || got.Status != track.Failed {
			t.Errorf("got %+v, %v, %v", got, ok, err)
		}
		if err := j.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(j.Close(), j.Close()); err != nil {
		t.Error(err)
	}
	if err := j.Append(result(3, track.Updated)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("append after close: %v", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v", info.Mode())
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := readAll(f)
	if want := []track.Result{written(result(1, track.Updated)), written(result(2, track.Failed)),
		written(result(1, track.Failed))}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := createJournal(filepath.Join(path, "no\x1b", "such"), Options{}); err == nil ||
		strings.Contains(err.Error(), "\x1b") {
		t.Errorf("without a directory: %q", err)
	}
}

// BenchmarkAppend writes results in batches of 100. BenchmarkBare is the least possible
// work, for comparison.
func BenchmarkAppend(b *testing.B) {
	j, err := createJournal(filepath.Join(b.TempDir(), "r.jsonl"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := j.Append(sample(i%1_000_000 + 1)); err != nil {
			b.Fatal(err)
		}
		if i%100 == 99 {
			if err := j.Flush(); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkBare(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "r.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		line, err := json.Marshal(sample(i%1_000_000 + 1))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := f.Write(append(line, '\n')); err != nil {
			b.Fatal(err)
		}
	}
}

func sample(row int) track.Result {
	r := result(row, track.Updated)
	r.HTTPStatus, r.DurationMS = 200, 412.6
	r.Changes = track.ChangesOf(track.Values{Name: track.Value("Intro & outro"), Volume: track.Value(55)})
	return r
}

func readAll(r io.Reader) ([]track.Result, error) {
	var all []track.Result
	var first error
	for e, err := range linesOf(r, decode) {
		switch {
		case err == nil:
			all = append(all, e.value)
		case first == nil:
			first = err
		}
	}
	return all, first
}
