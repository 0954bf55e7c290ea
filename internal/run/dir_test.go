package run

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tracksync/internal/track"
)

func TestRunDirectories(t *testing.T) {
	t.Chdir(t.TempDir())
	now := time.Date(2026, 11, 23, 15, 4, 5, 0, time.UTC)
	var made []Dir
	for i := range 4 {
		d, err := MakeDir(NewPath(now.Add(time.Duration(i)*time.Second), track.Shard{}), false)
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, d)
		if err := d.PointLatest(); err != nil {
			t.Fatal(err)
		}
	}
	if !runName.MatchString(filepath.Base(made[0].Path)) ||
		!strings.HasPrefix(filepath.Base(made[0].Path), "20261123T150405Z-") {
		t.Errorf("named %s", made[0].Path)
	}
	if d, err := OpenDir(filepath.Join(DefaultPlace, Latest)); err != nil || d != made[3] {
		t.Errorf("latest is %+v, %v", d, err)
	}
	mine := filepath.Join(DefaultPlace, "20200101-mine")
	if err := os.Mkdir(mine, 0o700); err != nil {
		t.Fatal(err)
	}
	// The first run has not ended. The others began within one second, and their names
	// sort in another order than their start times.
	for i, d := range made[1:] {
		text := `{"started_at":"2026-11-23T15:04:05.00` + string(rune('9'-i)) + `Z"}`
		if err := os.WriteFile(d.File(SummaryFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := (Retention{Newest: 2, Current: made[3].Path}).Prune(); n != 1 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
	for i, d := range made {
		if _, err := os.Stat(d.Path); (err == nil) != (i != 2) {
			t.Errorf("run %d: %v", i, err)
		}
	}
	if _, err := os.Stat(mine); err != nil {
		t.Error("what is no run was removed")
	}
}

// Where no link can be made, as on Windows without a privilege, latest is a file.
func TestLatestWithoutLinks(t *testing.T) {
	t.Chdir(t.TempDir())
	noLinks := func(string, string) error { return os.ErrPermission }
	latest := filepath.Join(DefaultPlace, Latest)
	for i, symlink := range []func(string, string) error{noLinks, noLinks, os.Symlink, noLinks} {
		d, err := MakeDir(NewPath(time.Unix(int64(i), 0), track.Shard{}), false)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.pointLatest(symlink); err != nil {
			t.Fatal(err)
		}
		if found, err := OpenDir(latest); err != nil || found != d {
			t.Errorf("%d: latest is %+v, %v, want %+v", i, found, err, d)
		}
		if i == 2 {
			continue // it may be a link
		}
		absolute, err := filepath.Abs(latest)
		if err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string]string{
			latest:                                     d.Path,
			filepath.Join(latest, FailedFile):          d.File(FailedFile),
			"./tracksync-runs//latest/failed.csv":      d.File(FailedFile),
			filepath.Join(absolute, "sub", FailedFile): filepath.Join(filepath.Dir(absolute), filepath.Base(d.Path), "sub", FailedFile),
			"":                       "",
			"-":                      "-",
			"./a/latest/b.csv":       "./a/latest/b.csv",
			DefaultPlace + "/x/y":    DefaultPlace + "/x/y",
			"latest":                 "latest",
			d.File(DescriptionFile):  d.File(DescriptionFile),
			"http://host/latest.csv": "http://host/latest.csv",
		} {
			if got := FollowLatest(path); got != want {
				t.Errorf("%d: %s leads to %s, want %s", i, path, got, want)
			}
		}
	}
	if left, err := filepath.Glob(filepath.Join(DefaultPlace, "*.link")); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	// The text of a file that is no name of a run leads nowhere.
	for _, text := range []string{"", "..", "/etc", "20261123T150405Z-abcdef/.."} {
		if err := os.WriteFile(latest, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := FollowLatest(latest); got != latest {
			t.Errorf("%q leads to %s", text, got)
		}
	}
}

// A run directory is made together with its missing parents.
func TestMakeDurable(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("file", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"a", "b/c/d", "b/c/e", "./f/", filepath.Join(t.TempDir(), "g", "h"), "a"} {
		if err := makeDurable(path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, path := range []string{"file", "file/x"} {
		if err := makeDurable(path); err == nil {
			t.Errorf("%s: no error", path)
		}
	}
}

// A resumed run becomes the latest one, whichever of its paths was named.
func TestLatestHoweverNamed(t *testing.T) {
	t.Chdir(t.TempDir())
	begun := time.Date(2026, 11, 23, 15, 4, 5, 0, time.UTC)
	run, err := MakeDir(NewPath(begun, track.Shard{}), false)
	if err != nil {
		t.Fatal(err)
	}
	other, err := MakeDir(NewPath(begun.Add(time.Second), track.Shard{}), false)
	if err != nil {
		t.Fatal(err)
	}
	absolute, err := filepath.Abs(run.Path)
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{run.Path, absolute, "." + string(filepath.Separator) + run.Path}
	_ = os.Symlink(DefaultPlace, "runs") // not everywhere
	if _, err := os.Stat("runs"); err == nil {
		paths = append(paths, filepath.Join("runs", filepath.Base(run.Path)))
	}
	for _, path := range paths {
		if err := other.PointLatest(); err != nil {
			t.Fatal(err)
		}
		d, err := OpenDir(path)
		if err == nil {
			err = d.PointLatest()
		}
		if to, _ := OpenDir(filepath.Join(DefaultPlace, Latest)); err != nil || to != run {
			t.Errorf("%s: latest is %+v, %v", path, to, err)
		}
	}
	// A directory elsewhere whose name looks like a run is not in the default place.
	elsewhere := filepath.Join(t.TempDir(), filepath.Base(run.Path))
	if err := os.Mkdir(elsewhere, 0o700); err != nil {
		t.Fatal(err)
	}
	if d, err := OpenDir(elsewhere); err != nil || d.isDefault {
		t.Errorf("%+v, %v", d, err)
	}
}

// The name of a shard's run says which one it is, and --keep counts the runs of each.
func TestRunsOfShards(t *testing.T) {
	t.Chdir(t.TempDir())
	begun := time.Date(2026, 11, 23, 15, 4, 5, 0, time.UTC)
	var last Dir
	for i, shard := range []track.Shard{{}, {Number: 1, Of: 2}, {Number: 2, Of: 2}, {}, {Number: 1, Of: 2}, {Number: 2, Of: 2}} {
		d, err := MakeDir(NewPath(begun.Add(time.Duration(i)*time.Second), shard), false)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(d.Path)
		if !IsRunName(name) || !shard.IsWhole() && !strings.HasSuffix(name, "-"+shardName(shard)) {
			t.Errorf("%v is in %s", shard, name)
		}
		summary := fmt.Sprintf(`{"started_at": %q, "end": "completed"}`, begun.Add(time.Duration(i)*time.Second).Format(time.RFC3339))
		if err := os.WriteFile(d.File(SummaryFile), []byte(summary), 0o600); err != nil {
			t.Fatal(err)
		}
		last = d
	}
	n, err := Retention{Newest: 1, Current: last.Path}.Prune()
	left, _ := filepath.Glob(filepath.Join(DefaultPlace, "*T150408*"))
	more, _ := filepath.Glob(filepath.Join(DefaultPlace, "2*"))
	if n != 3 || err != nil || len(left) != 1 || len(more) != 3 {
		t.Errorf("%d were removed, %v; left %v of %v", n, err, left, more)
	}
}

func TestStateFilesOfShards(t *testing.T) {
	for path, want := range map[string]string{
		"": "", "media.state": "media.2-of-8.state", "a.b/media": "a.b/media.2-of-8", "/x/m.tar.gz": "/x/m.tar.2-of-8.gz",
	} {
		if got := StateOfShard(path, track.Shard{Number: 2, Of: 8}); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
		if got := StateOfShard(path, track.Shard{}); got != path {
			t.Errorf("%s is %s without shards", path, got)
		}
	}
}
