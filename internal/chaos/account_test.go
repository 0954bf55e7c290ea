//go:build unix

package chaos

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// result is a line of results.jsonl, with the fields that this test checks. It is
// declared here again so that the test doesn't depend on the code that wrote it.
type result struct {
	Row     int    `json:"row"`
	ID      int64  `json:"id"`
	Status  string `json:"status"`
	Changes map[string]struct {
		To json.RawMessage `json:"to"`
	} `json:"changes"`
}

// sent is what was sent according to the line, in the form of chaosRow.asks.
func (r result) sent() string {
	body := map[string]any{}
	for field, change := range r.Changes {
		switch {
		case field == "project_id" && string(change.To) == "null":
			body["project"] = nil
		case field == "project_id":
			body["project"] = map[string]any{"id": change.To}
		case field == "media_url":
			body["media"] = map[string]any{"url": change.To}
		default:
			body[field] = change.To
		}
	}
	return normal([]byte(canonical(body)))
}

// normal is JSON in the form that canonical gives it.
func normal(text []byte) string {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return "no JSON: " + string(text)
	}
	return canonical(v)
}

// readResults reads the complete lines of a file. Other lines must be damage.
func readResults(path string, damage bool) ([]result, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []result
	for len(b) > 0 {
		line, rest, whole := bytes.Cut(b, []byte("\n"))
		b = rest
		var r result
		if err := json.Unmarshal(line, &r); err == nil && whole {
			all = append(all, r)
		} else if !damage {
			return nil, fmt.Errorf("%s: line %d is damaged: %.200q", path, len(all)+1, line)
		}
	}
	return all, nil
}

// latest is the last line about each track of which the manifest requested something,
// in all files of the run directory.
func (c *chaosRound) latest() (map[int64]result, error) {
	all := map[int64]result{}
	for _, name := range []string{"earlier.jsonl", "results.jsonl"} {
		lines, err := readResults(filepath.Join(c.run, name), true)
		if err != nil {
			return nil, err
		}
		for _, r := range lines {
			switch r.Status {
			case "superseded", "skipped", "invalid", "not_attempted":
			default:
				all[r.ID] = r
			}
		}
	}
	return all, nil
}

// request is a line of the sandbox's log.
type request struct {
	Method  string `json:"method"`
	ID      int64  `json:"id"`
	Body    string `json:"body"`
	Status  int    `json:"status"`
	Applied bool   `json:"applied"`
	Fault   string `json:"fault"`
}

// received reads what the sandbox has received since the last call.
func (c *chaosRound) received() (all []request, err error) {
	f, err := os.Open(c.requestLog)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Seek(c.logRead, io.SeekStart); err != nil {
		return nil, err
	}
	for in := bufio.NewReader(f); ; {
		line, err := in.ReadBytes('\n')
		if err == io.EOF && len(line) == 0 {
			return all, nil
		}
		var q request
		if err == nil {
			err = json.Unmarshal(line, &q)
		}
		if err != nil {
			return nil, err
		}
		q.Body = normal([]byte(q.Body))
		all = append(all, q)
		c.logRead += int64(len(line))
	}
}

// checkAccount checks the results of a session that came to its end.
func (c *chaosRound) checkAccount(of map[int64]sessionOf) error {
	lines, err := readResults(filepath.Join(c.run, "results.jsonl"), false)
	if err != nil {
		return err
	}
	var s struct {
		Rows     int            `json:"rows"`
		Totals   map[string]int `json:"totals"`
		Requests int            `json:"requests"`
	}
	b, err := os.ReadFile(filepath.Join(c.run, "summary.json"))
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	if err != nil {
		return err
	}
	rows := make([]string, len(c.manifest))
	counts := map[string]int{}
	for _, r := range lines {
		if r.Row < 1 || r.Row > len(rows) || rows[r.Row-1] != "" || c.manifest[r.Row-1].id != r.ID {
			return fmt.Errorf("a line of results.jsonl is not the one line of its row: row %d, track %d, %s %s", r.Row,
				r.ID, r.Status, r.sent())
		}
		rows[r.Row-1] = r.Status
		counts[r.Status]++
		if err := c.checkStatus(r, of[r.ID]); err != nil {
			return err
		}
	}
	sum := 0
	for status, n := range s.Totals {
		sum += n
		if n != counts[status] {
			return fmt.Errorf("summary.json counts %d rows that are %s, and there are %d", n, status, counts[status])
		}
	}
	if s.Rows != len(rows) || sum != len(rows) || len(lines) != len(rows) {
		return fmt.Errorf("%d rows, %d in summary.json, %d in its totals, %d lines", len(rows), s.Rows, sum, len(lines))
	}
	return cmp.Or(c.checkRequests(s.Requests), c.checkDirectory())
}

// checkStatus compares a final line with what the sandbox received in the session that
// wrote it.
func (c *chaosRound) checkStatus(r result, in sessionOf) error {
	row := c.manifest[r.Row-1]
	counts := row.asks != "" && c.asks[row.id] == row.asks && c.last[row.id] == r.Row
	wrong := false
	switch r.Status {
	case "updated":
		wrong = !counts || r.sent() != row.asks || c.applied[r.ID] != row.asks
	case "superseded":
		wrong = c.last[row.id] == r.Row
	case "skipped":
		wrong = row.asks != "" || c.last[row.id] != r.Row
	case "failed":
		wrong = !counts || in.applied > 0
	case "not_attempted":
		wrong = !counts || in.requests > in.refused
	case "unknown":
		wrong = !counts
	default:
		wrong = true
	}
	if wrong {
		return fmt.Errorf("row %d asks %s and is said to be %s %s; the sandbox was asked %+v in this session, and "+
			"has applied %s in the end",
			r.Row, row.asks, r.Status, r.sent(), in, c.applied[r.ID])
	}
	return nil
}

// checkDirectory checks that a run that came to its end leaves nothing behind.
func (c *chaosRound) checkDirectory() error {
	entries, err := os.ReadDir(c.run)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || e.Name() == "lock.json" {
			return fmt.Errorf("%s is left in the run directory", e.Name())
		}
	}
	return nil
}

// damage damages the results of a killed process as a power cut may, and returns the ids
// of the lines that are lost.
func (c *chaosRound) damage(r *rand.Rand) ([]int64, error) {
	path := filepath.Join(c.run, "results.jsonl")
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(b) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	whole := bytes.LastIndexByte(b, '\n') + 1 // a kill may have left a torn line itself
	last := bytes.LastIndexByte(b[:max(0, whole-1)], '\n') + 1
	cut := len(b)
	switch r.IntN(3) {
	case 0: // within the last line
		cut = last + r.IntN(len(b)-last)
		b = b[:cut]
	case 1: // pages that never came, within the last lines
		cut -= r.IntN(min(len(b), 1500))
		b = append(b[:cut], make([]byte, r.IntN(5000))...)
	case 2: // what stood on the disk before
		b = append(b, strings.Repeat("\x00\xff{\"row\":1,", r.IntN(300))...)
	}
	before, err := readResults(path, true)
	if err == nil {
		err = os.WriteFile(path, b, 0o600)
	}
	if err != nil {
		return nil, err
	}
	after, err := readResults(path, true)
	var gone []int64
	for _, line := range before[min(len(after), len(before)):] {
		gone = append(gone, line.ID)
	}
	return gone, err
}
