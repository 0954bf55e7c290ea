package journal

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// InFlight is a row whose last line in sent.log says that its update was sent, and
// may have been applied.
type InFlight struct {
	ID   track.ID
	Row  int       // its number at that time
	Sent time.Time // to the millisecond

	asked uint64 // Result.Asked of the row's fields
	open  int    // updates that were sent, minus those that were certainly not applied
}

// ReadInFlight returns the rows of sent.log whose update was in flight when the last session
// of a run directory ended. It includes rows whose results were recorded afterwards.
func ReadInFlight(dir string) ([]InFlight, error) {
	return readInFlight(pathIn(dir, SentFile), func(InFlight) bool { return false })
}

// readInFlight returns the rows of a file whose update was in flight, by id. It leaves out
// rows for which ended reports that their result came later. A missing file has no rows. A
// line that is cut off was not followed by a request.
func readInFlight(path string, ended func(InFlight) bool) ([]InFlight, error) {
	f, err := safe.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, openError(path, err)
	}
	defer f.Close() // only read
	all, err := sentLines(f, ended)
	if err != nil {
		return nil, openError(path, err)
	}
	slices.SortStableFunc(all, func(a, b InFlight) int { return cmp.Compare(a.ID, b.ID) })
	rows := all[:0]
	for _, l := range all {
		last := len(rows) - 1
		switch {
		case last < 0 || rows[last].ID != l.ID:
			rows = append(rows, l)
		case l.open > 0:
			l.open += rows[last].open
			rows[last] = l
		default:
			rows[last].open += l.open
		}
	}
	return slices.DeleteFunc(rows, func(l InFlight) bool { return l.open <= 0 }), nil
}

func sentLines(r io.Reader, ended func(InFlight) bool) ([]InFlight, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	var all []InFlight
	for {
		text, size, err := readLine(in)
		if err == io.EOF && size == 0 {
			return all, nil
		}
		if err != nil && err != io.EOF {
			return nil, err
		}
		if l, ok := sentLine(string(text)); ok && (l.open < 0 || !ended(l)) {
			all = append(all, l)
		}
	}
}

// sentLine reads a line that is whole.
func sentLine(text string) (l InFlight, ok bool) {
	words := strings.Fields(text)
	if len(words) < 3 || words[len(words)-1] != "." {
		return l, false
	}
	id, err := strconv.ParseInt(words[1], 10, 64)
	if err != nil || id <= 0 {
		return l, false
	}
	l.ID, l.open = track.ID(id), -1
	if words[0] == "-" && len(words) == 3 {
		return l, true
	}
	if words[0] != "+" || len(words) != 6 {
		return l, false
	}
	row, rowErr := strconv.Atoi(words[3])
	at, atErr := strconv.ParseInt(words[4], 10, 64)
	l.Row, l.Sent, l.asked, l.open = row, time.UnixMilli(at), askedNumber([]byte(words[2])), 1
	return l, rowErr == nil && atErr == nil && row > 0 && row <= MaxRow
}

// Unknown is the result of such a row, given its earlier result or the zero value.
func (l InFlight) Unknown(before track.Result) track.Result {
	r := before
	if r.Row == 0 {
		r.Row, r.ID = l.Row, l.ID
	}
	r.Left = before.Own() // the track may still be in an earlier state
	r.Status, r.FinishedAt, r.Changes, r.Answered = track.Unknown, l.Sent.UTC(), track.Changes{}, track.Values{}
	r.Asked = ""
	if l.asked != 0 {
		r.Asked = fmt.Sprintf("%016x", l.asked)
	}
	r.Error = &track.Error{
		Code: "killed", Retryable: true,
		Message: "the run ended at once while this row's update was under way: it may have been applied; sending the " +
			"row again is safe",
	}
	return r
}
