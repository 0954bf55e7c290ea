package cli

import (
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"tracksync/internal/track"
	"tracksync/report"
	engine "tracksync/sync"
)

// next is the command to run next, to be pasted as it is; empty when there is
// nothing to do, when the same would only fail again, or when it cannot be said
// in words that a shell reads back.
func (r *run) next(s report.Summary, end engine.End, failed int) string {
	var words []string
	prefix := ""
	switch {
	case end.Reason == engine.Unauthorized, end.Reason == engine.ForbiddenKey, end.Reason == engine.WrongAccount, end.Reason == engine.WrongServer:
		return ""
	case end.Reason == engine.Completed && s.Totals.Succeeded() < s.Rows:
		if failed == 0 && r.summary.Expecting > 0 && s.Totals[track.Failed]+s.Totals[track.Unknown]+s.Totals[track.NotApplied] > 0 {
			words = r.goOn() // their table could not say what they expect
			break
		}
		if failed == 0 {
			return ""
		}
		words = append(r.repeatFailed(), r.dir.file(failedFile))
	case end.Reason != engine.Completed:
		words = r.goOn()
	case end.Reason == engine.Completed && r.sandbox && s.ExitCode == exitOK:
		words = append(r.repeat("out", "resume", "json", "stream", "sandbox"), r.again()...)
		prefix = "export " + keyVariable + "=…; "
	default:
		return ""
	}
	line, ok := shellWords(words)
	if !ok || string(r.redact([]byte(line))) != line {
		return ""
	}
	return prefix + line
}

// goOn is the command that takes the run up again. Its options are recorded.
func (r *run) goOn() []string {
	words := append(slices.Clone(r.Program), "sync", "--resume", r.dir.path)
	if r.yes {
		words = append(words, "--yes")
	}
	return words
}

// again names the manifests for another run: for one that could be read only
// once, its copy.
func (r *run) again() []string {
	names := make([]string, len(r.args))
	for i, name := range r.args {
		names[i] = name
		for _, s := range r.summary.Sources {
			if _, once := r.kept.files[name]; once && s.Name == name {
				names[i] = r.dir.file(r.inputCopy(s))
			}
		}
		if strings.HasPrefix(names[i], "-") {
			names[i] = "." + string(filepath.Separator) + names[i]
		}
	}
	return names
}

// repeat is the command with the flags that it was given, but for some.
func (r *run) repeat(drop ...string) []string {
	words := append(slices.Clone(r.Program), "sync")
	r.flags.Visit(func(f *pflag.Flag) {
		if slices.Contains(drop, f.Name) {
			return
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

// repeatFailed is the command for failed.csv, which is a CSV file with commas,
// and already the part of the rows that is wanted.
func (r *run) repeatFailed() []string {
	drop := []string{"out", "resume", "json", "stream", "only", "limit", "input-format", "delimiter", "on-invalid", "allow-empty", "canary"}
	if r.summary.Header == nil {
		drop = append(drop, "map") // the columns are the canonical ones
	}
	return r.repeat(drop...)
}

// shellWords writes arguments so that a shell reads them as they are; false if
// one of them cannot be printed.
func shellWords(args []string) (string, bool) {
	words := make([]string, len(args))
	for i, a := range args {
		if report.Plain(a, 0) != a {
			return "", false
		}
		words[i] = a
		if a == "" || strings.ContainsFunc(a, needsQuotes) {
			words[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " "), true
}

// needsQuotes reports whether a shell may take r for something else.
func needsQuotes(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("-_./,:@%+=", r):
		return false
	case r == '\\':
		return runtime.GOOS != "windows"
	}
	return true
}
