package cli

import "tracksync/internal/track"

// redact takes secrets out of what is shown of a row. What is sent when the plan
// is applied stays as the manifest has it.
func (r *plannedRow) redact(h *hidden) {
	r.Position.File = h.text(r.Position.File)
	r.Position.Sheet = h.text(r.Position.Sheet)
	r.Name = redactField(h, r.Name)
	r.Changes.Name = track.Change[string]{From: redactField(h, r.Changes.Name.From), To: redactField(h, r.Changes.Name.To)}
	r.Changes.Media = track.Change[string]{From: redactField(h, r.Changes.Media.From), To: redactField(h, r.Changes.Media.To)}
	for i, l := range r.Lines {
		r.Lines[i].From, r.Lines[i].To = h.text(l.From), h.text(l.To)
	}
	for i, reason := range r.Reasons {
		r.Reasons[i] = h.text(reason)
	}
	r.Error.Message = h.text(r.Error.Message)
}

func redactField(h *hidden, f track.Field[string]) track.Field[string] {
	if text, ok := f.Get(); ok && h.holds(text) {
		return track.Value(h.text(text))
	}
	return f
}
