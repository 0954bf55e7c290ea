package input

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tracksync/internal/track"
)

// The mutants of these tests have right checksums: they are workbooks that a program could
// have written. What is read must be what the changed text says, or nothing.

// cellAt is a cell in the XML of a sheet.
type cellAt struct {
	from, to int    // its bytes
	name     string // for example B7
	kind     string // its attribute t
	value    string // what is in its v
}

var (
	cellPattern  = regexp.MustCompile(`<(x:)?c( [^>]*?)?(/>|>.*?</(x:)?c>)`)
	namePattern  = regexp.MustCompile(` r="([A-Z]+[0-9]+)"`)
	kindPattern  = regexp.MustCompile(` t="([A-Za-z]+)"`)
	valuePattern = regexp.MustCompile(`<v>([^<]*)</v>`)
	itemPattern  = regexp.MustCompile(`(?s)<si>.*?</si>`)
	textPattern  = regexp.MustCompile(`(?s)<t[^>]*>([^<]*)</t>`)
	furigana     = regexp.MustCompile(`(?s)<rPh.*?</rPh>`)
)

func cellsIn(sheet []byte) (cells []cellAt) {
	first := func(r *regexp.Regexp, b []byte) string {
		if m := r.FindSubmatch(b); m != nil {
			return string(m[1])
		}
		return ""
	}
	for _, at := range cellPattern.FindAllIndex(sheet, -1) {
		b := sheet[at[0]:at[1]]
		tag := b[:bytes.IndexByte(b, '>')+1]
		cells = append(cells, cellAt{at[0], at[1], first(namePattern, tag), first(kindPattern, tag), first(valuePattern, b)})
	}
	return cells
}

// sharedIn are the texts that cells share.
func sharedIn(parts []part) (texts []string) {
	for _, p := range parts {
		if p.name != "xl/sharedStrings.xml" {
			continue
		}
		for _, item := range itemPattern.FindAll(p.content, -1) {
			text := ""
			for _, m := range textPattern.FindAllSubmatch(furigana.ReplaceAll(item, nil), -1) {
				text += string(m[1])
			}
			texts = append(texts, text)
		}
	}
	return texts
}

// fieldsOf are the values of a row as texts, by the names of the fields.
func fieldsOf(row track.Row) map[string]string {
	v := row.Update.Values
	return map[string]string{
		track.FieldID: row.Update.ID.String(), track.FieldName: fmt.Sprint(v.Name), track.FieldVolume: fmt.Sprint(v.Volume),
		track.FieldProject: fmt.Sprint(v.Project), track.FieldMedia: fmt.Sprint(v.Media),
	}
}

// difference lists how a mutant differs: the cell of the row, the field, the new value.
func (r reading) difference(original reading) (list []string) {
	if len(r.rows) != len(original.rows) {
		return []string{fmt.Sprintf("%d rows", len(r.rows))}
	}
	for i, row := range r.rows {
		was, is := fieldsOf(original.rows[i]), fieldsOf(row)
		if row.Position.Cell != original.rows[i].Position.Cell {
			list = append(list, "place "+row.Position.Cell)
		}
		for _, field := range fieldNames {
			if was[field] != is[field] {
				list = append(list, row.Position.Cell+" "+field+" "+is[field])
			}
		}
	}
	return list
}

