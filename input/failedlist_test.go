package input

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tracksync/internal/track"
	"tracksync/report"
)

// failedList is failed.csv for rows of which some failed.
func failedList(t *testing.T, summary Summary, rows []track.WrittenRow,
	chosen func(track.WrittenRow) bool) (text string, listed []track.WrittenRow) {
	t.Helper()
	results := map[int]track.Result{}
	for _, r := range rows {
		switch {
		case len(r.Problems) > 0:
			results[r.Number] = track.Result{Status: track.Invalid,
				Error: &track.Error{Code: "invalid_row", Message: why(r)}}
		case chosen(r) && !r.Superseded:
			results[r.Number] = track.Result{Status: track.Failed,
				Error: &track.Error{Code: "invalid_request", Message: "a;b, \"c\"\n=1"}}
		default:
			continue
		}
		if r.Expect.Empty() {
			listed = append(listed, r)
		}
	}
	var b bytes.Buffer
	all := func(yield func(track.WrittenRow, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
	n, err := report.WriteFailed(&b, summary.Table, all, func(yield func(track.Result, error) bool) {
		for _, row := range rows {
			if r, ok := results[row.Number]; ok {
				r.Row = row.Number
				if !yield(r, nil) {
					return
				}
			}
		}
	})
	if err != nil || n != len(listed) {
		t.Fatalf("%d rows, %v", n, err)
	}
	return b.String(), listed
}

// why is the engine's error for an invalid row.
func why(r track.WrittenRow) string {
	var texts []string
	for _, p := range r.Problems {
		text := p.Message
		if p.Hint != "" {
			text += " (" + p.Hint + ")"
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, "; ")
}

// The rows of failed.csv request exactly what the failed rows requested, or are invalid
// for the same reason. That holds for all manifests, and also for the failed.csv of a
// failed.csv.
func TestFailedRowsComeBack(t *testing.T) {
	for seed := range uint64(500) {
		c := newRandomCase(seed)
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			c.encode(t, seed)
			rows, summary, problems := readWritten(t, c.opts, c.files...)
			if problems != nil {
				if c.mayBeRefused {
					t.Skip("refused")
				}
				t.Fatalf("%q: %v", c.files, problems)
			}
			chosen := func(r track.WrittenRow) bool { return c.random.IntN(3) > 0 }
			columns := c.opts.Columns
			for range 3 {
				text, listed := failedList(t, summary, rows, chosen)
				if len(listed) == 0 {
					return
				}
				opts := Options{OnInvalid: Skip, AllowEmpty: true, OnDuplicate: c.opts.OnDuplicate,
					MaxVolume: c.opts.MaxVolume}
				if summary.Table == nil {
					columns = nil
				}
				opts.Columns = columns
				again, summaryAgain, problems := readWritten(t, opts, file{"failed.csv", text})
				if problems != nil {
					t.Fatalf("%q\nbecame\n%s\nwhich is refused: %v", c.files, text, problems)
				}
				compare(t, listed, again)
				if t.Failed() {
					t.Fatalf("%q\nbecame\n%s", c.files, text)
				}
				rows, summary = again, summaryAgain
			}
		})
	}
}

func compare(t *testing.T, want, got []track.WrittenRow) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d rows became %d", len(want), len(got))
		return
	}
	for i, w := range want {
		switch g := got[i]; {
		case len(w.Problems) == 0 && len(g.Problems) == 0:
			if w.Update != g.Update {
				t.Errorf("%s\nasks %s", says(w.Row), says(g.Row))
			}
		case len(w.Problems) == 0 || len(g.Problems) == 0:
			t.Errorf("%s\nbecame %s", says(w.Row), says(g.Row))
		case !sameReason(w, g):
			t.Errorf("%s\nbecame %s", says(w.Row), says(g.Row))
		}
	}
}

// sameReason reports whether a row is invalid for the same reason as before: it has the
// same problems, or a mark and their text.
func sameReason(was, is track.WrittenRow) bool {
	if is.Problems[0].Hint != track.MarkHint {
		return slices.Equal(essence(was), essence(is))
	}
	said := is.Problems[0].Message
	if before := was.Problems[0]; before.Hint == track.MarkHint {
		return strings.ReplaceAll(before.Message, ";", ",") == said
	}
	start, cut := strings.CutSuffix(said, "…")
	before := strings.ReplaceAll(why(was), ";", ",")
	return len(is.Problems) == 1 && (said == before || cut && len(start) > 250 && strings.HasPrefix(before, start))
}

var (
	twice      = regexp.MustCompile(`is (already at \S+( \(.*?\))?|in more than one row)`)
	raggedness = regexp.MustCompile(`the row has \d+ cells?, the header has \d+`)
)

// essence is the messages of an invalid row without positions, sorted.
func essence(r track.WrittenRow) []string {
	var all []string
	for _, p := range r.Problems {
		all = append(all, raggedness.ReplaceAllString(twice.ReplaceAllString(p.Message, "is there twice"),
			"the row is ragged"))
	}
	slices.Sort(all)
	return all
}

