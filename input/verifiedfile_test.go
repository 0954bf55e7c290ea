package input

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"tracksync/internal/track"
)

// rowsUntil returns the rows before the first error.
func rowsUntil(m *Manifest) ([]track.Row, error) {
	var rows []track.Row
	for row, err := range m.Rows(context.Background()) {
		if err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func tableOf(rows int) string {
	var b strings.Builder
	b.WriteString("id,name\n")
	for i := 1; i <= rows; i++ {
		fmt.Fprintf(&b, "%d,track number %d\n", i, i)
	}
	return b.String()
}

func openDisk(t *testing.T, text string) (*Manifest, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "m.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := Open(context.Background(), []string{path}, nil, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := m.Check(context.Background()); err != nil {
		t.Fatal(err)
	}
	return m, path
}

func TestChangedInPlace(t *testing.T) {
	text := tableOf(20_000) // about 500 KiB, eight blocks
	for name, change := range map[string]func([]byte) []byte{
		"first byte":    func(b []byte) []byte { b[0] ^= 1; return b },
		"middle":        func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"last byte":     func(b []byte) []byte { b[len(b)-1] = ' '; return b },
		"longer":        func(b []byte) []byte { return append(b, "99999,x\n"...) },
		"shorter":       func(b []byte) []byte { return b[:len(b)-1] },
		"empty":         func(b []byte) []byte { return nil },
		"block shorter": func(b []byte) []byte { return b[:3*blockSize] },
		"swapped": func(b []byte) []byte {
			return append(bytes.Clone(b[blockSize:2*blockSize]),
				b[blockSize:]...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			m, path := openDisk(t, text)
			before := rowsOf(t, m)
			changed := change([]byte(text))
			if err := os.WriteFile(path, changed, 0o600); err != nil {
				t.Fatal(err)
			}
			rows, err := rowsUntil(m)
			if !errors.Is(err, ErrChanged) {
				t.Fatalf("%d rows, error %v", len(rows), err)
			}
			for i, row := range rows {
				if says(row) != says(before[i]) {
					t.Fatalf("row %d is from content that was not checked: %s", i+1, says(row))
				}
			}
		})
	}
}

func TestReplacedOnDisk(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("an open file cannot be replaced here")
	}
	m, path := openDisk(t, tableOf(10))
	if err := os.WriteFile(path+"2", []byte("id\n99\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+"2", path); err != nil {
		t.Fatal(err)
	}
	if rows := rowsOf(t, m); len(rows) != 10 || rows[9].Update.ID != 10 {
		t.Errorf("rows %v", rows)
	}
}

func TestVerifiedFileSums(t *testing.T) {
	for _, size := range []int{0, 1, blockSize - 1, blockSize, blockSize + 1, 3 * blockSize} {
		data := bytes.Repeat([]byte{7}, size)
		c := newVerifiedFile(bytes.NewReader(data))
		if err := c.record().finish(); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(data)
		if c.sum != hex.EncodeToString(sum[:]) || c.size != int64(size) {
			t.Errorf("%d bytes: sum %s, size %d", size, c.sum, c.size)
		}
		if got, err := io.ReadAll(c.verified().sequential()); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%d bytes: read %d again, %v", size, len(got), err)
		}
	}
}

func TestVerifiedAtAnyOffset(t *testing.T) {
	data := make([]byte, 2*blockSize+100)
	for i := range data {
		data[i] = byte(i * 7 / 3)
	}
	onDisk := bytes.Clone(data)
	file := newVerifiedFile(bytes.NewReader(onDisk))
	if err := file.record().finish(); err != nil {
		t.Fatal(err)
	}
	read := func(offset, length int) ([]byte, error) {
		p := make([]byte, length)
		n, err := file.verified().ReadAt(p, int64(offset))
		return p[:n], err
	}
	for _, c := range []struct{ offset, length int }{
		{0, 10}, {blockSize - 5, 10}, {5, 2 * blockSize}, {2*blockSize + 90, 10}, {2*blockSize + 100, 0},
	} {
		if got, err := read(c.offset, c.length); err != nil || !bytes.Equal(got, data[c.offset:c.offset+c.length]) {
			t.Errorf("%d bytes at %d: %d bytes, %v", c.length, c.offset, len(got), err)
		}
	}
	for _, offset := range []int{2*blockSize + 95, 2*blockSize + 100, 9 * blockSize} {
		if got, err := read(offset, 10); err != io.EOF || len(got) > 5 {
			t.Errorf("at %d: %d bytes, %v", offset, len(got), err)
		}
	}
	if _, err := read(-3766, 30); err != errOffset {
		t.Errorf("before the start: %v", err)
	}
	onDisk[blockSize+7] ^= 1
	if _, err := read(blockSize-5, 5); err != nil {
		t.Errorf("the block before the change: %v", err)
	}
	if got, err := read(blockSize-5, 10); !errors.Is(err, ErrChanged) || len(got) > 5 {
		t.Errorf("the block that changed: %d bytes, %v", len(got), err)
	}
}

// A new binary format needs only an entry in the table: its magic is recognized, it is
// read in any order, and its file is verified like any other.
func TestBinaryFormat(t *testing.T) {
	known := formats
	t.Cleanup(func() { formats = known })
	formats = append(known[:len(known):len(known)],
		format{name: "backward", extensions: []string{".bwd"}, magic: "BACK",
			readAt: func(p *pass, file io.ReaderAt, size int64) error {
				for at := size - 1; at >= 4; at-- {
					digit := make([]byte, 1)
					if _, err := file.ReadAt(digit, at); err != nil {
						return err
					}
					if err := p.entry(&yaml.Node{Kind: yaml.MappingNode, Line: 1, Column: 1, Content: []*yaml.Node{
						{Kind: yaml.ScalarNode, Value: "id"}, {Kind: yaml.ScalarNode, Value: string(digit)},
					}}); err != nil {
						return err
					}
				}
				return nil
			}})
	for _, name := range []string{"m.bwd", "m"} {
		rows, summary, problems := read(t, Options{AllowEmpty: true}, file{name, "BACK123"})
		if len(rows) != 3 || rows[0].Update.ID != 3 || rows[2].Update.ID != 1 ||
			summary.Sources[0].Format != "backward" {
			t.Errorf("%s: %v, %v", name, rows, problems)
		}
	}
	content := []byte("BACK123")
	m := openFiles(Options{AllowEmpty: true}, file{"m", ""})
	m.sources[0].file = newVerifiedFile(bytes.NewReader(content))
	if _, err := m.Check(context.Background()); err != nil {
		t.Fatal(err)
	}
	content[4]++
	if rows, err := rowsUntil(m); len(rows) > 0 || !errors.Is(err, ErrChanged) {
		t.Errorf("%d rows of a file that changed, %v", len(rows), err)
	}
}
