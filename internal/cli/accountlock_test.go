package cli

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"tracksync/internal/run"
	"tracksync/internal/terminal"
	"tracksync/internal/testkit"
	"tracksync/internal/track"
)

// A user without a home directory is told once what to set.
func TestLocksInNoGoodPlace(t *testing.T) {
	var log bytes.Buffer
	a := &app{log: &terminal.Messages{Logger: zerolog.New(&log)},
		Streams: terminal.Streams{Getenv: func(name string) string {
			return map[string]string{run.LockVariable: filepath.Join(t.TempDir(), "locks")}[name]
		}}}
	place, err := run.OpenLockPlace(a.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	a.sayLockPlace(place)
	if log.Len() > 0 {
		t.Errorf("said %s", log.String())
	}
	place.Instead = errors.New("there is no home")
	a.sayLockPlace(place)
	a.sayLockPlace(place)
	const want = "set XDG_STATE_HOME or TRACKSYNC_LOCK_DIR to a directory of your own"
	if said := log.String(); strings.Count(said, want) != 1 || !strings.Contains(said, "there is no home") {
		t.Errorf("said %s", said)
	}
	l, err := place.Lock(run.Account{Base: "https://example.com"}, track.Shard{}, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Release(); err != nil {
		t.Error(err)
	}
	err = a.lockPlaceFailure(errors.New("no"))
	var f *failure
	if !errors.As(err, &f) || f.code != exitUsage || !strings.Contains(f.hint, run.LockVariable) {
		t.Errorf("%v", err)
	}
}

// A lock or a state file that cannot be opened because the machine has run short of
// something may be there at the next try.
func TestShortageBeforeTheRun(t *testing.T) {
	files, _ := testkit.TooManyFiles()
	short := fmt.Errorf("open: %w", files)
	a := &app{Streams: terminal.Streams{Getenv: func(string) string { return "" }}}
	for name, err := range map[string]error{
		"lock":           lockFailure(short, "this account", ""),
		"place of locks": a.lockPlaceFailure(short),
		"state":          stateFailure("state.json", short),
		"state, writing": stateFailure("state.json", &run.UnwritableError{Err: short}),
	} {
		var f *failure
		if !errors.As(err, &f) || f.code != exitStopped {
			t.Errorf("%s: %#v", name, err)
		}
	}
}
