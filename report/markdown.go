package report

import (
	"fmt"
	"io"
	"strings"

	"tracksync/internal/display"
	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// MaxComment is how many bytes a comment on a pull request may have: GitHub takes 65,536
// characters, and GitLab 1 MB.
const MaxComment = 65_536

// MaxJobSummary is how many bytes the summary of a step may have in GitHub Actions.
const MaxJobSummary = 1 << 20

const (
	maxMarkdownText   = 160 // characters of a text in a table
	maxMarkdownCauses = 10
	roomForMore       = 200 // bytes of the line that says how many rows are not listed
)

// WriteMarkdown writes a run in Markdown, for comments on pull requests and for the summary of
// a job: how it ended, the rows by their statuses, the causes of failures, and a table of the
// rows that need attention and that want accepts. It is at most limit bytes long: as many rows
// are listed as fit, and the others are counted. Text from manifests and servers is code,
// which contains no markup.
func WriteMarkdown(w io.Writer, r Run, want func(track.Status) bool, limit int) error {
	head, tail := markdownHead(r.Summary), markdownNext(r.Summary.Next)
	rows := markdownTable{
		head: "\n#### Rows that need attention\n\n| place | track | status | asked for | what was said |\n|---|---:|---|---|---|\n",
		room: limit - len(head) - len(tail) - roomForMore,
	}
	needed := 0
	for _, s := range track.Statuses() {
		if want(s) && NeedsAttention(s) {
			needed += r.Summary.Totals[s]
		}
	}
	for result, err := range r.Results(func(s track.Status) bool { return want(s) && NeedsAttention(s) }) {
		if err != nil {
			return err
		}
		if !rows.add(markdownRow(result)) {
			break
		}
	}
	text := head + rows.text(needed, "row") + tail
	if len(text) > limit {
		text = markdownTitle(r.Summary)
	}
	if len(text) > limit {
		return nil
	}
	_, err := io.WriteString(w, text)
	return err
}

// markdownTable is a table of as many rows as there is room for.
type markdownTable struct {
	head   string
	room   int // in bytes, for the head and the rows
	rows   strings.Builder
	listed int
}

// add adds a row, and reports whether there was room for it.
func (t *markdownTable) add(row string) bool {
	if len(t.head)+t.rows.Len()+len(row) > t.room {
		return false
	}
	t.rows.WriteString(row)
	t.listed++
	return true
}

// text is the table, and how many of all rows are not in it.
func (t *markdownTable) text(all int, thing string) string {
	text := ""
	if t.listed > 0 {
		text = t.head + t.rows.String()
	}
	if more := all - t.listed; more > 0 {
		text += fmt.Sprintf("\nand %s.\n", display.Count(more, "more "+thing))
	}
	return text
}

func markdownTitle(s Summary) string {
	color, end := Ended(s)
	return fmt.Sprintf("### %s tracksync: %s\n\nState: %s.\n", color.Sign(), Headline(s), safe.Code(end, maxMarkdownText))
}

func markdownHead(s Summary) string {
	var b strings.Builder
	b.WriteString(markdownTitle(s))
	if s.Message != "" {
		fmt.Fprintf(&b, "\n%s\n", safe.Code(s.Message, 3*maxMarkdownText))
	}
	b.WriteString("\n| rows | status | |\n|---:|---|---|\n")
	for _, status := range track.Statuses() {
		if n := s.Totals[status]; n > 0 {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", display.Thousands(n), words(string(status)), Meaning(status))
		}
	}
	b.WriteString("\n" + markdownFacts(s) + "\n")
	if len(s.Failures) > 0 {
		b.WriteString("\n#### Causes\n\n| rows | code | message | for example |\n|---:|---|---|---|\n")
	}
	for _, f := range s.Failures[:min(len(s.Failures), maxMarkdownCauses)] {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", display.Thousands(f.Rows), safe.Code(f.Code, maxCodeShown),
			safe.Code(f.Message, maxMarkdownText), safe.Code(f.Example, maxMarkdownText))
	}
	if more := len(s.Failures) - maxMarkdownCauses; more > 0 {
		fmt.Fprintf(&b, "\nand %s.\n", display.Count(more, "more cause"))
	}
	return b.String()
}

// markdownFacts is what was run, where, and how long it took.
func markdownFacts(s Summary) string {
	facts := markdownNames(s.Manifests)
	if host := host(s.BaseURL); host != "" {
		facts = append(facts, safe.Code(host, maxMarkdownText))
	}
	facts = append(facts, duration(s.DurationS), display.Count(s.Requests, "request"))
	if s.RunDir != "" {
		facts = append(facts, "run "+safe.Code(s.RunDir, maxMarkdownText))
	}
	return strings.Join(facts, " · ")
}

// markdownNames are the names of the first manifests, and how many more there are.
func markdownNames(names []string) (texts []string) {
	for _, name := range names[:min(len(names), maxMarkdownCauses)] {
		texts = append(texts, safe.Code(name, maxMarkdownText))
	}
	if more := len(names) - len(texts); more > 0 {
		texts = append(texts, display.Count(more, "more manifest"))
	}
	return texts
}

func markdownRow(r track.Result) string {
	id, said := "", ""
	if r.ID > 0 {
		id = r.ID.String()
	}
	if r.Error != nil {
		said = safe.Code(r.Error.Code+": "+r.Error.Message, maxMarkdownText)
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s |\n", safe.Code(position(r), maxMarkdownText), id,
		words(string(r.Status)), safe.Code(askedText(r), maxMarkdownText), said)
}

// maxCommand is the longest command that is shown. A cut one would do something else.
const maxCommand = 2000

func markdownNext(next *Step) string {
	if next == nil || len(next.Command) > maxCommand {
		return ""
	}
	text := "\nNext"
	if next.First != "" {
		text += ": " + safe.Code(next.First, 2*maxMarkdownText) + ", then"
	}
	return text + ":\n\n    " + safe.Line(next.Command) + "\n"
}
