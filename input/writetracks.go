package input

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"tracksync/internal/track"
)

// TracksOptions say how tracks are written.
type TracksOptions struct {
	Format    Format
	BOM       bool // of a table
	WithMedia bool // as a field that sync sends; otherwise media is a comment
	MaxVolume int  // the largest that is written; negative is any
}

// TracksWritten is what became of tracks that were written.
type TracksWritten struct {
	Written int
	Lost    int // tracks of which not even the id can be written

	Notes []string // of fields that were left out, the first maxNotes
	Noted int      // how many there are

	Formulas int      // names that a spreadsheet takes for a formula
	Formula  track.ID // the first of them
}

const maxNotes = 20

// WriteTracks writes tracks as a manifest that asks for what they are. A field that would
// not be read back as it is is left out, with a note. It ends with the context.
func WriteTracks(ctx context.Context, to io.Writer, o TracksOptions,
	tracks iter.Seq2[track.Track, error]) (TracksWritten, error) {
	w := &tracksWriter{withMedia: o.WithMedia, table: o.Format == CSV || o.Format == TSV}
	var err error
	if w.out, err = NewWriter(to, o.Format, o.writerOptions()); err != nil {
		return w.TracksWritten, err
	}
	for t, err := range tracks {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = w.write(t)
		}
		if err != nil {
			return w.TracksWritten, err
		}
	}
	return w.TracksWritten, w.out.Close()
}

func (o TracksOptions) writerOptions() WriterOptions {
	w := WriterOptions{BOM: o.BOM, MaxVolume: o.MaxVolume}
	w.Comment = "All tracks, as tracksync pull found them. What is left out stays as it is."
	last := track.FieldMedia
	if !o.WithMedia {
		w.Comment += "\nMedia is a comment: sync sends it where it is made a key."
		last = ColumnShownMedia
	}
	w.Columns = []string{track.FieldID, track.FieldName, track.FieldVolume, track.FieldProject, last}
	return w
}

// tracksWriter writes tracks as entries of a manifest, and takes note of what
// its owner should know of them.
type tracksWriter struct {
	withMedia bool
	table     bool // a spreadsheet may open it
	out       *Writer
	TracksWritten
}

// write writes one track, without the fields that would not be read back as
// they are.
func (w *tracksWriter) write(t track.Track) error {
	e := w.entry(t)
	for {
		err := w.out.Write(e)
		var unfit *RoundTripError
		if !errors.As(err, &unfit) {
			if err == nil {
				w.Written++
				w.watch(e)
			}
			return err
		}
		field := leaveOut(&e, unfit.Field)
		if field == "" {
			w.Lost++
			w.note("track %d is left out: %s", t.ID, reason(unfit))
			return nil
		}
		w.note("%s of track %d is left out: %s", field, t.ID, reason(unfit))
	}
}

// entry says of a track what a manifest can say. What the answer did not have is
// absent, and so is what the track has not: a manifest has a word only for a
// track without a project.
func (w *tracksWriter) entry(t track.Track) Entry {
	e := Entry{Update: track.Update{ID: t.ID, Values: t.Values}}
	v := &e.Update.Values
	if name, _ := v.Name.Get(); name == "" {
		v.Name = track.Field[string]{}
	}
	if v.Volume.IsNull() {
		v.Volume = track.Field[int]{}
	}
	if url, _ := v.Media.Get(); url == "" {
		v.Media = track.Field[string]{}
	}
	if !w.withMedia {
		e.ShownMedia, v.Media = v.Media, track.Field[string]{}
	}
	for _, field := range t.Hidden.Fields() { // what stands in its place must not be sent
		if v.Drop(field) {
			w.note("%s of track %d is left out: it seems to contain the API key", field, t.ID)
		}
	}
	return e
}

// leaveOut takes a field out of an entry and names it; the largest for "". There
// is none when only the id is left.
func leaveOut(e *Entry, field string) string {
	name, shown := e.Update.Name.String(), e.ShownMedia.String()
	switch {
	case field == "" && len(name) > len(shown):
		field = track.FieldName
	case field == "" && shown != "":
		e.ShownMedia = track.Field[string]{}
		return ColumnShownMedia
	}
	if !e.Update.Values.Drop(field) {
		return ""
	}
	return field
}

// reason is why something is left out. Of the hints, which speak to those who
// write manifests, that about volumes helps here too.
func reason(u *RoundTripError) string {
	if u.Field == track.FieldVolume && u.Hint != "" {
		return u.Message + " (" + u.Hint + ")"
	}
	return u.Message
}

func (w *tracksWriter) note(format string, args ...any) {
	if w.Noted++; len(w.Notes) < maxNotes {
		w.Notes = append(w.Notes, fmt.Sprintf(format, args...))
	}
}

// watch looks for what a spreadsheet would change.
func (w *tracksWriter) watch(e Entry) {
	name, _ := e.Update.Name.Get()
	if !w.table || name == "" || !strings.ContainsRune("=+-@\t\r", rune(name[0])) {
		return
	}
	if w.Formulas++; w.Formulas == 1 {
		w.Formula = e.Update.ID
	}
}
