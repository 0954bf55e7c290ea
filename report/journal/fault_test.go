package journal

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/track"
)

func TestShortWritesNeverTearALine(t *testing.T) {
	rows := []track.Result{result(1, track.Updated), result(2, track.Skipped), result(3, track.Updated)}
	whole := &disk{room: plenty}
	j := New(whole, Options{})
	appendAll(t, j, rows...)
	if err := j.Flush(); err != nil {
		t.Fatal(err)
	}
	// All lines are of one length.
	line := bytes.IndexByte(whole.data, '\n') + 1

	for _, stall := range []bool{false, true} {
		for room := range len(whole.data) {
			d := &disk{room: room, stall: stall}
			j := New(d, Options{})
			appendAll(t, j, rows...)
			err := j.Flush()
			if want := map[bool]error{false: syscall.ENOSPC, true: io.ErrShortWrite}[stall]; !errors.Is(err, want) {
				t.Fatalf("room %d: got error %v", room, err)
			}
			// The rest begins with the line that is not completely in the file.
			if left := whole.data[room-room%line:]; !bytes.Equal(j.Unwritten(), left) {
				t.Fatalf("room %d: unwritten is\n%s\nwant\n%s", room, j.Unwritten(), left)
			}
			if j.Waiting() != len(whole.data)-room {
				t.Fatalf("room %d: %d bytes wait", room, j.Waiting())
			}
			for _, r := range rows {
				if got, ok, err := j.Lookup(r.Row); err != nil || !ok || !reflect.DeepEqual(got, written(r)) {
					t.Fatalf("room %d: row %d is %+v, %v, %v", room, r.Row, got, ok, err)
				}
			}
			d.room = 7 // and again, a little at a time, with a row that comes meanwhile
			appendAll(t, j, result(4, track.Updated))
			for tries := 0; j.Flush() != nil; tries++ {
				d.room = 7
				if tries > 1000 {
					t.Fatal("it does not come to an end")
				}
			}
			got, err := readAll(bytes.NewReader(d.data))
			if err != nil || len(got) != 4 || !bytes.HasPrefix(d.data, whole.data) {
				t.Fatalf("room %d: %v in\n%s", room, err, d.data)
			}
			if len(j.Unwritten()) != 0 {
				t.Fatalf("room %d: unwritten is %s", room, j.Unwritten())
			}
		}
	}
}

func TestAFullDiskBoundsMemory(t *testing.T) {
	d := &disk{room: 10}
	j := New(d, Options{Limit: 1000})
	row, flushes := 1, 0
	for ; ; row++ {
		err := j.Append(result(row, track.Updated))
		if errors.Is(err, ErrFull) {
			break
		}
		if err != nil || row > 1000 {
			t.Fatal(row, err)
		}
		if j.Flush() != nil {
			flushes++
		}
	}
	if row < 5 || flushes != row-1 || len(j.Unwritten()) > 1000 {
		t.Errorf("row %d found no room, %d flushes failed, %d bytes wait", row, flushes, len(j.Unwritten()))
	}
	if _, ok := j.Status(row); ok || j.Counts()[track.Updated] != row-1 {
		t.Errorf("the refused row counts: %v", j.Counts())
	}
	d.room = plenty
	if err := errors.Join(j.Flush(), j.Append(result(row, track.Updated)), j.Close()); err != nil {
		t.Error(err)
	}
	if got, err := readAll(bytes.NewReader(d.data)); err != nil || len(got) != row {
		t.Errorf("%d rows, %v", len(got), err)
	}
}

func TestAFailedSyncIsNeverForgotten(t *testing.T) {
	d := &disk{room: plenty}
	j := New(d, Options{})
	appendAll(t, j, result(1, track.Updated))
	if err := j.Sync(); err != nil {
		t.Fatal(err)
	}
	if err := j.Sync(); err != nil || d.syncs != 1 {
		t.Errorf("a sync of nothing new: %v, %d syncs", err, d.syncs)
	}
	d.sync = syscall.EIO // once; afterwards the file claims that all is well
	appendAll(t, j, result(2, track.Updated))
	for range 2 {
		if err := j.Sync(); !errors.Is(err, syscall.EIO) {
			t.Errorf("got %v", err)
		}
	}
	appendAll(t, j, result(3, track.Updated))
	if err := j.Flush(); err != nil {
		t.Errorf("flush: %v", err)
	}
	if err := j.Close(); !errors.Is(err, syscall.EIO) || !d.closed {
		t.Errorf("close: %v, closed %v", err, d.closed)
	}
	if got, err := readAll(bytes.NewReader(d.data)); err != nil || len(got) != 3 {
		t.Errorf("%d rows, %v", len(got), err)
	}
}

