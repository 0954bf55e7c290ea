package main

import (
	"bufio"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// Lines have at most 120 columns, where a tab takes four; 160 is what no line exceeds.
func TestNoLongLines(t *testing.T) {
	const most = 160
	for _, path := range goFiles(t) {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(file)
		for n := 1; lines.Scan(); n++ {
			if columns := utf8.RuneCountInString(lines.Text()) + 3*strings.Count(lines.Text(), "\t"); columns > most {
				t.Errorf("%s:%d: %d columns", path, n, columns)
			}
		}
		if err := lines.Err(); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		file.Close()
	}
}
