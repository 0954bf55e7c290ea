package cli

import (
	"fmt"
	"net/url"
	"slices"

	"tracksync/internal/api"
	"tracksync/internal/display"
	"tracksync/internal/flags"
	"tracksync/internal/run"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
	engine "tracksync/sync"
)

// next is what to do next: a command to be pasted as it is, and what to do before
// it. It is empty when there is nothing sensible to do, or when the command cannot
// be said in words that a shell reads back.
func (r *syncRun) next(o run.Outcome) report.Step {
	words, first := r.nextWords(o)
	line, ok := r.hidden.Command(words)
	if !ok || line == "" {
		return report.Step{}
	}
	return report.Step{First: first, Command: line}
}

func (r *syncRun) nextWords(o run.Outcome) (words []string, first string) {
	s := o.Summary
	switch {
	case o.Reason == engine.Unauthorized, o.Reason == engine.ForbiddenKey, o.Reason == engine.WrongAccount, o.Reason == engine.WrongServer:
		return nil, "" // it would go to the same place, with the same key
	case o.Reason == engine.TooManyFailures && o.Hopeless > 0:
		return r.goOn(), "fix the rows that failed"
	case o.Reason != engine.Completed:
		return r.goOn(), ""
	case r.sandbox && s.ExitCode == exitOK:
		return r.planReal()
	case o.Failed > 0:
		return append(r.repeatFailed(), r.session.Dir.File(run.FailedFile)), firstFix(o.Failed, o.Hopeless, r.session.Dir.File(run.FailedFile))
	case s.Totals[track.Failed]+s.Totals[track.Unknown]+s.Totals[track.NotApplied] > 0 && r.checked.Expecting > 0:
		return r.goOn(), firstFix(s.Rows-s.Totals.Succeeded(), o.Hopeless, "the manifest") // a table could not say what they expect
	}
	return nil, ""
}

// firstFix is what to do before rows are sent again: nothing, where none was
// refused for what it says.
func firstFix(rows, hopeless int, where string) string {
	switch {
	case hopeless == 0:
		return ""
	case hopeless < rows:
		return fmt.Sprintf("fix the rows in %s that were refused (%s of %s)", safe.Line(where), display.Thousands(hopeless), display.Thousands(rows))
	}
	return "fix these rows in " + safe.Line(where)
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
	words := append(slices.Clone(r.Program), "sync", "--resume", r.session.Dir.Path)
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
		for _, s := range r.checked.Sources {
			if r.copies.Has(name) && s.Name == name {
				names[i] = r.session.Dir.File(run.CopyName(s, r.checked.Sources))
			}
		}
		names[i] = safe.AsOperand(names[i])
	}
	return names
}

// repeat is a command with those of the flags that were given that it keeps.
func (r *syncRun) repeat(command string, keep func(name string) bool) []string {
	words := append(slices.Clone(r.Program), command)
	return append(words, flags.Words(r.flags, func(name string) bool { return name != "base-url" && keep(name) })...)
}

// repeatFailed is the command for failed.csv, which is a CSV file whose delimiter
// is found from it, and already the part of the rows that is wanted.
func (r *syncRun) repeatFailed() []string {
	drop := []string{"out", "resume", "json", "stream", "only", "limit", "input-format", "delimiter", "ignore-unknown", "on-invalid", "allow-empty", "canary"}
	if r.checked.Table == nil {
		drop = append(drop, "map") // the columns are the canonical ones
	}
	words := r.repeat("sync", func(name string) bool { return !slices.Contains(drop, name) })
	return append(words, baseWords(r.client.BaseURL)...)
}
