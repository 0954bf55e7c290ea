package report

import (
	"fmt"
	"strings"

	"tracksync/internal/display"
	"tracksync/internal/safe"
)

// NoticeOn says after which runs a notice is sent.
type NoticeOn string

// The runs after which a notice is sent.
const (
	OnFail   NoticeOn = "fail"   // those that end other than 0, and the first that ends with 0 again
	OnChange NoticeOn = "change" // those that end with another exit code than the run before
	Always   NoticeOn = "always"
)

// Wants reports whether a notice is sent of a run that ended with code. The run before it
// ended with before; 0 if none is known.
func (on NoticeOn) Wants(code, before int) bool {
	switch on {
	case Always:
		return true
	case OnChange:
		return code != before
	}
	return code != 0 || before != 0
}

// NotStarted is the End of a run that could not start. Nothing was sent.
const NotStarted = "not_started"

// Notice is what a chat is told of a run that ended, or could not start.
type Notice struct {
	Summary
	Before  int    // exit code of the run before; 0 if none is known
	Machine string // where it ran; "" if that is not known
}

const (
	noticeLines = 5   // of a list
	noticeText  = 200 // characters of a text from elsewhere
)

// Text is a few lines: how the run ended, why, what was run and where, why rows failed, and what to
// do next. It has none of the characters that begin a mention, a link or an entity in a chat.
func (n Notice) Text() string {
	lines := []string{n.headline()}
	message := strings.Split(n.Message, "\n")
	for _, line := range message[:min(len(message), noticeLines)] {
		if line != "" {
			lines = append(lines, plainText(line))
		}
	}
	if more := len(message) - noticeLines; more > 0 {
		lines = append(lines, "and "+display.Count(more, "more line"))
	}
	lines = append(lines, n.origin())
	for _, f := range n.Failures[:min(len(n.Failures), noticeLines)] {
		lines = append(lines, fmt.Sprintf("• %s: %s: %s", display.Count(f.Rows, "row"), plainText(f.Code), plainText(f.Message)))
	}
	if more := len(n.Failures) - noticeLines; more > 0 {
		lines = append(lines, "• "+display.Count(more, "more cause"))
	}
	if n.Next != nil && plainText(n.Next.Command) == n.Next.Command { // otherwise it could not be pasted
		lines = append(lines, "Next: "+n.Next.Command)
	}
	return strings.Join(lines, "\n")
}

// headline is how the run ended.
func (n Notice) headline() string {
	sign, end := "✓", words(n.End)
	switch {
	case n.ExitCode != 0:
		sign, end = "✗", fmt.Sprintf("%s (exit code %d)", end, n.ExitCode)
	case n.Before != 0:
		end += fmt.Sprintf(" (the run before: exit code %d)", n.Before)
	}
	if n.End == NotStarted {
		return fmt.Sprintf("%s tracksync: %s, nothing was sent", sign, end)
	}
	return fmt.Sprintf("%s tracksync: %s: %s", sign, end, Headline(n.Summary))
}

// origin is what was run, and where.
func (n Notice) origin() string {
	var parts []string
	for _, name := range n.Manifests[:min(len(n.Manifests), noticeLines)] {
		parts = append(parts, plainText(name))
	}
	if more := len(n.Manifests) - len(parts); more > 0 {
		parts = append(parts, display.Count(more, "more manifest"))
	}
	if at := host(n.BaseURL); at != "" {
		parts = append(parts, plainText(at))
	}
	if n.End != NotStarted {
		parts = append(parts, duration(n.DurationS), "run "+plainText(n.RunDir))
	}
	if n.Machine != "" {
		parts = append(parts, "on "+plainText(n.Machine))
	}
	return strings.Join(parts, " · ")
}

// plainText is a text from elsewhere, which no chat takes for markup.
func plainText(s string) string {
	return strings.NewReplacer("&", "＆", "<", "‹", ">", "›", "@", "＠", "`", "'", "*", "∗", "~", "∼", "[", "［", "]", "］").
		Replace(safe.CutLine(s, noticeText))
}
