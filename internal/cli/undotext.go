package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tracksync/internal/display"
	"tracksync/internal/run"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
)

// undoHead are the lines at the top of undo.yaml.
func (r *syncRun) undoHead(u run.Undone) []string {
	return r.undoLines(report.UndoHead{
		Run: r.session.Dir.Path, BaseURL: r.target(), Written: time.Now(), Command: r.undoCommand(u),
	}, u)
}

// undoLines are the lines of a head, with what cannot be restored.
func (a *app) undoLines(h report.UndoHead, u run.Undone) []string {
	h.Lost = u.LostFields()
	for _, f := range u.Samples {
		h.Samples = append(h.Samples, f.String())
	}
	h.Unread = unreadTexts(u)
	lines := h.Lines()
	for i := range lines {
		lines[i] = a.hidden.Text(lines[i])
	}
	return lines
}

// unreadTexts says of which tracks it is not known what they were.
func unreadTexts(u run.Undone) (texts []string) {
	if u.Damaged > 0 {
		texts = append(texts, fmt.Sprintf("%s of %s cannot be read: what these tracks were is lost, if they were changed.",
			display.Count(u.Damaged, "line"), run.BeforeFile))
	}
	if u.Unrecorded > 0 {
		texts = append(texts, fmt.Sprintf("%s changed by this run cannot be restored: %s does not say what they were.",
			display.Count(u.Unrecorded, "track"), run.BeforeFile))
	}
	return texts
}

// undoCommand is the command that restores the tracks. It uses the base URL of the run, and
// allows the volumes that the tracks had, even if they are larger than usual.
func (r *syncRun) undoCommand(u run.Undone) string {
	words := slices.Concat(r.Program, []string{"sync"}, r.connection.fileWords())
	words = r.targetFlags(words, max(u.LargestVolume, usualMaxVolume), r.stateFile)
	line, ok := r.command(append(words, r.session.Dir.File(run.UndoFile)))
	if !ok {
		return "tracksync sync " + run.UndoFile
	}
	return line
}

// sayUndo reports what cannot be restored.
func (a *app) sayUndo(u *run.Undone) {
	if u == nil {
		return
	}
	for _, text := range unreadTexts(*u) {
		a.log.Warn().Msg(text)
	}
	if u.LostFields() == 0 {
		return
	}
	ev := a.log.Warn()
	for _, field := range track.Columns() {
		if u.Lost[field] > 0 {
			ev = ev.Int(field, u.Lost[field])
		}
	}
	var first []string
	for _, f := range u.Samples[:min(3, len(u.Samples))] {
		first = append(first, f.String())
	}
	ev.Msg(safe.Line(fmt.Sprintf("%s cannot restore everything; %s", run.UndoFile, strings.Join(first, "; "))))
}
