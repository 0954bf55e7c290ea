package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"tracksync/input"
	"tracksync/internal/display"
	"tracksync/internal/safe"
	"tracksync/internal/terminal"
	engine "tracksync/sync"
)

// writePulled writes the tracks that were read. missing is why there may be more tracks; nil:
// these are all.
func (a *app) writePulled(ctx context.Context, p pulling, survey *engine.Survey, missing error) error {
	ctx, release := a.signals.Context(ctx)
	defer release()
	var done input.TracksWritten
	write := func(to io.Writer) (err error) {
		options := p.tracksOptions()
		options.Tracks = survey.Store.Len()
		done, err = input.WriteTracks(ctx, to, options, survey.Store.All())
		return err
	}
	var err error
	if p.file == "" {
		err = write(terminal.Until(ctx, a.Out))
	} else {
		err = safe.WriteFile(p.file, write)
	}
	if err != nil {
		left := "standard output has only a part of it"
		if p.file != "" {
			left = p.file + " is as it was"
		}
		if cut := cutShort(ctx, left); cut != nil {
			return cut
		}
		if errors.Is(err, input.ErrNoRoom) {
			return usage(err, "write another format, for example --format csv")
		}
		return &failure{code: exitStopped, err: err, hint: safe.Line(left)}
	}
	a.sayPulled(done, survey.WithoutID, missing)
	code := exitOK
	if missing != nil || done.Lost > 0 || survey.WithoutID > 0 {
		code = exitRows
	}
	if calls := survey.Listing.Calls(); a.log.Human() {
		a.log.Ending(code == exitOK).Msg(display.Count(done.Written, "track") + " in " + display.Count(calls, "call"))
	} else {
		a.log.Ending(code == exitOK).Int("tracks", done.Written).Int("calls", calls).Msg("pulled")
	}
	if code != exitOK {
		return &failure{code: code}
	}
	return nil
}

// tracksOptions say how the tracks are written.
func (p pulling) tracksOptions() input.TracksOptions {
	o := input.TracksOptions{Format: p.format, BOM: !p.noBOM, WithMedia: p.withMedia, MaxVolume: p.maxVolume}
	if p.maxVolume == 0 {
		o.MaxVolume = -1 // no limit
	}
	return o
}

// sayPulled reports what the user should know about the manifest. idless is the number of
// entries of the listing without an id.
func (a *app) sayPulled(done input.TracksWritten, idless int, missing error) {
	for _, text := range done.Notes {
		a.log.Warn().Msg(safe.Line(text))
	}
	if more := done.Noted - len(done.Notes); more > 0 {
		a.log.Warn().Msgf("and %s more are left out", display.Thousands(more))
	}
	if done.Formulas > 0 {
		a.log.Warn().Msgf("%s (the first is of track %d) may look like a formula to a spreadsheet: import the column "+
			"as text, or use --format yaml",
			display.Count(done.Formulas, "name"), done.Formula)
	}
	if idless > 0 {
		a.log.Warn().Msgf("the listing has %s without an id: left out, because no manifest can name them",
			display.Count(idless, "track"))
	}
	if missing != nil {
		a.log.Warn().Msg(safe.ErrorLine(missing))
	}
	if done.Written == 0 {
		a.log.Warn().Msg("there are no tracks: is this the key of the right organization?")
	}
}

// outputFormat is the format to write. It refuses a file name whose extension means another
// format than --format, because sync would follow the extension.
func (o pullOptions) outputFormat() (input.Format, error) {
	named, err := input.FormatToWrite(o.output)
	if err != nil {
		return "", usage(fmt.Errorf("--output %s: %w", o.output, err), "for example --output tracks.csv")
	}
	format := input.Format(strings.ToLower(o.format))
	switch {
	case format == "" && named == "":
		return input.CSV, nil
	case format == "":
		return named, nil
	case !slices.Contains(input.Formats(), format):
		return "", usage(fmt.Errorf("--format %q is not a format: %s", o.format, input.FormatNames()), "")
	case named != "" && named != format:
		return "", usage(fmt.Errorf("--format %s does not go with --output %s, which would be read back as %s", format,
			o.output, named), "leave out --format, or name another file")
	}
	return format, nil
}
