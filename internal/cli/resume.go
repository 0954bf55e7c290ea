package cli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tracksync/internal/display"
	"tracksync/internal/flags"
	"tracksync/internal/run"
	"tracksync/internal/runs"
	"tracksync/internal/safe"
)

// notRecorded are the flags that concern one process and not what the run does. The base URL
// is recorded separately.
var notRecorded = []string{"resume", "continue", "out", "keep", "json", "stream", "yes", "dry-run", "no-lock",
	"forget-limit", "help", "log-format", "log-level", "color", "base-url", "summary-md", "metrics-file",
	"notify", "notify-on"}

// oneSession returns the options that, if they are given with --resume, concern only that
// session: the next session has all rows of the run again.
func (s settings) oneSession() []string {
	if s.goesOn {
		return nil
	}
	return []string{"only", "limit"}
}

// fileFlags are the flags that name files. They are recorded with absolute paths.
var fileFlags = []string{"api-key-file", "ca-file", "state"}

// endsRecorded maps a recorded flag to the flag that overrides it: a fixed rate overrides the
// recorded flags about auto.
var endsRecorded = map[string]string{"max-rate": "rate"}

// options are the options that decide what a run does, as run.json has them.
func (s settings) options() map[string]any {
	return flags.Record(s.flags, notRecorded, fileFlags, func(name string) string {
		if path, err := filepath.Abs(name); err == nil {
			return run.PastLatest(path)
		}
		return name
	})
}

// reopen opens the run that --resume names, or the one that --continue finds, if there is one.
// With --resume it restores the flags and arguments that the user has not given. With
// --continue the command line is complete: it is the same one each time. held means that
// another process holds the directory; an error in the command line is more important.
func (r *syncRun) reopen(o *syncOptions) (held, err error) {
	path, err := o.earlierRun()
	if err != nil || path == "" {
		return nil, err
	}
	r.earlier, err = run.OpenEarlier(path, o.noLock)
	r.closeLater(r.earlier.Close)
	var locked *run.LockError
	if errors.As(err, &locked) {
		if err = lockFailure(locked.Err, "the run directory "+locked.Dir, "wait for its end"); !isHeld(err) {
			return nil, err
		}
		held, err = err, nil
	}
	switch {
	case err != nil && o.goesOn:
		return nil, usage(err, "name another directory with --out; nothing was sent")
	case err != nil:
		return nil, usage(err, nameRun)
	}
	r.path = r.earlier.Dir.Path
	r.log.NameRun(r.path)
	if o.goesOn {
		return held, nil
	}
	return held, r.applyRecorded(o)
}

// earlierRun is the directory of the run to go on with; "" for a new run.
func (o *syncOptions) earlierRun() (path string, err error) {
	switch {
	case o.goesOn && o.resume != "":
		return "", usage(errors.New("--continue and --resume both go on with a run"),
			"--resume RUN takes manifests and options from the run, --out DIR --continue takes them from the command line")
	case o.goesOn && o.out == "":
		return "", usage(errors.New("--continue needs --out, which names the directory of the run"),
			"for example --out runs/tonight --continue, or --resume "+run.Latest)
	case o.goesOn:
		begun, err := run.HasBegun(o.out)
		if err != nil || !begun {
			return "", localFailure(err, "name a directory that can be read with --out")
		}
		return filepath.Clean(o.out), nil
	case o.resume == "":
		return "", nil
	case o.out != "":
		return "", usage(errors.New("--out and --resume both name the run directory"),
			"leave out --out, or use --out and --continue")
	}
	dir, err := runs.Resolve(o.resume)
	return dir.Path, asUsage(err, nameRun)
}

// applyRecorded restores the flags and arguments that the user has not given.
func (r *syncRun) applyRecorded(o *syncOptions) error {
	e := r.earlier
	if err := flags.Restore(o.flags, e.Options, endsRecorded); err != nil {
		return usage(fmt.Errorf("%s: %w", run.DescriptionFile, err), "start a new run instead")
	}
	if len(r.args) == 0 {
		r.args = e.Arguments(e.Dir)
	}
	if !o.sandbox && o.connection.baseURL == "" && r.Getenv(baseVariable) == "" {
		o.connection.baseURL = e.BaseURL
		if strings.Contains(e.BaseURL, safe.Redacted) {
			return usage(
				fmt.Errorf("the base URL of the run in %s is not recorded, because the API key was in it", e.Dir.Path),
				"name it with --base-url or "+baseVariable)
		}
	}
	return nil
}

// checkManifests refuses to read a report of the run that is continued: the session would remove
// it, and what the user has corrected in it would be lost.
func (r *syncRun) checkManifests() error {
	if r.earlier == nil {
		return nil
	}
	for _, name := range r.args {
		if r.earlier.Dir.HasReport(name) {
			return usage(fmt.Errorf("%s is a report of the run in %s, which replaces it", name, r.earlier.Dir.Path),
				"start a new run with it, or copy it to another place; nothing was sent")
		}
	}
	return nil
}

