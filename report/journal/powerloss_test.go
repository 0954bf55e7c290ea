package journal

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"testing"

	"tracksync/internal/track"
)

// cached is a file whose content is only in the system's memory until it is synced.
type cached struct {
	disk
	safe int // bytes that were there at the last Sync
}

func (c *cached) Sync() error {
	c.safe = len(c.data)
	return c.disk.Sync()
}

// afterPowerLoss is a possible content of the file after a power cut. Only what was
// synced is certain. A system may have written any other pages, in any order, and may
// report any length: pages that were not written are zeros.
func (c *cached) afterPowerLoss(r *rand.Rand, page int) []byte {
	length := c.safe + r.IntN(len(c.data)-c.safe+1)
	left := bytes.Clone(c.data[:length])
	if page == 0 {
		return left // a prefix
	}
	for from := c.safe / page * page; from < length; from += page {
		if r.IntN(2) == 0 {
			clear(left[max(from, c.safe):min(from+page, length)])
		}
	}
	return append(left, make([]byte, r.IntN(2)*r.IntN(page))...) // the length came, the page did not
}

const powerLossRows = 40

// said is one line of a journal, and the offset of its end.
type said struct {
	track.Result
	end int
}

// After any power cut, what was synced is found, nothing is found that was never written,
// and a valid journal can be made of it and continued.
func TestPowerLoss(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 0))
		f := &cached{disk: disk{room: plenty}}
		history := workUntilPowerLoss(t, r, f)
		dir := runWith(t, map[string]string{ResultsFile: string(f.afterPowerLoss(r, []int{0, 64, 512, 4096}[seed%4]))})
		rec := readPast(t, dir)
		for id, lines := range history {
			checkFound(t, seed, rec, id, lines, f.safe)
		}
		goOn(t, rec)
		if t.Failed() {
			t.Fatalf("seed %d, %d of %d bytes were synced", seed, f.safe, len(f.data))
		}
	}
}

// workUntilPowerLoss appends rows, and further lines for some of them, with
// flushes and syncs now and then. It returns all lines of each track.
func workUntilPowerLoss(t *testing.T, r *rand.Rand, f File) map[track.ID][]said {
	t.Helper()
	history := map[track.ID][]said{}
	j, end := New(f, Options{}), 0
	for row := 1; row <= powerLossRows; row++ {
		of := row
		if r.IntN(5) == 0 {
			of = 1 + r.IntN(row) // once more
		}
		line := result(of, []track.Status{track.Updated, track.Updated, track.Failed, track.Unknown}[r.IntN(4)])
		line.Attempts, line.Asked = row, louder(5).Fingerprint()
		before := j.Waiting()
		appendAll(t, j, line)
		end += j.Waiting() - before
		history[line.ID] = append(history[line.ID], said{line, end})
		var err error
		switch r.IntN(6) {
		case 0:
			err = j.Sync()
		case 1, 2:
			err = j.Flush()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return history
}

// checkFound checks what is found of a track: the last line that was synced or a later
// one.
func checkFound(t *testing.T, seed uint64, rec *Past, id track.ID, lines []said, safe int) {
	t.Helper()
	known, ok := rec.Find(id, louder(5))
	var got track.Result
	if ok {
		var err error
		if got, err = rec.Result(known); err != nil {
			t.Error(err)
			return
		}
	}
	for i := len(lines) - 1; i >= 0; i-- {
		l := lines[i]
		if ok && got.Attempts == l.Attempts {
			if got.Status != l.Status || got.Asked != l.Asked {
				t.Errorf("seed %d: track %d: %+v was written, %+v is found", seed, id, l.Result, got)
			}
			return
		}
		if l.end <= safe {
			t.Errorf("seed %d: track %d: the line of attempt %d was synced, and %v is found: %+v", seed, id, l.Attempts,
				ok, got)
			return
		}
	}
	if ok {
		t.Errorf("seed %d: track %d: %+v was never written", seed, id, got)
	}
}

// goOn does what a resumed session does: it makes a new journal of everything that is
// known, and then appends what is missing. The ids of tracks are the numbers of their
// rows.
func goOn(t *testing.T, rec *Past) {
	t.Helper()
	done := map[int]bool{}
	rewrite, err := rec.Rewrite(Options{}, func(w *Rewrite) error {
		for row := 1; row <= powerLossRows; row++ {
			at := track.Row{Number: row, Update: track.Update{ID: track.ID(row), Values: louder(5)},
				Position: track.Position{File: "tracks.csv", Line: row + 1}}
			known, ok := rec.Find(at.Update.ID, at.Update.Values)
			if !ok {
				continue
			}
			if err := w.Copy(at, known); err != nil {
				return err
			}
			done[row] = known.Status.Success()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := rewrite.Commit(); err != nil {
		t.Fatal(err)
	}
	j, err := rewrite.Open()
	if err != nil {
		t.Fatal(err)
	}
	for row := 1; row <= powerLossRows; row++ {
		if !done[row] {
			appendAll(t, j.Journal, result(row, track.Updated))
		}
	}
	if j.Counts()[track.Updated] != powerLossRows {
		t.Errorf("counts are %v", j.Counts())
	}
	if err := errors.Join(rec.Close(), j.Close(), j.Compact()); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(pathIn(rec.dir, ResultsFile))
	if err != nil {
		t.Fatal(err)
	}
	latest := map[int]track.Status{}
	for e, err := range linesOf(bytes.NewReader(b), decode) {
		if err != nil || latest[e.value.Row] != "" {
			t.Fatalf("row %d: %v, or another line of it", e.value.Row, err)
		}
		latest[e.value.Row] = e.value.Status
	}
	for row := 1; row <= powerLossRows; row++ {
		if latest[row] != track.Updated {
			t.Errorf("row %d is %s in the end", row, latest[row])
		}
	}
}
