package report

import (
	"fmt"
	"io"
	"strings"

	"tracksync/internal/display"
	"tracksync/internal/safe"
)

// PlanMarkdown writes a plan in Markdown, for a person who reviews it in a pull request: what
// is wrong, and a table of what would change. It is at most as long as a comment may be: as
// many rows are listed as fit, and the others are counted. It keeps these rows in memory and
// writes everything at the end. Text from manifests and servers is code, which contains no
// markup. A PlanMarkdown is for one goroutine.
type PlanMarkdown struct {
	out             io.Writer
	limit           int
	where           string // of the manifests and the API
	changes, errors markdownTable
}

// NewPlanMarkdown returns a PlanMarkdown of at most limit bytes on w. host says where the
// tracks were read.
func NewPlanMarkdown(w io.Writer, host string, manifests []string, limit int) *PlanMarkdown {
	facts := strings.Join(markdownNames(manifests), " · ")
	room := limit - len(facts) - 1000 // for the head and both lines that count the rest
	return &PlanMarkdown{
		out: w, limit: limit, where: facts + " at " + safe.Code(host, maxMarkdownText),
		errors: markdownTable{
			head: "\n#### Errors\n\n| place | track | error |\n|---|---|---|\n", room: room / 2,
		},
		changes: markdownTable{
			head: "\n#### Changes\n\n| place | track | change |\n|---|---|---|\n", room: room,
		},
	}
}

// Write adds a row that would change or cannot be planned.
func (m *PlanMarkdown) Write(r PlanRow) error {
	var texts []string
	switch {
	case r.Verdict == ToChange:
		for _, l := range r.Lines {
			texts = append(texts, markdownChange(l))
		}
		m.changes.add(markdownPlanRow(r, texts))
	case r.Verdict.IsError():
		for _, reason := range r.Reasons {
			texts = append(texts, safe.Code(reason, maxMarkdownText))
		}
		m.errors.add(markdownPlanRow(r, texts))
	}
	return nil
}

func markdownPlanRow(r PlanRow, texts []string) string {
	at := r.Position
	at.Column = 0
	var who []string
	if r.ID > 0 {
		who = append(who, r.ID.String())
	}
	if name, ok := r.Name.Get(); ok {
		who = append(who, safe.Code(name, maxPlanName))
	}
	return fmt.Sprintf("| %s | %s | %s |\n", safe.Code(at.String(), maxMarkdownText), strings.Join(who, " "),
		strings.Join(texts, "<br>"))
}

func markdownChange(l PlanLine) string {
	text := strings.TrimSuffix(l.Field, "_id") + " "
	if l.From != "" {
		text += safe.Code(l.From, maxMarkdownText) + " → "
	} else {
		text += "→ "
	}
	return text + safe.Code(l.To, maxMarkdownText)
}

// End writes everything.
func (m *PlanMarkdown) End(n PlanTotals) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### tracksync plan: %s to change, %s unchanged", display.Thousands(n.Change),
		display.Thousands(n.Unchanged))
	if n.Skipped+n.Superseded > 0 {
		fmt.Fprintf(&b, ", %s not sent", display.Thousands(n.Skipped+n.Superseded))
	}
	if n.Errors() > 0 {
		fmt.Fprintf(&b, ", %s", display.Count(n.Errors(), "error"))
	}
	fmt.Fprintf(&b, "\n\n%s\n", m.where)
	if n.Change > 0 {
		fmt.Fprintf(&b, "\nchanges %s\n", strings.Join(n.Fields.words(), ", "))
	}
	b.WriteString(m.errors.text(n.Errors(), "error"))
	m.changes.cut(m.limit - b.Len() - roomForMore)
	b.WriteString(m.changes.text(n.Change, "change"))
	_, err := io.WriteString(m.out, b.String())
	return err
}

// cut leaves the rows for which there is room.
func (t *markdownTable) cut(room int) {
	all := t.rows.String()
	*t = markdownTable{head: t.head, room: room}
	for row := range strings.Lines(all) {
		if !t.add(row) {
			return
		}
	}
}
