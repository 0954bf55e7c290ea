//go:build unix

package chaos

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
)

// chaosRow is one row of a manifest, with the body of the request that it should become:
// JSON with sorted keys, or nothing.
type chaosRow struct {
	id    int64
	cells [4]string // name, volume, project, media, as a CSV file has them
	asks  string
}

// chaosManifest is a manifest as the test knows it. If an id appears twice, the last row
// counts.
type chaosManifest []chaosRow

// asks is what the manifest requests, by track.
func (m chaosManifest) asks() map[int64]string {
	all := make(map[int64]string, len(m))
	for _, row := range m {
		delete(all, row.id)
		if row.asks != "" {
			all[row.id] = row.asks
		}
	}
	return all
}

// words are parts of names, some of which make trouble in CSV, JSON, spreadsheets and
// terminals.
var words = []string{"Rain", "soft", "Träume", "夜", "a,b", `"quoted"`, "semi;colon", "two\nlines", "=1+1", "null", "🎵",
	"<b>&amp;", "x\ty", "0017", "é", `\`}

// newRow chooses what a row requests.
func newRow(r *rand.Rand, id int64) chaosRow {
	row := chaosRow{id: id}
	body := map[string]any{}
	if r.IntN(3) > 0 {
		var name []string
		for range 1 + r.IntN(4) {
			name = append(name, words[r.IntN(len(words))])
		}
		row.cells[0] = strings.Join(name, " ")
		body["name"] = row.cells[0]
	}
	if r.IntN(3) > 0 {
		volume := r.IntN(101)
		row.cells[1] = strconv.Itoa(volume)
		body["volume"] = volume
	}
	switch r.IntN(4) {
	case 0:
		row.cells[2] = "null"
		body["project"] = nil
	case 1:
		project := 1 + r.IntN(5000)
		row.cells[2] = strconv.Itoa(project)
		body["project"] = map[string]any{"id": project}
	}
	if r.IntN(4) == 0 {
		row.cells[3] = fmt.Sprintf("https://example.com/%d/%d.mp3?a=1&b=%%20", id, r.IntN(1000))
		body["media"] = map[string]any{"url": row.cells[3]}
	}
	if len(body) > 0 {
		row.asks = canonical(body)
	}
	return row
}

// canonical is JSON that is equal for equal values.
func canonical(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // of maps of strings and numbers
	}
	return string(b)
}

// newManifest makes rows for ids, some of which appear twice.
func newManifest(r *rand.Rand, ids []int64) chaosManifest {
	m := make(chaosManifest, 0, len(ids)+len(ids)/100)
	for _, id := range ids {
		m = append(m, newRow(r, id))
	}
	for range len(ids) / 100 {
		m = append(m, newRow(r, ids[r.IntN(len(ids))]))
	}
	return m
}

// change is something that people do to a manifest between two sessions. before are the
// manifests of the round so far, the latest last.
func (m chaosManifest) change(r *rand.Rand, before []chaosManifest) (chaosManifest, string) {
	m = slices.Clone(m)
	switch r.IntN(7) {
	case 0:
		slices.SortStableFunc(m, func(a, b chaosRow) int { return int(a.id - b.id) })
		return m, "sorted"
	case 1:
		return m.shuffled(r), "shuffled"
	case 2, 3:
		kept := slices.DeleteFunc(m, func(chaosRow) bool { return r.IntN(3) == 0 })
		if len(kept) < 10 {
			return before[0], "restored"
		}
		return kept, "filtered"
	case 4, 5:
		for i := range m {
			if r.IntN(5) == 0 {
				m[i] = newRow(r, m[i].id)
			}
		}
		return m, "corrected"
	}
	return before[r.IntN(len(before))], "as it was before"
}

// shuffled changes the order of the rows, but of two rows with the same id the last one
// stays the last.
func (m chaosManifest) shuffled(r *rand.Rand) chaosManifest {
	of := map[int64][]chaosRow{}
	for _, row := range m {
		of[row.id] = append(of[row.id], row)
	}
	r.Shuffle(len(m), func(i, k int) { m[i], m[k] = m[k], m[i] })
	for i, row := range m {
		m[i], of[row.id] = of[row.id][0], of[row.id][1:]
	}
	return m
}

// write writes the manifest in the format of its file name.
func (m chaosManifest) write(path string) error {
	if strings.HasSuffix(path, ".jsonl") {
		return m.writeJSONLines(path)
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	err := w.Write([]string{"id", "name", "volume", "project_id", "media_url"})
	for _, row := range m {
		err = errors.Join(err, w.Write(append([]string{strconv.FormatInt(row.id, 10)}, row.cells[:]...)))
	}
	w.Flush()
	return errors.Join(err, w.Error(), os.WriteFile(path, b.Bytes(), 0o600))
}

func (m chaosManifest) writeJSONLines(path string) error {
	var b bytes.Buffer
	for _, row := range m {
		fields := map[string]any{}
		if row.asks != "" {
			if err := json.Unmarshal([]byte(row.asks), &fields); err != nil {
				return err
			}
		}
		fields["id"] = row.id
		b.WriteString(canonical(fields))
		b.WriteByte('\n')
	}
	return os.WriteFile(path, b.Bytes(), 0o600)
}