// A cell whose type was changed is refused, or says what its text says with the new type.
// The number of a shared text is then a number like any other. Nothing in the workbook
// shows that it was not meant, so that alone cannot be noticed.
func TestMutationsTypes(t *testing.T) {
	kinds := []string{"", "n", "s", "str", "inlineStr", "b", "e", "d", "x"}
	eachMutated(t, func(t *testing.T, data []byte, original reading, random *rand.Rand) {
		if original.refused != nil {
			return
		}
		parts := unzip(t, data)
		shared := sharedIn(parts)
		sheet := slices.IndexFunc(parts, func(p part) bool { return strings.HasPrefix(p.name, "xl/worksheets/sheet") })
		if len(original.rows) == 0 || strings.Contains(string(parts[sheet].content), "<x:c") {
			return
		}
		cells := cellsIn(parts[sheet].content)
		for range 2 * *mutations {
			cell, kind := cells[random.IntN(len(cells))], kinds[random.IntN(len(kinds))]
			if cell.value == "" || kind == cell.kind {
				continue
			}
			mutant := withKind(parts[sheet].content, cell, kind)
			got := readMutant(t, zipped(t, replaced(parts, sheet, mutant)))
			if got.noticed(original) {
				continue
			}
			says := cell.value
			if i, err := strconv.Atoi(cell.value); kind == "s" && err == nil && i < len(shared) {
				says = shared[i]
			}
			change := got.difference(original)
			explained := len(change) == 1 && strings.HasSuffix(change[0], " "+says) &&
				(kind == "" || kind == "n" || kind == "s" || kind == "str")
			if !explained {
				t.Errorf("%s of type %q is now of type %q: %q", cell.name, cell.kind, kind, change)
			}
		}
	})
}

// withKind is a sheet in which a cell has another type.
func withKind(sheet []byte, cell cellAt, kind string) []byte {
	text := kindPattern.ReplaceAllString(string(sheet[cell.from:cell.to]), "")
	if kind != "" {
		text = `<c t="` + kind + `"` + strings.TrimPrefix(text, "<c")
	}
	return slices.Concat(sheet[:cell.from], []byte(text), sheet[cell.to:])
}

// What a reader might pass over is refused where it would change what is read.
func TestDamagedMarkup(t *testing.T) {
	for _, c := range []struct{ name, old, damaged string }{
		{"242-openpyxl-merged-volumes.xlsx", "<mergeCell ", "<eergeCell "},
		{"245-openpyxl-hidden-row.xlsx", ` hidden="1"`, ` hiddon="1"`},
		{"245-openpyxl-hidden-row.xlsx", ` hidden="1"`, ` hidden="q"`},
		{"340-excel-365.xlsx", ` t="s"`, ` t="inlineStr"`},
		{"280-xlsxwriter-inline-strings.xlsx", ` t="inlineStr"`, ` t="str"`},
		{"339-excel-full-volumes.xlsx", "cellXfs", "cellYfs"},
	} {
		data, err := os.ReadFile(filepath.Join(gallery, c.name))
		if err != nil {
			t.Fatal(err)
		}
		parts, found := unzip(t, data), false
		for i, p := range parts {
			found = found || bytes.Contains(p.content, []byte(c.old))
			parts[i].content = bytes.ReplaceAll(p.content, []byte(c.old), []byte(c.damaged))
		}
		if got := readMutant(t, zipped(t, parts)); got.refused == nil || !found {
			t.Errorf("%s with %s: %s", c.name, c.damaged, got)
		}
	}
}

// Rows and cells that are there twice, have changed places, or are gone are noticed, or
// read as they stand.
func TestMutationsOrder(t *testing.T) {
	rowPattern := regexp.MustCompile(`(?s)<(x:)?row[ >].*?</(x:)?row>`)
	eachMutated(t, func(t *testing.T, data []byte, original reading, random *rand.Rand) {
		parts := unzip(t, data)
		sheet := slices.IndexFunc(parts, func(p part) bool { return strings.HasPrefix(p.name, "xl/worksheets/sheet") })
		content := parts[sheet].content
		for _, pieces := range [][][]int{rowPattern.FindAllIndex(content, -1), cellPattern.FindAllIndex(content, -1)} {
			if len(pieces) < 2 || !bytes.Contains(content, []byte(` r="A1"`)) {
				continue // a sheet without names of cells says where they are by their order
			}
			for range *mutations / 2 {
				i, j := random.IntN(len(pieces)-1), random.IntN(len(pieces))
				i = min(i, max(0, j-1))
				a, b := pieces[i], pieces[max(j, i+1)]
				before, first, between := content[:a[0]], content[a[0]:a[1]], content[a[1]:b[0]]
				second, after := content[b[0]:b[1]], content[b[1]:]
				for how, mutant := range map[string][]byte{
					"swapped": slices.Concat(before, second, between, first, after),
					"doubled": slices.Concat(before, first, first, between, second, after),
					"copied":  slices.Concat(before, first, between, second, first, after),
				} {
					got := readMutant(t, zipped(t, replaced(parts, sheet, mutant)))
					if !got.noticed(original) {
						t.Errorf("%s %.60q and %.60q: %q", how, first, second, got.difference(original))
					}
				}
			}
		}
	})
}

