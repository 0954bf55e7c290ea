package input

import (
	"io"
	"testing"

	"golang.org/x/text/encoding/unicode"
)

// A new encoding needs only an entry in the table: its text is then checked like UTF-8,
// with the same positions.
func TestAnotherEncoding(t *testing.T) {
	known := encodings
	t.Cleanup(func() { encodings = known })
	utf16 := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	encodings = []encoding{{mark: "\xff\xfe", decode: func(r io.Reader) io.Reader {
		return utf16.NewDecoder().Reader(r)
	}}}
	text, err := utf16.NewEncoder().String("id,name\n17,Größe\n18,🎵,x\n")
	if err != nil {
		t.Fatal(err)
	}
	rows, summary, problems := read(t, Options{OnInvalid: Skip}, file{"m.csv", "\xff\xfe" + text})
	if problems != nil || len(rows) != 2 || rows[0].Update.Name.String() != "Größe" {
		t.Fatalf("%v, %v", rows, problems)
	}
	wantProblems(t, summary.Problems, "m.csv:3:6: the row has 3 cells")
}
