package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"tracksync/internal/safe"
)

// maxDescription bounds what is read of run.json.
const maxDescription = 64 << 20

// readDescription reads the run.json of a run directory.
func readDescription(dir runDir) (d description, err error) {
	f, err := safe.Open(dir.file(runFile))
	if errors.Is(err, fs.ErrNotExist) {
		return d, fmt.Errorf("%s is no run directory: there is no %s in it", dir.path, runFile)
	}
	if err != nil {
		return d, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := json.NewDecoder(io.LimitReader(f, maxDescription)).Decode(&d); err != nil {
		return d, fmt.Errorf("%s: %w", dir.file(runFile), err)
	}
	if len(d.Manifests) == 0 || d.Account.Fingerprint == "" || len(d.Sessions) == 0 {
		return d, fmt.Errorf("%s does not say what was run", dir.file(runFile))
	}
	return d, nil
}

// openRunDir is the directory of a run that was made before.
func openRunDir(path string) (runDir, error) {
	real, err := filepath.EvalSymlinks(path) // latest is a link
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("there is no such directory: %s", path)
	}
	if err != nil {
		return runDir{}, err
	}
	real = filepath.Clean(real)
	isDefault := filepath.Dir(real) == runsDir && runName.MatchString(filepath.Base(real))
	return runDir{pastable(real), isDefault}, nil
}

// apply gives the flags that were not named again the values that were
// recorded. Flags that are at their default stay unnamed.
func (d description) apply(flags *pflag.FlagSet) error {
	for name, value := range d.Options {
		f := flags.Lookup(strings.ReplaceAll(name, "_", "-"))
		switch {
		case f == nil:
			return fmt.Errorf("%s names the option %q, which this version does not know", runFile, name)
		case f.Changed, name == "max_rate" && flags.Changed("rate"):
			continue // a fixed rate named now ends what was said about auto
		}
		if err := applyOne(flags, f, value); err != nil {
			return fmt.Errorf("%s: option %q: %w", runFile, name, err)
		}
	}
	return nil
}

func applyOne(flags *pflag.FlagSet, f *pflag.Flag, value any) error {
	if list, ok := value.([]any); ok {
		for _, v := range list {
			if err := flags.Set(f.Name, fmt.Sprint(v)); err != nil {
				return err
			}
		}
		return nil
	}
	var text string
	switch v := value.(type) {
	case string:
		text = v
	case bool:
		text = fmt.Sprint(v)
	case float64:
		text = fmt.Sprintf("%.0f", v)
	default:
		return fmt.Errorf("%v is no value", value)
	}
	if text == f.DefValue || f.DefValue == off && (text == "0" || text == "0s") {
		return nil
	}
	return flags.Set(f.Name, text)
}

// arguments are the manifests as they can be found now: by the names they were
// given where these still mean the same.
func (d description) arguments(dir runDir) []string {
	args := make([]string, len(d.Manifests))
	for i, m := range d.Manifests {
		args[i] = m.Path
		if !filepath.IsAbs(m.Path) {
			args[i] = dir.file(m.Path) // a copy of what could be read only once
			continue
		}
		if abs, err := filepath.Abs(m.Name); err == nil && abs == m.Path {
			args[i] = m.Name
		}
	}
	return args
}

// moved adds to err, with which reading the recorded manifests ended, what to do
// about those that are no longer where they were.
func (r *resumption) moved(a *app, args []string, err error) error {
	for _, path := range args {
		if _, missing := os.Stat(path); !errors.Is(missing, fs.ErrNotExist) {
			continue
		}
		command, ok := safe.ShellWords(append(slices.Clone(a.Program), "sync", "--resume", r.dir.path))
		if !ok {
			command = "sync --resume"
		}
		return usage(fmt.Errorf("the run in %s reads %s, which is not there any more", r.dir.path, path),
			"if it was moved, say where it is now: "+command+" MANIFEST")
	}
	return err
}
