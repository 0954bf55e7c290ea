package journal

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tracksync/internal/safe"
)

// Request is a request that has ended. sent.log has a line for each, so that the statistics of
// a session survive a kill.
type Request struct {
	Number  int  // among those of the session that have ended, from 1
	Update  bool // it was a PUT
	Unsent  bool // this machine could not send it
	Refused bool // 429
	Started time.Time
	Took    time.Duration // to the microsecond
	Status  int           // 0: no answer
	Code    string        // of the error; empty for a success
	Limit   float64       // the rate in force, in requests per second
}

// Ended records a request that has ended. It is written with the next Flush, before the
// results.
func (l *Ledger) Ended(r Request) {
	b := strconv.AppendInt(append(l.requests, "\n= "...), int64(r.Number), 10)
	b = append(b, ' ')
	for _, mark := range []struct {
		set    bool
		letter byte
	}{{r.Update, 'u'}, {r.Unsent, 'n'}, {r.Refused, 'r'}, {true, '.'}} {
		if mark.set {
			b = append(b, mark.letter)
		}
	}
	for _, n := range []int64{r.Started.UnixMicro(), r.Took.Microseconds(), int64(r.Status)} {
		b = strconv.AppendInt(append(b, ' '), n, 10)
	}
	b = strconv.AppendFloat(append(b, ' '), r.Limit, 'g', -1, 64)
	b = append(b, ' ', '=')
	if r.Code != "" {
		code := []byte(r.Code)
		if l.redact != nil {
			code = l.redact(code)
		}
		b = append(b, url.QueryEscape(string(code))...)
	}
	l.requests = append(b, sentEnd...)
}

// FlushEnded writes the requests that have ended. What cannot be written is dropped, because
// the session is about to end, and its statistics are saved as a whole.
func (l *Ledger) FlushEnded() error {
	if len(l.requests) == 0 {
		return nil
	}
	err := l.Sent.write(l.requests)
	l.requests = l.requests[:0]
	return err
}

// Requests is what sent.log says about the requests of a session that was killed.
type Requests struct {
	Updates int       // PUTs that were about to be sent
	Ended   []Request // in the order in which they ended
}

// ReadRequests reads the requests of a session of a run from its directory, and those that have
// ended beyond the first few. If the file is of another session, there are none.
func ReadRequests(dir string, session, beyond int) (all Requests, err error) {
	path := pathIn(dir, SentFile)
	f, err := safe.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	if err != nil {
		return all, openError(path, err)
	}
	defer f.Close() // only read
	in := bufio.NewReaderSize(f, 64<<10)
	for here := false; ; {
		text, size, err := readLine(in)
		if err == io.EOF && size == 0 {
			return all, nil
		}
		if err != nil && err != io.EOF {
			return Requests{}, openError(path, err)
		}
		text, whole := bytes.CutSuffix(bytes.TrimRight(text, "\n"), []byte(" ."))
		switch {
		case !whole:
		case !here: // the first line names the session
			if string(text) != sessionLine(session) {
				return Requests{}, nil
			}
			here = true
		case bytes.HasPrefix(text, []byte("+ ")):
			all.Updates++
		case bytes.HasPrefix(text, []byte("= ")):
			if r, ok := endedRequest(string(text)); ok && r.Number > beyond {
				all.Ended = append(all.Ended, r)
			}
		}
	}
}

// sessionLine is the first line of sent.log, without its end.
func sessionLine(session int) string { return "! " + strconv.Itoa(session) }

// endedRequest reads a line of Ended, without its end.
func endedRequest(text string) (r Request, ok bool) {
	words := strings.Fields(text)
	if len(words) != 8 {
		return r, false
	}
	var n [4]int64
	for i, at := range []int{1, 3, 4, 5} {
		var err error
		if n[i], err = strconv.ParseInt(words[at], 10, 64); err != nil || n[i] < 0 {
			return r, false
		}
	}
	limit, limitErr := strconv.ParseFloat(words[6], 64)
	code, codeErr := url.QueryUnescape(strings.TrimPrefix(words[7], "="))
	has := func(letter string) bool { return strings.Contains(words[2], letter) }
	return Request{
		Number: int(n[0]), Update: has("u"), Unsent: has("n"), Refused: has("r"), Started: time.UnixMicro(n[1]),
		Took: time.Duration(n[2]) * time.Microsecond, Status: int(n[3]), Code: code, Limit: limit,
	}, limitErr == nil && codeErr == nil
}
