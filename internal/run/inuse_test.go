package run

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
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

// A state file that another program has open is written beside, at the start of a run and at
// its end, and the next run has it again.
func TestStateInUse(t *testing.T) {
	path, account, now := filepath.Join(t.TempDir(), "media.state"), Account{Base: "sandbox"}, time.Unix(1e9, 0)
	for id, tc := range []struct{ start, end writeFile }{
		{safe.WriteFile, holding("media.state")},
		{holding("media.state"), holding("media.state")},
		{holding("media.state"), safe.WriteFile},
		{safe.WriteFile, holding("media.state")},
		{safe.WriteFile, safe.WriteFile},
	} {
		now = now.Add(time.Hour)
		s, err := openState(path, account, strconv.Itoa(id), now, tc.start)
		if err != nil || s.Len() != id {
			t.Fatal(id, s, err)
		}
		s.Applied(track.ID(id+1), "https://host/a.mp3", track.Field[string]{}, track.Value("https://cdn/a.mp3"))
		s.write = tc.end
		held, err := s.Finish(now.Add(time.Minute))
		if err != nil {
			t.Fatal(id, err)
		}
		_, missing := os.Stat(path + ".new")
		if errors.Is(held, safe.ErrInUse) == (missing != nil) {
			t.Errorf("%d: %v, and the file beside: %v", id, held, missing)
		}
		if s, err := LoadState(path, account); err != nil || s.Len() != id+1 { // as plan does
			t.Error(id, s, err)
		}
	}
}
