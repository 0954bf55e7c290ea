package cli

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/spf13/pflag"

	"tracksync/internal/api"
	"tracksync/internal/run"
	"tracksync/internal/safe"
	"tracksync/internal/terminal"
	"tracksync/internal/track"
	"tracksync/report"
	engine "tracksync/sync"
)

// next is what to do next: a command to be pasted as it is, and what to do before
// it. It is empty when there is nothing sensible to do, or when the command cannot
// be said in words that a shell reads back.
func (r *syncRun) next(s report.Summary, end engine.End, failed int) report.Step {
	words, first := r.nextWords(s, end, failed)
	line, ok := safe.ShellWords(words)
	if !ok || line == "" || !usable(r.hidden, line) {
		return report.Step{}
	}
	return report.Step{First: first, Command: line}
}

func (r *syncRun) nextWords(s report.Summary, end engine.End, failed int) (words []string, first string) {
	switch {
	case end.Reason == engine.Unauthorized, end.Reason == engine.ForbiddenKey, end.Reason == engine.WrongAccount, end.Reason == engine.WrongServer:
		return nil, "" // it would go to the same place, with the same key
	case end.Reason == engine.TooManyFailures && r.hopeless > 0:
		return r.goOn(), "fix the rows that failed"
	case end.Reason != engine.Completed:
		return r.goOn(), ""
	case r.sandbox && s.ExitCode == exitOK:
		return r.planReal()
	case failed > 0:
		return append(r.repeatFailed(), r.dir.File(run.FailedFile)), r.firstFix(failed, r.dir.File(run.FailedFile))
	case s.Totals[track.Failed]+s.Totals[track.Unknown]+s.Totals[track.NotApplied] > 0 && r.summary.Expecting > 0:
		return r.goOn(), r.firstFix(s.Rows-s.Totals.Succeeded(), "the manifest") // a table could not say what they expect
	}
	return nil, ""
}

// firstFix is what to do before rows are sent again: nothing, where none was
// refused for what it says.
func (r *syncRun) firstFix(rows int, where string) string {
	switch {
	case r.hopeless == 0:
		return ""
	case r.hopeless < rows:
		return fmt.Sprintf("fix the rows in %s that were refused (%s of %s)", safe.Line(where), terminal.Thousands(r.hopeless), terminal.Thousands(rows))
	}
	return "fix these rows in " + safe.Line(where)
}

// hopeless reports whether a row would end the same way if it were sent again as
// it is.
func hopeless(result track.Result) bool {
	switch result.Status {
	case track.Invalid, track.NotApplied:
		return true
	case track.Failed:
		return result.Error == nil || !result.Error.Retryable
	}
	return false
}

// planReal shows what the manifest that went well in the sandbox would change of
// the real tracks, which may not be meant by it at all: it changes nothing.
func (r *syncRun) planReal() (words []string, first string) {
	known := r.planCommand().Flags()
	words = r.repeat("plan", func(name string) bool { return name != "sandbox" && known.Lookup(name) != nil })
	base := r.Getenv(baseVariable)
	if u, err := api.ParseBaseURL(base); err == nil {
		words = append(words, baseWords(u)...)
	} else if base != "" {
		return nil, ""
	}
	if r.Getenv(keyVariable) == "" {
		first = "set " + keyVariable
	}
	return append(words, r.again()...), first
}

// baseWords names the base URL where it is not the one that every command has by
// itself: what was done in one place must not go on in another.
func baseWords(u *url.URL) []string {
	if u == nil || u.String() == defaultBaseURL {
		return nil
	}
	return []string{"--base-url=" + u.String()}
}

// goOn is the command that takes the run up again. Its options are recorded.
func (r *syncRun) goOn() []string {
	words := append(slices.Clone(r.Program), "sync", "--resume", r.dir.Path)
	if r.yes {
		words = append(words, "--yes")
	}
	return words
}

// again names the manifests for another run: for one that could be read only
// once, its copy.
func (r *syncRun) again() []string {
	names := make([]string, len(r.args))
	for i, name := range r.args {
		names[i] = name
		for _, s := range r.summary.Sources {
			if r.copies.Has(name) && s.Name == name {
				names[i] = r.dir.File(run.CopyName(s, r.summary.Sources))
			}
		}
		names[i] = run.AsOperand(names[i])
	}
	return names
}

// repeat is a command with those of the flags that were given that it keeps.
func (r *syncRun) repeat(command string, keep func(name string) bool) []string {
	words := append(slices.Clone(r.Program), command)
	r.flags.Visit(func(f *pflag.Flag) {
		if f.Name == "base-url" || !keep(f.Name) {
			return
		}
		if u, ok := f.Value.(offUntil); ok && u.u.instant {
			return // it may be past by then
		}
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		for _, v := range values {
			word := "--" + f.Name
			if f.Value.Type() != "bool" || v != "true" {
				word += "=" + v
			}
			words = append(words, word)
		}
	})
	return words
}

// repeatFailed is the command for failed.csv, which is a CSV file whose delimiter
// is found from it, and already the part of the rows that is wanted.
func (r *syncRun) repeatFailed() []string {
	drop := []string{"out", "resume", "json", "stream", "only", "limit", "input-format", "delimiter", "ignore-unknown", "on-invalid", "allow-empty", "canary"}
	if r.summary.Table == nil {
		drop = append(drop, "map") // the columns are the canonical ones
	}
	words := r.repeat("sync", func(name string) bool { return !slices.Contains(drop, name) })
	return append(words, baseWords(r.client.BaseURL)...)
}
