package report

import (
	"fmt"
	"time"

	"tracksync/internal/display"
)

// UndoHead is what stands at the top of undo.yaml.
type UndoHead struct {
	Run     string // its directory
	BaseURL string // of the API
	Written time.Time
	Command string // that runs it

	Lost    int      // fields that it cannot restore
	Samples []string // the first of them
	Unread  []string // of which tracks nothing is known, in words
}

// Lines are the lines of the head, not yet as comments.
func (h UndoHead) Lines() []string {
	lines := []string{
		"Undoes the run in " + h.Run,
		fmt.Sprintf("against %s, written %s. Run it with", h.BaseURL, h.Written.UTC().Format(time.RFC3339)),
		"  " + h.Command,
		"A track that is not as the run left it is left alone, unless --force is given.",
	}
	if h.Lost > 0 {
		lines = append(lines, "", "It cannot restore "+display.Count(h.Lost, "field")+":")
		for _, field := range h.Samples {
			lines = append(lines, "  "+field)
		}
		if more := h.Lost - len(h.Samples); more > 0 {
			lines = append(lines, fmt.Sprintf("  and %s more", display.Thousands(more)))
		}
	}
	for _, text := range h.Unread {
		lines = append(lines, "", text)
	}
	return append(lines, "")
}
