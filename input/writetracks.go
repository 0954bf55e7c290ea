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
	BOM       bool // begin a table with a byte order mark
	WithMedia bool // write media as a field that sync sends; otherwise as a comment
	MaxVolume int  // the largest volume that is written; negative: any
	Tracks    int  // how many tracks there are; 0: not known
}

// TracksWritten is the outcome of WriteTracks.
type TracksWritten struct {
	Written int
	Lost    int // tracks whose id cannot be written

	Notes []string // the first maxNotes notes about fields that were left out
	Noted int      // the number of all notes

	Formulas int      // names that a spreadsheet takes for a formula
	Formula  track.ID // the first of them
}

const maxNotes = 20

// WriteTracks writes a manifest of the tracks in their present state. A field that would
// not be read back unchanged is left out, with a note. It stops when the context ends. If
// a workbook has no room for all tracks, nothing is written.
func WriteTracks(ctx context.Context, to io.Writer, o TracksOptions,
	tracks iter.Seq2[track.Track, error]) (TracksWritten, error) {
	if o.Format == XLSX && o.Tracks > maxSheetRows {
		return TracksWritten{}, errNoRoom(o.Tracks)
	}
	w := &tracksWriter{withMedia: o.WithMedia, table: o.Format == CSV || o.Format == TSV}
	var err error
	if w.out, err = NewWriter(to, o.Format, o.writerOptions()); err != nil {
		return w.TracksWritten, err
	}
	err = w.writeAll(ctx, tracks)
	return w.TracksWritten, err
}

func (w *tracksWriter) writeAll(ctx context.Context, tracks iter.Seq2[track.Track, error]) error {
	for t, err := range tracks {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = w.write(t)
		}
		if err != nil {
			return err
		}
	}
	return w.out.Close()
}

func (o TracksOptions) writerOptions() WriterOptions {
	w := WriterOptions{BOM: o.BOM, MaxVolume: o.MaxVolume}
	w.Comment = "All tracks, as tracksync pull found them. A field that is left out does not change."
	last := track.FieldMedia
	if !o.WithMedia {
		w.Comment += "\nMedia is a comment. To let sync send it, turn the comment into a key."
		last = ColumnShownMedia
	}
	w.Columns = []string{track.FieldID, track.FieldName, track.FieldVolume, track.FieldProject, last}
	return w
}

// tracksWriter writes tracks as entries of a manifest and collects notes for the user.
type tracksWriter struct {
	withMedia bool
	table     bool // a spreadsheet may open the manifest
	out       *Writer
	TracksWritten
}

// write writes one track, without the fields that would not be read back unchanged.
func (w *tracksWriter) write(t track.Track) error {
	e := w.entry(t)
	for {
		err := w.out.Write(e)
		var bad *RoundTripError
		if !errors.As(err, &bad) {
			if err == nil {
				w.Written++
				w.countFormula(e)
			}
			return err
		}
		field := leaveOut(&e, bad.Field)
		if field == "" {
			w.Lost++
			w.note("track %d is left out: %s", t.ID, reason(bad))
			return nil
		}
		w.note("%s of track %d is left out: %s", field, t.ID, reason(bad))
	}
}

// entry is the entry of a track. A field is absent if the answer lacked it, or if the
// track has no value for it: only a missing project can be written (as null).
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
	for _, field := range t.Hidden.Fields() { // the redacted text must not be sent
		if v.Drop(field) {
			w.note("%s of track %d is left out: it seems to contain the API key", field, t.ID)
		}
	}
	return e
}

// leaveOut removes a field from an entry and returns its name. For "" it removes the
// largest one. It returns "" if only the id is left.
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

// reason is why something is left out. Hints are for people who write manifests, so
// only the one about volumes is included.
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

// countFormula counts a name that a spreadsheet would take for a formula.
func (w *tracksWriter) countFormula(e Entry) {
	name, _ := e.Update.Name.Get()
	if !w.table || name == "" || !strings.ContainsRune("=+-@\t\r", rune(name[0])) {
		return
	}
	if w.Formulas++; w.Formulas == 1 {
		w.Formula = e.Update.ID
	}
}