// slow is a file whose Sync takes until the test lets it end.
type slow struct {
	disk
	begun chan struct{}
	end   chan error
}

func (s *slow) Sync() error {
	s.begun <- struct{}{}
	return <-s.end
}

func TestLinesAreWrittenDuringASync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &slow{disk: disk{room: plenty}, begun: make(chan struct{}, 9), end: make(chan error, 9)}
		j := New(f, Options{})
		start := func(row, want int) {
			t.Helper()
			appendAll(t, j, result(row, track.Updated))
			if err := j.StartSync(); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if got, err := readAll(bytes.NewReader(f.data)); err != nil || len(got) != row || len(f.begun) != want {
				t.Errorf("%d lines, %d syncs after row %d: %v", len(got), len(f.begun), row, err)
			}
		}
		start(1, 1)
		start(2, 1) // the disk is busy
		start(3, 1)
		f.end <- nil
		synctest.Wait()
		start(4, 2) // with all that came since
		f.end <- nil
		f.end <- nil
		appendAll(t, j, result(5, track.Updated))
		if err := j.Sync(); err != nil || len(f.begun) != 3 {
			t.Errorf("got %v, %d syncs", err, len(f.begun))
		}
		if err := j.Sync(); err != nil || len(f.begun) != 3 {
			t.Errorf("nothing new: %v, %d syncs", err, len(f.begun))
		}

		appendAll(t, j, result(6, track.Updated))
		if err := j.StartSync(); err != nil {
			t.Fatal(err)
		}
		f.end <- syscall.EIO
		synctest.Wait()
		for range 2 {
			if err := j.StartSync(); !errors.Is(err, syscall.EIO) {
				t.Errorf("got %v", err)
			}
		}
		if err := j.Close(); !errors.Is(err, syscall.EIO) || len(f.begun) != 4 {
			t.Errorf("close: %v, %d syncs", err, len(f.begun))
		}
	})
}

func TestCloseWaitsForTheSync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &slow{disk: disk{room: plenty}, begun: make(chan struct{}, 9), end: make(chan error, 9)}
		j := New(f, Options{})
		appendAll(t, j, result(1, track.Updated))
		if err := j.StartSync(); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Second, func() { f.end <- syscall.EIO })
		if err := j.Close(); !errors.Is(err, syscall.EIO) || !f.closed {
			t.Errorf("got %v, closed %v", err, f.closed)
		}
	})
}

func TestSyncSavesWhatAFailedFlushWrote(t *testing.T) {
	d := &disk{room: 200}
	j := New(d, Options{})
	appendAll(t, j, result(1, track.Updated), result(2, track.Updated))
	if err := j.Sync(); !errors.Is(err, syscall.ENOSPC) || d.syncs != 1 {
		t.Errorf("got %v, %d syncs", err, d.syncs)
	}
	d.room = plenty
	if err := j.Sync(); err != nil || d.syncs != 2 { // a full disk may get room
		t.Errorf("got %v, %d syncs", err, d.syncs)
	}
}

func TestCloseTellsEverything(t *testing.T) {
	d := &disk{room: 5, sync: syscall.EIO, close: syscall.EBADF}
	j := New(d, Options{})
	appendAll(t, j, result(1, track.Updated))
	err := j.Close()
	for _, want := range []error{syscall.ENOSPC, syscall.EIO, syscall.EBADF} {
		if !errors.Is(err, want) {
			t.Errorf("no %v in %v", want, err)
		}
	}
	if got, err := readAll(bytes.NewReader(j.Unwritten())); err != nil || len(got) != 1 {
		t.Errorf("unwritten after close: %s", j.Unwritten())
	}
	if err := j.Flush(); err == nil {
		t.Error("flush after close says nothing")
	}
	if err := j.Close(); err != nil {
		t.Errorf("second close: %v", err)
	}
}

// liar claims to have written more than it was given.
type liar struct{ disk }

func (*liar) Write(b []byte) (int, error) { return len(b) + 1, nil }

func TestAFileThatLies(t *testing.T) {
	j := New(&liar{}, Options{})
	appendAll(t, j, result(1, track.Updated))
	if err := j.Flush(); err == nil || !strings.Contains(err.Error(), "claims") || len(j.Unwritten()) == 0 {
		t.Errorf("got %v, %d bytes left", err, len(j.Unwritten()))
	}
}