// randomCase is random manifests and the options to read them with.
type randomCase struct {
	random       *rand.Rand
	files        []file
	opts         Options
	mayBeRefused bool
}

func newRandomCase(seed uint64) *randomCase {
	c := &randomCase{random: rand.New(rand.NewPCG(seed, 1))}
	c.opts = Options{OnInvalid: Skip, AllowEmpty: true}
	if c.chance(2) {
		c.opts.OnDuplicate = Last
	}
	if c.chance(3) {
		c.opts.MaxVolume = -1
	}
	if c.chance(6) {
		c.opts.Limit = 1 + c.random.IntN(3)
	}
	c.opts.IgnoreUnknown = c.chance(2)
	tables := 1
	for c.chance(3) {
		tables++
	}
	if c.chance(3) {
		c.opts.Columns = map[string]string{"name": c.pick("Error", "#note", "Caption", "Title", "a\nb", "status",
			"#error")}
	}
	if c.chance(8) {
		c.opts.Delimiter = []rune("^;~")[c.random.IntN(3)]
	}
	for i := range tables {
		name := fmt.Sprintf("%d", i)
		switch {
		case c.opts.Columns == nil && c.chance(4):
			c.files = append(c.files, file{name + ".yaml", c.yaml()})
		default:
			c.files = append(c.files, file{name + ".csv", c.table()})
		}
	}
	return c
}

// encode puts some cases into another encoding than UTF-8. Their failed.csv is read
// without being told which.
func (c *randomCase) encode(t *testing.T, seed uint64) {
	label, mark := "", ""
	switch seed % 5 {
	case 0:
		label, mark = "utf-16le", "\ufeff"
	case 1:
		label, mark = "utf-16be", "\ufeff"
	case 2:
		label, c.opts.Encoding = "gb18030", "gb18030"
	default:
		return
	}
	for i, f := range c.files {
		c.files[i].text = encoded(t, label, mark+strings.TrimPrefix(f.text, "\ufeff"))
	}
}

func (c *randomCase) chance(n int) bool { return c.random.IntN(n) == 0 }

func (c *randomCase) pick(of ...string) string { return of[c.random.IntN(len(of))] }

func (c *randomCase) table() string {
	header := []string{"id"}
	for _, f := range fieldNames[1:] {
		if f == track.FieldName && c.opts.Columns != nil {
			header = append(header, c.opts.Columns[f])
		} else if !c.chance(3) {
			header = append(header, c.pick(f, strings.ToUpper(f), " "+f))
		}
	}
	others := []string{"#note", "Error", "status", "#error", "#source", ""}
	if c.opts.IgnoreUnknown {
		others = append(others, "\"q\"#", "Kommentar", "a,b;c", "x\r\ny", "note", "Caption", "##", "id")
	}
	for c.chance(2) {
		o := c.pick(others...)
		if !slices.ContainsFunc(header, func(h string) bool { return normalizeHeader(h) == normalizeHeader(o) }) {
			header = append(header, o)
		}
	}
	c.random.Shuffle(len(header), func(i, j int) { header[i], header[j] = header[j], header[i] })
	delimiter := c.pick(",", ";", "\t", "|")
	if c.opts.Delimiter != 0 {
		delimiter = string(c.opts.Delimiter)
	}
	end := c.pick("\n", "\r\n")
	var b strings.Builder
	if c.chance(2) {
		b.WriteString("\ufeff")
	}
	if c.chance(6) {
		b.WriteString("sep=" + delimiter + end)
	}
	c.mayBeRefused = c.mayBeRefused || len(header) == 1
	c.record(&b, header, delimiter, end)
	for range 1 + c.random.IntN(5) {
		cells := make([]string, len(header))
		for i, h := range header {
			cells[i] = c.cell(h)
		}
		switch {
		case c.chance(8):
			cells = cells[:c.random.IntN(len(cells))+1]
		case c.chance(8):
			for range 1 + c.random.IntN(3) {
				cells = append(cells, c.pick("", "9", "x"))
			}
		}
		c.record(&b, cells, delimiter, end)
	}
	return b.String()
}

func (c *randomCase) cell(header string) string {
	if c.chance(5) {
		return ""
	}
	switch normalizeHeader(header) {
	case "id":
		return c.pick("17", "18", "19", "20", " 21.0", "22", "23", "24", "25?", "x", "0017", "1.7E+05", "?")
	case "volume":
		return c.pick("0", "55", "55%", "55.0", "101", "loud", "0.5")
	case "project_id":
		return c.pick("3", "null", "NULL", "0", "null", "\\N", "12?")
	case "media_url":
		return c.pick("http://h/a.mp3", " https://h/?a=1,2;3 ", "ftp://x", "http://h/a b")
	case "id?":
		return "1"
	}
	return c.pick("Intro", "null", "a\r\nb", "a\nb", `say "hi"`, "a,b;c\td|e^f~g", "=1+1", " lead", "\\.", "bare\rCR",
		" ", "?", "55", "invalid_row: old", "Größe", "\ufeffx")
}

