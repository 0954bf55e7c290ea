package journal

import (
	"cmp"
	"iter"
	"slices"
	"sync/atomic"

	"tracksync/internal/track"
)

const (
	pageRows   = 4096
	offsetBits = 56
)

// rowIndex stores the status and the offset of each row's last line: eight bytes a row. If
// tracks is set, it also stores the row's track: eight more bytes. It grows by pages, so that
// growing copies no rows.
//
// Only one goroutine may set rows; any goroutine may get them.
type rowIndex struct {
	pages    atomic.Pointer[[]atomic.Pointer[page]] // replaced by a longer slice when it grows
	tracks   bool                                   // tracks are stored too
	ids      []*[pageRows]track.ID                  // tracks by page; only for the goroutine that sets rows
	counts   map[track.Status]int                   // rows by the status of their last lines
	replaced []int64                                // offsets of lines that are not the last of their row
}

// page stores a line in one word: its status (from 1; 0 is no line) in the bits above its
// offset.
type page struct{ lines [pageRows]atomic.Uint64 }

var statuses = track.Statuses()

func (x *rowIndex) set(row int, id track.ID, s track.Status, offset int64) {
	if x.counts == nil {
		x.counts = map[track.Status]int{}
	}
	if before, at, ok := x.get(row); ok {
		x.counts[before]--
		x.replaced = append(x.replaced, at)
	}
	x.counts[s]++
	n, i := (row-1)/pageRows, (row-1)%pageRows
	if x.tracks {
		x.setTrack(n, i, id)
	}
	x.makePage(n).lines[i].Store(uint64(slices.Index(statuses, s)+1)<<offsetBits | uint64(offset))
}

func (x *rowIndex) setTrack(n, i int, id track.ID) {
	for n >= len(x.ids) {
		x.ids = append(x.ids, nil)
	}
	if x.ids[n] == nil {
		x.ids[n] = new([pageRows]track.ID)
	}
	x.ids[n][i] = id
}

func (x *rowIndex) makePage(n int) *page {
	pages := x.pages.Load()
	if pages == nil || n >= len(*pages) {
		longer := make([]atomic.Pointer[page], max(n+1, 2*x.len()))
		for i := range x.len() {
			longer[i].Store((*pages)[i].Load())
		}
		x.pages.Store(&longer)
		pages = &longer
	}
	if (*pages)[n].Load() == nil {
		(*pages)[n].Store(new(page))
	}
	return (*pages)[n].Load()
}

// len is the number of pages, of which some may not exist.
func (x *rowIndex) len() int {
	if pages := x.pages.Load(); pages != nil {
		return len(*pages)
	}
	return 0
}

func (x *rowIndex) page(n int) *page {
	if n < 0 || n >= x.len() {
		return nil
	}
	return (*x.pages.Load())[n].Load()
}

func (x *rowIndex) get(row int) (track.Status, int64, bool) {
	if row < 1 {
		return "", 0, false
	}
	p := x.page((row - 1) / pageRows)
	if p == nil {
		return "", 0, false
	}
	word := p.lines[(row-1)%pageRows].Load()
	if word == 0 {
		return "", 0, false
	}
	return statuses[word>>offsetBits-1], int64(word & (1<<offsetBits - 1)), true
}

// all yields the rows that have a line, in ascending order.
func (x *rowIndex) all() iter.Seq2[int, track.Status] {
	return func(yield func(int, track.Status) bool) {
		for n := range x.len() {
			if x.page(n) == nil {
				continue
			}
			for row := n*pageRows + 1; row <= (n+1)*pageRows; row++ {
				if s, _, ok := x.get(row); ok && !yield(row, s) {
					return
				}
			}
		}
	}
}

// id is the track of a row that has a line. tracks must be set.
func (x *rowIndex) id(row int) track.ID { return x.ids[(row-1)/pageRows][(row-1)%pageRows] }

// byTrack returns the rows of wanted tracks whose results say something about their tracks,
// sorted by track. It takes four bytes for each such row.
func (x *rowIndex) byTrack(wanted func(track.ID) bool) []int32 {
	var rows []int32
	for row, status := range x.all() {
		if status.AboutTrack() && wanted(x.id(row)) {
			rows = append(rows, int32(row))
		}
	}
	slices.SortFunc(rows, func(a, b int32) int {
		return cmp.Or(cmp.Compare(x.id(int(a)), x.id(int(b))), cmp.Compare(a, b))
	})
	return rows
}
