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
	text := tableOf(20_000) // some 500 KiB, eight blocks
	for name, change := range map[string]func([]byte) []byte{
		"first byte":    func(b []byte) []byte { b[0] ^= 1; return b },
		"middle":        func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"last byte":     func(b []byte) []byte { b[len(b)-1] = ' '; return b },
		"longer":        func(b []byte) []byte { return append(b, "99999,x\n"...) },
		"shorter":       func(b []byte) []byte { return b[:len(b)-1] },
		"empty":         func(b []byte) []byte { return nil },
		"block shorter": func(b []byte) []byte { return b[:3*blockSize] },
		"swapped":       func(b []byte) []byte { return append(bytes.Clone(b[blockSize:2*blockSize]), b[blockSize:]...) },
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

func TestContentSums(t *testing.T) {
	for _, size := range []int{0, 1, blockSize - 1, blockSize, blockSize + 1, 3 * blockSize} {
		data := bytes.Repeat([]byte{7}, size)
		c := newContent(bytes.NewReader(data))
		r := c.open()
		if err := r.seal(); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(data)
		if c.sum != hex.EncodeToString(sum[:]) || c.size != int64(size) {
			t.Errorf("%d bytes: sum %s, size %d", size, c.sum, c.size)
		}
		if got, err := io.ReadAll(c.open()); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%d bytes: read %d again, %v", size, len(got), err)
		}
	}
}