func (c *randomCase) record(b *strings.Builder, cells []string, delimiter, end string) {
	for i, cell := range cells {
		if i > 0 {
			b.WriteString(delimiter)
		}
		if strings.ContainsAny(cell, "\"\n"+delimiter) || strings.Contains(cell, "\r") && c.chance(2) || c.chance(6) {
			b.WriteString(`"` + strings.ReplaceAll(cell, `"`, `""`) + `"`)
		} else {
			b.WriteString(cell)
		}
	}
	b.WriteString(end)
}

func (c *randomCase) yaml() string {
	var b strings.Builder
	for range 1 + c.random.IntN(5) {
		fmt.Fprintf(&b, "- id: %s\n", c.pick("17", "18", "19", "20", "21", "x", "null", "0017", `"22?"`))
		b.WriteString(c.pick("", "  name: Intro\n", "  name: null\n", "  name: [a]\n", "  name: \"a\\r\\nb\"\n",
			"  name: \" \"\n", "  name: null\n  volume: x\n"))
		b.WriteString(c.pick("", "", "  project: null\n", "  project: ~\n", "  project: {id: 3}\n",
			"  project: {id: null}\n", "  project_id: \"null\"\n", "  project: 3\n"))
		b.WriteString(c.pick("", "", "  media: {url: \"http://h/\"}\n", "  media: null\n", "  volum: 3\n",
			"  expect: {volume: 4}\n", "  expect: {}\n"))
	}
	return b.String()
}

// Each cell is in its own column, and the error in the last one.
func TestFailedListOfOneTable(t *testing.T) {
	text := "\ufeffVolume;Track ID;Kommentar;;name;status\r\n55;17;x;;\"a;b\r\nc\";ok\r\n56;18\r\n" +
		"57;19;x;;n;ok;more\r\n"
	opts := Options{OnInvalid: Skip, IgnoreUnknown: true, Columns: map[string]string{"id": "Track ID"}}
	rows, summary, problems := readWritten(t, opts, file{"m.csv", text})
	if problems != nil {
		t.Fatal(problems)
	}
	got, _ := failedList(t, summary, rows, func(track.WrittenRow) bool { return true })
	want := "\ufeffVolume;Track ID;#Kommentar;#;name;#status;#error\r\n" +
		"55;17;x;;\"a;b\r\nc\";ok;\"invalid_request: a,b, \"\"c\"\"\\n=1\"\r\n" +
		"56;18?;;;;;invalid_row: the row has 2 cells, the header has 6 (empty cells need their delimiters too) (fix " +
		"the row, and remove the question mark after its id)\r\n" +
		"57;19;x;;n;ok;invalid_row: the row has 7 cells, the header has 6 (put a cell that contains the delimiter in " +
		"quotation marks);more\r\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Rows of several tables with different columns are listed in the canonical columns.
func TestFailedListOfSeveralTables(t *testing.T) {
	rows, summary, problems := readWritten(t, Options{OnInvalid: Skip, AllowEmpty: true},
		file{"b.csv", "id,name,volume\n17,NULLE,x\n"},
		file{"c.csv", "volume,project_id,id\n55,null,18\n9,19\n1,2,3,4\n"})
	if problems != nil {
		t.Fatal(problems)
	}
	got, _ := failedList(t, summary, rows, func(track.WrittenRow) bool { return true })
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(got, "\ufeff")))
	records, err := r.ReadAll()
	if err != nil {
		t.Fatalf("%v in\n%s", err, got)
	}
	want := [][]string{
		{"id", "name", "volume", "project_id", "media_url", "#source", "#line"},
		{"17", "NULLE", "x", "", "", "b.csv", "2"},
		{"18", "", "55", "null", "", "c.csv", "2"},
		{"?", "", "9", "19", "", "c.csv", "3"},
		{"3?", "", "1", "2", "", "c.csv", "4"},
	}
	for i, w := range want {
		if !slices.Equal(records[i][:7], w) || i > 0 && records[i][7] == "" || i == 0 && records[i][7] != "#error" {
			t.Errorf("got %q, want %q", records[i], w)
		}
	}
}

// A row of the maximum length can still be read from the list, where it is longer.
func TestFailedListOfALongRow(t *testing.T) {
	row := "17,5,"
	text := "id,volume,#note\n" + row + strings.Repeat("x", maxRecord-len(row)-1) + "\n"
	rows, summary, problems := readWritten(t, Options{}, file{"m.csv", text})
	if problems != nil {
		t.Fatal(problems)
	}
	for range 3 {
		list, _ := failedList(t, summary, rows, func(track.WrittenRow) bool { return true })
		if rows, summary, problems = readWritten(t, Options{}, file{"failed.csv", list}); len(rows) != 1 ||
			problems != nil {
			t.Fatalf("%d rows, %v", len(rows), problems)
		}
	}
}
