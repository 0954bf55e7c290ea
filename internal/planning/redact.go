package planning

import (
	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// redact removes secrets from what is shown of a row. What would be sent stays unchanged.
func (r *Row) redact(h *safe.Secrets) {
	r.Position.File = h.Text(r.Position.File)
	r.Position.Sheet = h.Text(r.Position.Sheet)
	r.Name = redactField(h, r.Name)
	r.Changes.Name = track.Change[string]{From: redactField(h, r.Changes.Name.From),
		To: redactField(h, r.Changes.Name.To)}
	r.Changes.Media = track.Change[string]{From: redactField(h, r.Changes.Media.From),
		To: redactField(h, r.Changes.Media.To)}
	for i, l := range r.Lines {
		r.Lines[i].From, r.Lines[i].To = h.Text(l.From), h.Text(l.To)
	}
	for i, reason := range r.Reasons {
		r.Reasons[i] = h.Text(reason)
	}
	r.Error.Message = h.Text(r.Error.Message)
}

func redactField(h *safe.Secrets, f track.Field[string]) track.Field[string] {
	if text, ok := f.Get(); ok && h.Holds(text) {
		return track.Value(h.Text(text))
	}
	return f
}
