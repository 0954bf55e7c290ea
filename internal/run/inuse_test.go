package run

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// holding is a writer of files of which another program has some open.
func holding(names ...string) writeFile {
	return func(path string, write func(io.Writer) error) error {
		if slices.Contains(names, filepath.Base(path)) {
			return fmt.Errorf("write %s: %w", path, safe.ErrInUse)
		}
		return safe.WriteFile(path, write)
	}
}

// A file that another program has open changes neither the exit code nor the other files.
func TestReportsInUse(t *testing.T) {
	for _, tc := range []struct {
		held  []string
		list  string // of the failed rows; "": there is none
		warns []WarningKind
		fails bool
	}{
		{[]string{FailedFile}, "failed-1.csv", []WarningKind{Beside}, false},
		{[]string{FailedFile, "failed-1.csv", "failed-2.csv"}, "failed-3.csv", []WarningKind{Beside}, false},
		{[]string{FailedFile, "failed-1.csv", "failed-2.csv", "failed-3.csv"}, "", []WarningKind{InUse}, false},
		{[]string{PageFile, JUnitFile, UndoFile}, FailedFile, []WarningKind{InUse, InUse, InUse}, false},
		{[]string{"media.state"}, FailedFile, []WarningKind{StateBeside}, false},
		{[]string{SummaryFile}, FailedFile, nil, true},
	} {
		t.Run(strings.Join(tc.held, " "), func(t *testing.T) {
			a := &account{refuse: func(id track.ID) *api.Error {
				if id == 2 {
					return &api.Error{Class: api.Permanent, Code: "gone", Message: "gone", Status: 404, Decides: true}
				}
				return nil
			}}
			c := configure(t, a, fourRows)
			c.Undo, c.StateFile = true, filepath.Join(t.TempDir(), "media.state")
			o, w := makeRun(t, c, nil, func(r *Run, result track.Result) {
				r.write = holding(tc.held...)
				r.state.write = r.write
			})
			if code := o.Summary.ExitCode; code != 1 && !tc.fails || code != 3 && tc.fails {
				t.Errorf("exit code %d, faults %v", code, o.Faults)
			}
			if filepath.Base(o.FailedList) != tc.list && (tc.list != "" || o.FailedList != "") {
				t.Errorf("the list is %q", o.FailedList)
			}
			text, err := os.ReadFile(o.FailedList)
			if tc.list != "" && (o.Failed != 1 || !bytes.Contains(text, []byte("2,20"))) {
				t.Errorf("%d failed: %q, %v", o.Failed, text, err)
			}
			var warned []WarningKind
			for _, warning := range w.warnings {
				if warned = append(warned, warning.Kind); !errors.Is(warning.Err, safe.ErrInUse) {
					t.Errorf("warned of %v", warning.Err)
				}
			}
			if !slices.Equal(warned, tc.warns) {
				t.Errorf("warned %v, want %v", warned, tc.warns)
			}
		})
	}
}

// What a state file lacks because another program had it open is in the next run again.
func TestStateInUse(t *testing.T) {
	path, account, begun := filepath.Join(t.TempDir(), "media.state"), Account{Base: "sandbox"}, time.Unix(1e9, 0)
	s, err := OpenState(path, account, "1", begun)
	if err != nil {
		t.Fatal(err)
	}
	const media = "https://host/a.mp3"
	s.Applied(7, media, track.Field[string]{}, track.Value("https://cdn/a.mp3"))
	s.write = holding("media.state")
	if held, err := s.Finish(begun.Add(time.Minute)); !errors.Is(held, safe.ErrInUse) || err != nil {
		t.Fatalf("%v, %v", held, err)
	}
	if s, err := LoadState(path, account); err != nil || s.Len() != 1 { // as plan does
		t.Fatal(s, err)
	}
	if s, err = OpenState(path, account, "2", begun.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if held, err := s.Finish(begun.Add(2 * time.Hour)); held != nil || err != nil {
		t.Fatalf("%v, %v", held, err)
	}
	if s, err := LoadState(path, account); err != nil || s.Len() != 1 {
		t.Error(s, err)
	}
	if _, err := os.Stat(path + ".new"); err == nil {
		t.Error("the file beside is still there")
	}
}
