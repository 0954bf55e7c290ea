package input

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tracksync/internal/track"
)

// mutations is how many times each workbook is changed by each test.
var mutations = flag.Int("mutations", 10, "changes that each mutation test makes to each workbook")

// mutated are workbooks of many programs: with and without shared texts, with percents,
// formulas, several sheets, hidden rows, merged cells.
var mutated = []string{
	"240-openpyxl.xlsx", "242-openpyxl-merged-volumes.xlsx", "245-openpyxl-hidden-row.xlsx",
	"247-openpyxl-hidden-sheets.xlsx", "280-xlsxwriter-inline-strings.xlsx", "289-xlsxwriter-all-percents.xlsx",
	"301-exceljs-rich-text-note-image.xlsx", "310-sheetjs.xlsx", "320-libreoffice.xlsx", "335-perl-excel-writer.xlsx",
	"339-excel-full-volumes.xlsx", "340-excel-365.xlsx", "348-excel-rich-text-and-furigana.xlsx", "352-google-sheets.xlsx",
	"354-openxml-sdk-prefixes-no-references.xlsx",
}

// reading is what a workbook says: its rows, or that it is refused.
type reading struct {
	rows    []track.Row
	refused error
}

// readMutant reads a workbook. Hidden rows are left out, so that it counts that they are.
func readMutant(t *testing.T, data []byte) reading {
	t.Helper()
	m := openFiles(Options{SkipHidden: true}, file{"m.xlsx", string(data)})
	if _, err := m.Check(context.Background()); err != nil {
		var problems Problems
		if !errors.As(err, &problems) || len(problems) == 0 {
			t.Fatalf("Check: %v", err)
		}
		return reading{refused: err}
	}
	return reading{rows: rowsOf(t, m)}
}

// line is a row without the names of its file and its sheet.
func line(row track.Row) string {
	row.Position = track.Position{Cell: row.Position.Cell}
	return says(row)
}

// same reports whether two readings have the same rows. A refused workbook has none that
// could be wrong.
func (r reading) same(other reading) bool {
	if r.refused != nil || other.refused != nil {
		return r.refused != nil && other.refused != nil
	}
	return slices.EqualFunc(r.rows, other.rows, func(a, b track.Row) bool { return line(a) == line(b) })
}

// noticed reports whether a mutant is refused, or says the same as the original.
func (r reading) noticed(original reading) bool { return r.refused != nil || r.same(original) }

func (r reading) String() string {
	if r.refused != nil {
		return "refused: " + r.refused.Error()
	}
	var b strings.Builder
	for _, row := range r.rows {
		fmt.Fprintln(&b, line(row))
	}
	return b.String()
}

// eachMutated calls a test for each workbook, with numbers that are the same every time.
func eachMutated(t *testing.T, test func(t *testing.T, data []byte, original reading, random *rand.Rand)) {
	for i, name := range mutated {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(gallery, name))
			if err != nil {
				t.Fatal(err)
			}
			test(t, data, readMutant(t, data), rand.New(rand.NewPCG(uint64(i), 1)))
		})
	}
}

// The archive has checksums: a flipped bit anywhere in the file never changes a row.
func TestMutationsBitsOfTheFile(t *testing.T) {
	eachMutated(t, func(t *testing.T, data []byte, original reading, random *rand.Rand) {
		for range *mutations {
			at, bit := random.IntN(len(data)), random.IntN(8)
			mutant := bytes.Clone(data)
			mutant[at] ^= 1 << bit
			if got := readMutant(t, mutant); !got.noticed(original) {
				t.Errorf("bit %d of byte %d is flipped:\n%s\nthe original:\n%s", bit, at, got, original)
			}
		}
	})
}

// A flipped bit in the directory of the archive, where the names and the sizes of the parts
// stand, never changes a row.
func TestMutationsBitsOfTheDirectory(t *testing.T) {
	eachMutated(t, func(t *testing.T, data []byte, original reading, random *rand.Rand) {
		from := bytes.Index(data, []byte("PK\x01\x02"))
		for range *mutations {
			at, bit := from+random.IntN(len(data)-from), random.IntN(8)
			mutant := bytes.Clone(data)
			mutant[at] ^= 1 << bit
			if got := readMutant(t, mutant); !got.noticed(original) {
				t.Errorf("bit %d of byte %d is flipped:\n%s\nthe original:\n%s", bit, at, got, original)
			}
		}
	})
}

// A workbook that is cut off is refused.
func TestMutationsCutOff(t *testing.T) {
	eachMutated(t, func(t *testing.T, data []byte, _ reading, random *rand.Rand) {
		for range *mutations / 4 {
			size := random.IntN(len(data))
			if got := readMutant(t, data[:size]); got.refused == nil {
				t.Errorf("%d of %d bytes:\n%s", size, len(data), got)
			}
		}
	})
}

// A workbook that lacks a part, has an empty one or half of it is refused, or says the same.
func TestMutationsMissingParts(t *testing.T) {
	eachMutated(t, func(t *testing.T, data []byte, original reading, random *rand.Rand) {
		parts := unzip(t, data)
		for i, p := range parts {
			changed := map[string][]part{
				"without":    slices.Delete(slices.Clone(parts), i, i+1),
				"without in": replaced(parts, i, nil),
				"half of":    replaced(parts, i, p.content[:len(p.content)/2]),
				"twice":      append(slices.Clone(parts), p),
			}
			for how, mutant := range changed {
				if got := readMutant(t, zipped(t, mutant)); !got.noticed(original) {
					t.Errorf("%s %s:\n%s\nthe original:\n%s", how, p.name, got, original)
				}
			}
		}
	})
}

// Parts that have changed places are noticed, unless they do not count.
func TestMutationsSwappedParts(t *testing.T) {
	eachMutated(t, func(t *testing.T, data []byte, original reading, random *rand.Rand) {
		parts := unzip(t, data)
		for i := range parts {
			for j := range i {
				if strings.Contains(parts[i].name, "worksheets/sheet") && strings.Contains(parts[j].name, "worksheets/sheet") {
					continue // it is another workbook
				}
				mutant := replaced(replaced(parts, i, parts[j].content), j, parts[i].content)
				if got := readMutant(t, zipped(t, mutant)); !got.noticed(original) {
					t.Errorf("%s and %s:\n%s\nthe original:\n%s", parts[i].name, parts[j].name, got, original)
				}
			}
		}
	})
}

// part is a file in an archive.
type part struct {
	name    string
	content []byte
}

func unzip(t testing.TB, data []byte) []part {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var parts []part
	for _, f := range archive.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, part{f.Name, content})
	}
	return parts
}

func zipped(t testing.TB, parts []part) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, p := range parts {
		f, err := w.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(p.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// replaced are the parts with another content of one.
func replaced(parts []part, i int, content []byte) []part {
	parts = slices.Clone(parts)
	parts[i].content = content
	return parts
}