// A changed character of a part is noticed, or changes nothing, or changes what stands
// there: of a sheet the row that has it, of the shared texts the one that has it, of the
// styles the numbers.
func TestMutationsCharacters(t *testing.T) {
	eachMutated(t, func(t *testing.T, data []byte, original reading, random *rand.Rand) {
		parts := unzip(t, data)
		for i, p := range parts {
			if len(p.content) == 0 || strings.HasPrefix(p.name, "docProps") || strings.Contains(p.name, "theme") {
				continue
			}
			for range *mutations {
				at := random.IntN(len(p.content))
				content := bytes.Clone(p.content)
				if content[at] ^= 1 << random.IntN(7); random.IntN(2) == 0 {
					content[at] = `01279AZaez<>"&/`[random.IntN(15)]
				}
				got := readMutant(t, zipped(t, replaced(parts, i, content)))
				if got.noticed(original) {
					continue
				}
				if why := unexplained(p, at, parts, got, original); why != "" {
					t.Errorf("%s: %q became %q: %s\n%s", p.name, around(p.content, at), around(content, at), why, got)
				}
			}
		}
	})
}

func around(b []byte, at int) []byte { return b[max(0, at-40):min(len(b), at+20)] }

// unexplained says what of a mutant is not explained by the place that was changed.
func unexplained(p part, at int, parts []part, got, original reading) string {
	change := got.difference(original)
	switch {
	case original.refused != nil:
		return "it was refused before"
	case strings.HasPrefix(p.name, "xl/worksheets/sheet"):
		for _, cell := range cellsIn(p.content) {
			if at < cell.from || at >= cell.to || cell.name == "" {
				continue
			}
			row := strings.TrimLeft(cell.name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
			for _, c := range change {
				if place, _, _ := strings.Cut(c, " "); strings.TrimLeft(place, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != row {
					return fmt.Sprintf("%q in another row than %s", change, cell.name)
				}
			}
			if len(change) > 2 {
				return fmt.Sprintf("%q by %s", change, cell.name)
			}
			return ""
		}
		if bytes.Contains(p.content, []byte("<x:c")) && len(change) == 1 {
			return "" // cells without names
		}
		return fmt.Sprintf("%q, outside of the cells", change)
	case p.name == "xl/sharedStrings.xml":
		for i, item := range itemPattern.FindAllIndex(p.content, -1) {
			if at >= item[0] && at < item[1] {
				return inColumnsOf(change, sharedIn(parts)[i], original)
			}
		}
		return fmt.Sprintf("%q, outside of the texts", change)
	case p.name == "xl/styles.xml":
		for _, c := range change {
			if !strings.Contains(c, " "+track.FieldVolume+" ") {
				return fmt.Sprintf("%q by a style", c)
			}
		}
		return ""
	}
	return fmt.Sprintf("%q", change)
}

// inColumnsOf says which changes are not of values that were a text.
func inColumnsOf(change []string, text string, original reading) string {
	for _, c := range change {
		at, field, _ := strings.Cut(c, " ")
		field, _, _ = strings.Cut(field, " ")
		i := slices.IndexFunc(original.rows, func(row track.Row) bool { return row.Position.Cell == at })
		if i < 0 {
			return fmt.Sprintf("%q", c)
		}
		if was := fieldsOf(original.rows[i])[field]; was != strings.TrimSpace(text) && was != text &&
			!strings.Contains(text, "&") && !strings.Contains(text, "_x") {
			return fmt.Sprintf("%q, by the text %q", c, text)
		}
	}
	return ""
}
