package cli

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"tracksync/internal/api"
	"tracksync/internal/flags"
	"tracksync/internal/run"
	"tracksync/internal/track"
	"tracksync/report"
	engine "tracksync/sync"
)

// next is what to do next: a command that can be pasted, and what to do before it. It is
// empty if there is nothing sensible to do, or if the command cannot be quoted for a shell.
func (r *syncRun) next(o run.Outcome) report.Step {
	words, first := r.nextWords(o)
	line, ok := r.command(words)
	if !ok || line == "" {
		return report.Step{}
	}
	return report.Step{First: first, Command: line}
}

// hopelessEnds are the ends after which another run would fail in the same way, because it
// would use the same base URL and key.
var hopelessEnds = []engine.Reason{engine.Unauthorized, engine.ForbiddenKey, engine.WrongAccount, engine.WrongServer}

func (r *syncRun) nextWords(o run.Outcome) (words []string, first string) {
	s := o.Summary
	switch {
	case slices.Contains(hopelessEnds, o.Reason):
		return nil, ""
	case o.Reason == engine.TooManyFailures && o.Hopeless > 0:
		return r.goOn(), "fix the rows that failed"
	case o.Reason != engine.Completed:
		return r.goOn(), ""
	case r.sandbox && s.ExitCode == exitOK:
		return r.planReal()
	case o.Failed > 0 && r.goesOn:
		return r.goOn(), report.FirstFix(o.Failed, o.Hopeless, "the manifest")
	case o.Failed > 0:
		file := cmp.Or(o.FailedBook, o.FailedList)
		return append(r.repeatFailed(o.FailedBook != ""), file), report.FirstFix(o.Failed, o.Hopeless, file)
	case s.Totals[track.Failed]+s.Totals[track.Unknown]+s.Totals[track.NotApplied] > 0 && r.checked.Expecting > 0:
		// A table has no place for what the rows expect.
		return r.goOn(), report.FirstFix(s.Rows-s.Totals.Succeeded(), o.Hopeless, "the manifest")
	}
	return nil, ""
}

// planReal is the command that shows what the manifest, which went well in the sandbox, would
// change in the real account. It only plans, because the manifest may not be meant for the
// real tracks at all.
func (r *syncRun) planReal() (words []string, first string) {
	known := r.planCommand().Flags()
	words = repeat(r.Program, "plan", r.flags, func(name string) bool { return name != "sandbox" && known.Lookup(name) != nil })
	base := r.Getenv(baseVariable)
	if u, err := api.ParseBaseURL(base); err == nil {
		words = append(words, baseWords(u)...)
	} else if base != "" {
		return nil, ""
	}
	if r.Getenv(keyVariable) == "" {
		first = "set " + keyVariable
	}
	return append(words, r.session.ManifestNames(r.args)...), first
}

// usualMaxVolume is the largest volume unless --max-volume says otherwise.
const usualMaxVolume = 100

// targetFlags adds the flags that let another sync use the same base URL, state file and
// maximum volume.
func (s service) targetFlags(words []string, maxVolume int, state string) []string {
	if s.inProcess {
		words = append(words, "--sandbox")
	} else {
		words = append(words, baseWords(s.client.BaseURL)...)
	}
	if maxVolume != usualMaxVolume {
		words = append(words, "--max-volume="+strconv.Itoa(maxVolume))
	}
	if state != "" {
		words = append(words, "--state="+state)
	}
	return words
}

// baseWords is the flag for the base URL, if it is not the default: the next command must not
// use another API.
func baseWords(u *url.URL) []string {
	if u == nil || u.String() == defaultBaseURL {
		return nil
	}
	return []string{"--base-url=" + u.String()}
}

// goOn is the command that goes on with the run: the same one again with --continue. Otherwise,
// or if the manifest came from standard input, it is --resume, with the recorded options and
// manifests.
func (r *syncRun) goOn() []string {
	if r.goesOn && !slices.Contains(r.args, "-") {
		known := func(name string) bool { return !strings.HasPrefix(name, "notify") } // its address is a secret
		words := append(repeat(r.Program, "sync", r.flags, known), baseWords(r.client.BaseURL)...)
		return append(words, r.session.ManifestNames(r.args)...)
	}
	words := append(slices.Clone(r.Program), "sync", "--resume", r.session.Dir.Path)
	if r.yes {
		words = append(words, "--yes")
	}
	if r.metricsFile != "" {
		words = append(words, "--metrics-file="+r.metricsFile)
	}
	return words
}

// repeat is a command with those of the given flags that keep selects.
func repeat(program []string, command string, given *pflag.FlagSet, keep func(name string) bool) []string {
	words := append(slices.Clone(program), command)
	return append(words, flags.Words(given, func(name string) bool { return name != "base-url" && keep(name) })...)
}

// repeatFailed is the command for failed.csv, or for the book failed.xlsx. It drops the flags that
// select rows, because the list has only the rows to run again, and for failed.csv those about
// the format.
func (r *syncRun) repeatFailed(book bool) []string {
	drop := []string{"out", "continue", "resume", "json", "stream", "only", "limit", "on-invalid", "allow-empty", "canary",
		"summary-md", "notify", "notify-on"}
	if !book { // which is written like the manifest
		drop = append(drop, "input-format", "encoding", "delimiter", "sheet", "header-row", "skip-hidden", "ignore-unknown")
	}
	if r.checked.Table == nil {
		drop = append(drop, "map") // the columns are the canonical ones
	}
	words := repeat(r.Program, "sync", r.flags, func(name string) bool { return !slices.Contains(drop, name) })
	return append(words, baseWords(r.client.BaseURL)...)
}
