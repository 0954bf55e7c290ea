package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tracksync/input"
	"tracksync/internal/safe"
	"tracksync/internal/sandbox"
	"tracksync/internal/track"
)

type pullOptions struct {
	connection connectionOptions
	pace       paceOptions

	sandbox    bool
	format     string
	output     string
	withMedia  bool
	noBOM      bool
	incomplete bool
	maxVolume  int
}

func (a *app) pullCommand() *cobra.Command {
	var o pullOptions
	cmd := &cobra.Command{
		Use:   "pull",
		Short: "Write all tracks as a manifest, to edit and sync",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return usage(fmt.Errorf("pull reads no manifest, but %q is named", args[0]), "write to a file with --output FILE")
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return a.runPull(cmd.Context(), o) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	addGroup(f, ownFlags, o.addOwn)
	addGroup(f, rateFlags, o.pace.addRate)
	addGroup(f, stopFlags, o.pace.addStops)
	addGroup(f, connectionFlags, o.connection.add)
	return cmd
}

// addOwn adds the flags that only this command has.
func (o *pullOptions) addOwn(f *pflag.FlagSet) {
	f.StringVar(&o.format, "format", "",
		"write `FORMAT` "+input.FormatNames()+" (default: as the name of --output ends, otherwise csv)")
	f.StringVar(&o.output, "output", "",
		"write to `FILE`, which is replaced as a whole once everything was read (default: standard output, "+
			"which is also -)")
	f.BoolVar(&o.withMedia, "with-media", false,
		"write media into media_url, which sync sends: all of it is transcoded again")
	f.BoolVar(&o.noBOM, "no-bom", false, "begin a CSV or TSV without the byte order mark that spreadsheets need")
	f.BoolVar(&o.incomplete, "incomplete", false, "write what was seen even if tracks may be missing, and exit with 1")
	f.IntVar(&o.maxVolume, "max-volume", 100,
		"largest volume, in percent, that sync will be allowed to read: `N`, or 0 for any; a larger one is left out")
	f.BoolVar(&o.sandbox, "sandbox", false,
		"pull from a stand-in for the API in this process, which has a few made-up tracks: no key, no account")
}

// pulling is the parsed and checked pullOptions.
type pulling struct {
	pullOptions
	speed
	service
	format input.Format
	file   string // "" is standard output
}

// parse checks every flag before anything is sent.
func (o pullOptions) parse(a *app) (p pulling, err error) {
	p.pullOptions = o
	if p.speed, err = o.pace.parse(a.begun, track.Shard{}); err != nil {
		return p, err
	}
	if o.maxVolume < 0 {
		return p, usage(fmt.Errorf("--max-volume %d is negative", o.maxVolume), "")
	}
	if p.format, err = o.outputFormat(); err != nil {
		return p, err
	}
	if p.service, err = o.connection.parse(a, p.concurrency, o.sandbox); err != nil {
		return p, err
	}
	if o.output == "" || o.output == "-" {
		if p.format == input.XLSX && a.OutTerminal {
			return p, usage(errors.New("a workbook is nothing that a terminal can show"),
				"name a file, for example --output tracks.xlsx")
		}
		return p, nil
	}
	if p.file, err = safe.FileToReplace(o.output); err != nil {
		return p, usage(err, "name a file that can be written with --output, or leave it out and redirect standard output")
	}
	return p, nil
}

// runPull reads all tracks, and then writes them.
func (a *app) runPull(ctx context.Context, o pullOptions) error {
	p, err := o.parse(a)
	if err != nil {
		return err
	}
	limited, cancel := p.ends.Context(ctx, a.patience.End)
	defer cancel()
	box := func() *sandbox.Config {
		c := sandbox.ForTracks([]track.ID{}, usualMaxVolume)
		c.Tracks = sandbox.Samples()
		return c
	}
	survey, forget, err := a.readTracks(ctx, p.service, p.speed, reading{box: box, without: "nothing was written"})
	defer a.tidy(forget)
	if err != nil {
		return err
	}
	missing := survey.Incomplete()
	if missing != nil && (!o.incomplete || survey.Store.Len() == 0) {
		return &failure{code: exitStopped, err: missing,
			hint: "nothing was written; --incomplete writes what was seen, if anything was"}
	}
	return a.writePulled(limited, p, survey, missing)
}