// checkShard refuses to resume a run as another shard, because its rows would be gone, and
// others would be sent that another run has.
func (r *syncRun) checkShard() error {
	was, is := r.earlier.Shard, r.shard.String()
	switch {
	case was == is:
		return nil
	case was == "":
		return usage(fmt.Errorf("the run in %s is about the whole manifest, and not about shard %s", r.earlier.Dir.Path, is),
			"leave out --shard, or start a new run")
	case is == "":
		is = "the whole manifest"
	default:
		is = "shard " + is
	}
	return usage(fmt.Errorf("the run in %s is about shard %s, and not about %s", r.earlier.Dir.Path, was, is),
		"resume it with --shard "+was+", or start a new run")
}

// checkAccount refuses to resume with another account, because the results would be a mixture
// of two accounts.
func (r *syncRun) checkAccount() error {
	e := r.earlier
	if e == nil {
		return nil
	}
	if err := r.checkShard(); err != nil {
		return err
	}
	switch kept, _ := e.Options["undo"].(bool); {
	case r.undo && !kept:
		r.log.Warn().Msg("the run began without --undo: what it has changed so far cannot be undone")
	case kept && !r.undo:
		r.log.Warn().Msg("the run continues without --undo: what it changes from here on cannot be undone")
	}
	other := "or start a new run"
	if r.goesOn {
		other = "or name another directory with --out"
	}
	switch {
	case e.Account.Is(r.account):
		return nil
	case r.target() != e.BaseURL:
		return usage(fmt.Errorf("the run in %s was made against %s, and not %s", e.Dir.Path, e.BaseURL, r.target()),
			"continue it with the base URL that it had, "+other)
	}
	return usage(fmt.Errorf("the run in %s was made with another API key", e.Dir.Path),
		"continue it with the key that it had, "+other)
}

// sayChanged reports the options that are not those of the run so far. Only with --continue
// can that be a surprise.
func (r *syncRun) sayChanged() {
	if !r.goesOn {
		return
	}
	ev, changed := r.log.Info(), false
	now := r.options()
	for _, name := range slices.Sorted(maps.Keys(now)) {
		was, present := r.earlier.Options[name]
		if old, new := recordedText(was), recordedText(now[name]); present && old != new {
			ev, changed = ev.Str(name, old+" before, now "+new), true
		}
	}
	if changed {
		ev.Msg("the options of the command line count, and some are not those that the run had")
	}
}

// recordedText is the value of an option in words.
func recordedText(v any) string {
	if text, ok := v.(string); ok {
		return cmp.Or(text, "not given")
	}
	text, _ := json.Marshal(v) // a number is another type in run.json
	return string(text)
}

// moved adds to err, the error of reading the recorded manifests, what to do about manifests
// that are no longer where they were.
func (r *syncRun) moved(err error) error {
	for _, path := range r.args {
		if _, missing := os.Stat(path); !errors.Is(missing, fs.ErrNotExist) {
			continue
		}
		command, ok := r.Shell.Words(append(slices.Clone(r.Program), "sync", "--resume", r.path))
		if !ok {
			command = "sync --resume"
		}
		return usage(fmt.Errorf("the run in %s reads %s, which is not there any more", r.path, path),
			"if it was moved, say where it is now: "+command+" MANIFEST")
	}
	return err
}

// sayKept reports how to continue without standard input, if that gave nothing this time.
func (r *syncRun) sayKept() {
	if !r.goesOn || r.earlier == nil || r.checked.Rows > 0 || !slices.Contains(r.args, "-") {
		return
	}
	if command, ok := r.command(append(slices.Clone(r.Program), "sync", "--resume", r.path)); ok {
		r.log.Info().Msg("the run has a copy of what it read before, and continues with it by: " + command)
	}
}

// sayResuming reports what was found of the earlier sessions.
func (r *syncRun) sayResuming() {
	e := r.earlier
	ev := r.log.Info().Int("done", e.Done).Int("again", e.Again)
	if e.Changed > 0 {
		ev = ev.Int("changed", e.Changed)
	}
	if lost := e.Lost(); lost > 0 {
		ev = ev.Int("unknown_since_killed", lost)
	}
	r.log.About(ev, r.path).Msg("resuming")
	r.sayChanged()
	damaged, more := e.Damaged()
	for _, d := range damaged {
		r.log.Warn().Msg(safe.Line(d.String() + "; it is left out, and its row is sent again"))
	}
	if more > 0 {
		r.log.Warn().Msgf("and %s", display.Count(more, "more damaged line"))
	}
	if r.checked.Rows < e.Rows {
		r.log.Warn().Int("before", e.Rows).Int("now", r.checked.Rows).
			Msg("the manifest has fewer rows than before; those that are not in it are neither sent nor counted")
	}
	if e.Gone == 0 {
		return
	}
	r.log.Warn().Str("ids", e.GoneText()).Msgf(
		"gone from the manifest: %s that the run worked on before; their results stay in %s",
		display.Count(e.Gone, "row"), run.EarlierFile)
}
