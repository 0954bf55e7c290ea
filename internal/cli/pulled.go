package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"tracksync/input"
	"tracksync/internal/display"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	engine "tracksync/sync"
)

// writePulled writes the tracks that were read. missing is why there may be more
// than those; nil when these are all.
func (a *app) writePulled(ctx context.Context, p pulling, survey *engine.Survey, missing error) error {
	ctx, release := a.interruptible(ctx)
	defer release()
	w := &pulledWriter{idless: survey.WithoutID, withMedia: p.withMedia, table: p.format == input.CSV || p.format == input.TSV}
	write := func(to io.Writer) error { return w.writeAll(ctx, to, p, survey) }
	var err error
	if p.file == "" {
		err = write(&abortableWriter{ctx, a.Out})
	} else {
		err = safe.WriteFile(p.file, write)
	}
	if err != nil {
		left := "what standard output got is not the whole"
		if p.file != "" {
			left = p.file + " is as it was"
		}
		if cut := cutShort(ctx, left); cut != nil {
			return cut
		}
		return &failure{exitStopped, err, safe.Line(left)}
	}
	w.say(a, p, missing)
	code := exitOK
	if missing != nil || w.lost > 0 || w.idless > 0 {
		code = exitRows
	}
	if calls := survey.Listing.Calls(); a.logs.human(a.Streams) {
		a.ending(code).Msg(display.Count(w.written, "track") + " in " + display.Count(calls, "call"))
	} else {
		a.ending(code).Int("tracks", w.written).Int("calls", calls).Msg("pulled")
	}
	if code != exitOK {
		return &failure{code: code}
	}
	return nil
}

// pulledWriter writes tracks as entries of a manifest, and takes note of what
// its owner should know of them.
type pulledWriter struct {
	withMedia bool
	table     bool // a spreadsheet may open it

	out     *input.Writer
	written int
	lost    int // tracks of which not even the id can be written
	idless  int // entries of the listing without one

	notes    []string // of fields that were left out, the first maxNotes
	noted    int
	formulas int      // names that a spreadsheet takes for a formula
	formula  track.ID // the first of them
}

const maxNotes = 20

// writeAll writes the whole manifest.
func (w *pulledWriter) writeAll(ctx context.Context, to io.Writer, p pulling, survey *engine.Survey) (err error) {
	if w.out, err = input.NewWriter(to, p.format, p.writerOptions()); err != nil {
		return err
	}
	for t, err := range survey.Store.All() {
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

func (p pulling) writerOptions() input.WriterOptions {
	o := input.WriterOptions{BOM: !p.noBOM, MaxVolume: p.maxVolume}
	if p.maxVolume == 0 {
		o.MaxVolume = -1 // no bound
	}
	o.Comment = "All tracks, as tracksync pull found them. What is left out stays as it is."
	last := track.FieldMedia
	if !p.withMedia {
		o.Comment += "\nMedia is a comment: sync sends it where it is made a key."
		last = input.ColumnShownMedia
	}
	o.Columns = []string{track.FieldID, track.FieldName, track.FieldVolume, track.FieldProject, last}
	return o
}

// write writes one track, without the fields that would not be read back as
// they are.
func (w *pulledWriter) write(t track.Track) error {
	e := w.entry(t)
	for {
		err := w.out.Write(e)
		var unfit *input.RoundTripError
		if !errors.As(err, &unfit) {
			if err == nil {
				w.written++
				w.watch(e)
			}
			return err
		}
		field := leaveOut(&e, unfit.Field)
		if field == "" {
			w.lost++
			w.note("track %d is left out: %s", t.ID, reason(unfit))
			return nil
		}
		w.note("%s of track %d is left out: %s", field, t.ID, reason(unfit))
	}
}

// entry says of a track what a manifest can say. What the answer did not have is
// absent, and so is what the track has not: a manifest has a word only for a
// track without a project.
func (w *pulledWriter) entry(t track.Track) input.Entry {
	e := input.Entry{Update: track.Update{ID: t.ID, Values: t.Values}}
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
			w.note("%s of track %d is left out: it seems to hold the API key", field, t.ID)
		}
	}
	return e
}

// leaveOut takes a field out of an entry and names it; the largest for "". There
// is none when only the id is left.
func leaveOut(e *input.Entry, field string) string {
	name, shown := e.Update.Name.String(), e.ShownMedia.String()
	switch {
	case field == "" && len(name) > len(shown):
		field = track.FieldName
	case field == "" && shown != "":
		e.ShownMedia = track.Field[string]{}
		return input.ColumnShownMedia
	}
	if !e.Update.Values.Drop(field) {
		return ""
	}
	return field
}

// reason is why something is left out. Of the hints, which speak to those who
// write manifests, that about volumes helps here too.
func reason(u *input.RoundTripError) string {
	if u.Field == track.FieldVolume && u.Hint != "" {
		return u.Message + " (" + u.Hint + ")"
	}
	return u.Message
}

func (w *pulledWriter) note(format string, args ...any) {
	if w.noted++; len(w.notes) < maxNotes {
		w.notes = append(w.notes, fmt.Sprintf(format, args...))
	}
}

// watch looks for what a spreadsheet would change.
func (w *pulledWriter) watch(e input.Entry) {
	name, _ := e.Update.Name.Get()
	if !w.table || name == "" || !strings.ContainsRune("=+-@\t\r", rune(name[0])) {
		return
	}
	if w.formulas++; w.formulas == 1 {
		w.formula = e.Update.ID
	}
}

// say tells what the owner of the manifest should know of it.
func (w *pulledWriter) say(a *app, p pulling, missing error) {
	for _, text := range w.notes {
		a.log.Warn().Msg(safe.Line(text))
	}
	if more := w.noted - len(w.notes); more > 0 {
		a.log.Warn().Msgf("and %s more are left out", display.Thousands(more))
	}
	if w.formulas > 0 {
		a.log.Warn().Msgf("%s (the first is of track %d) may look like a formula to a spreadsheet: import the column as text, or use --format yaml",
			display.Count(w.formulas, "name"), w.formula)
	}
	if w.idless > 0 {
		a.log.Warn().Msgf("the listing has %s without an id: left out, because no manifest can name them", display.Count(w.idless, "track"))
	}
	if missing != nil {
		a.log.Warn().Msg(safe.ErrorLine(missing))
	}
	if w.written == 0 {
		a.log.Warn().Msg("there are no tracks: is this the key of the right organization?")
	}
}
