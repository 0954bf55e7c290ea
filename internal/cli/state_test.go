package cli

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tracksync/internal/run"
	"tracksync/internal/sandbox"
	"tracksync/internal/testkit"
)

const (
	mediaA = "id,media_url\n1,https://example.com/a.mp3\n"
	mediaB = "id,media_url\n1,https://example.com/b.mp3\n"
)

// A resumed run does not put media into the state file that another run may have replaced
// since.
func TestAnOldSuccessIsNotThePresentState(t *testing.T) {
	for name, forget := range map[string]func(t *testing.T, state string){
		"another run came in between": func(*testing.T, string) {},
		"and the state was removed": func(t *testing.T, state string) {
			if err := os.Remove(state); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			env, box := serve(t, sandbox.Config{ // which does not tell what media a track has
				Tracks: []sandbox.Track{{ID: 1, Name: "One", Volume: 100}}, Omit: []string{"media"},
			})
			dir := t.TempDir()
			state, first := filepath.Join(dir, "state"), filepath.Join(dir, "first")
			sync := func(in string, flags ...string) {
				t.Helper()
				args := append([]string{"sync", "--yes", "--skip-unchanged", "--state", state}, flags...)
				if got := (call{args: append(args, "-"), in: in, env: env}).run(t); got.code != exitOK {
					t.Fatalf("exit %d\n%s", got.code, got.err)
				}
			}
			sync(mediaA, "--out", first)
			sync(mediaB, "--out", filepath.Join(dir, "second"))
			forget(t, state)
			sync(mediaA, "--resume", first)
			sync(mediaA, "--out", filepath.Join(dir, "third"))
			if got := box.Stats().Applied; got != 3 {
				t.Errorf("%d changes were applied; the last run took b.mp3 for a.mp3", got)
			}
		})
	}
}

// When a killed run is resumed, the state learns what the run had applied.
func TestTheStateOfAKilledRun(t *testing.T) {
	dir := t.TempDir()
	state, runDir := filepath.Join(dir, "state"), filepath.Join(dir, "run")
	var began []byte // the state as a kill leaves it
	env, box := serve(t, sandbox.Config{
		Tracks: []sandbox.Track{{ID: 1, Name: "One", Volume: 100}},
		Record: func(e sandbox.Event) {
			if e.Method == http.MethodPut {
				began, _ = os.ReadFile(state) // an empty one fails the test
			}
		},
	})
	args := []string{"sync", "--yes", "--skip-unchanged", "--state", state, "--out", runDir, "-"}
	if got := (call{args: args, in: mediaA, env: env}).run(t); got.code != exitOK {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	write(t, state, string(began))
	args[5] = "--resume"
	if got := (call{args: args, in: mediaA, env: env}).run(t); got.code != exitOK {
		t.Fatalf("exit %d\n%s", got.code, got.err)
	}
	args[5], args[6] = "--out", runDir+"-again"
	if got := (call{args: args, in: mediaA, env: env}).run(t); got.code != exitOK || box.Stats().Applied != 1 {
		t.Errorf("exit %d, applied %d\n%s", got.code, box.Stats().Applied, got.err)
	}
}

// What another run saves while this one waits for the lock is not lost.
func TestTheStateIsReadUnderItsLock(t *testing.T) {
	dir := t.TempDir()
	env, box := serve(t, sandbox.Config{Tracks: []sandbox.Track{{ID: 1, Name: "One", Volume: 100},
		{ID: 2, Name: "Two", Volume: 100}}})
	sync := func(runDir, in string, onEnv func(string)) {
		t.Helper()
		args := []string{"sync", "--yes", "--skip-unchanged", "--state", filepath.Join(dir, "state"), "--out",
			filepath.Join(dir, runDir), "-"}
		if got := (call{args: args, in: in, env: env, onEnv: onEnv}).run(t); got.code != exitOK {
			t.Fatalf("exit %d\n%s", got.code, got.err)
		}
	}
	locks := 0
	sync("first", "id,media_url\n2,https://example.com/2.mp3\n", func(name string) {
		if name != run.LockVariable {
			return
		}
		locks++
		sync("meanwhile", mediaA, nil)
	})
	sync("again", mediaA, nil)
	if got := box.Stats().Applied; locks != 1 || got != 2 {
		t.Errorf("%d changes were applied (the lock was taken %d times): what was learned of track 1 is lost", got,
			locks)
	}
}

// If the state file is a link, the file that it leads to is replaced, and the link stays.
func TestAFileThatIsALinkIsReplacedWhereItLeads(t *testing.T) {
	env, _ := serve(t, sandbox.Config{Tracks: []sandbox.Track{{ID: 1, Name: "One", Volume: 100}}})
	file := manifest(t, "id,volume\n1,5\n")
	for name, args := range map[string][]string{
		"state":     {"sync", "--yes", "--out", filepath.Join(t.TempDir(), "run"), "--state"},
		"plan.yaml": {"plan", "--save"},
	} {
		t.Run(name, func(t *testing.T) {
			real, link := filepath.Join(t.TempDir(), "real-"+name), filepath.Join(t.TempDir(), name)
			testkit.Symlink(t, real, link)
			args := append(args, link, file)
			if got := (call{args: args, env: env}).run(t); got.code != exitUsage ||
				!strings.Contains(got.err, "a link to nothing") {
				t.Errorf("exit %d\n%s", got.code, got.err)
			}
			if name == "state" {
				other := filepath.Join(t.TempDir(), "other")
				made := call{args: []string{"sync", "--yes", "--out", filepath.Join(t.TempDir(), "run"), "--state",
					other, file}, env: env}.run(t)
				if err := os.Rename(other, real); err != nil {
					t.Fatalf("%v\n%s", err, made.err)
				}
			} else {
				write(t, real, "")
			}
			before, err := os.ReadFile(real)
			if err != nil {
				t.Fatal(err)
			}
			if got := (call{args: args, env: env}).run(t); got.code != exitOK {
				t.Fatalf("exit %d\n%s", got.code, got.err)
			}
			if info, err := os.Lstat(link); err != nil || info.Mode().Type() != os.ModeSymlink {
				t.Errorf("the link was replaced: %v, %v", info, err)
			}
			if after, err := os.ReadFile(real); err != nil || string(after) == string(before) {
				t.Errorf("the file was not written: %v\n%s", err, after)
			}
		})
	}
}
