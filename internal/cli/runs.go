package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"tracksync/internal/run"
	"tracksync/internal/runs"
	"tracksync/report"
)

type runsOptions struct{ json bool }

func (a *app) runsCommand() *cobra.Command {
	var o runsOptions
	cmd := &cobra.Command{
		Use:   "runs [DIR...]",
		Short: "List the runs, newest first, and how they ended",
		RunE:  func(cmd *cobra.Command, args []string) error { return a.runRuns(cmd.Context(), o, args) },
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "print the list as JSON")
	return cmd
}

// runRuns lists the runs in some directories.
func (a *app) runRuns(ctx context.Context, o runsOptions, places []string) error {
	ctx, release := a.signals.Context(ctx)
	defer release()
	named := len(places) > 0
	if !named {
		places = []string{run.DefaultPlace}
	}
	list, err := runs.List(places, time.Now())
	if errors.Is(err, fs.ErrNotExist) && !named {
		err = nil // nothing was run here
	}
	if cut := cutShort(ctx, "nothing was listed"); cut != nil {
		return cut
	}
	if err != nil {
		return usage(fmt.Errorf("the runs cannot be listed: %w", err),
			"name directories of runs, or directories that contain them")
	}
	if o.json {
		err = report.EncodeList(a.Out, list)
	} else if len(list) > 0 {
		err = report.WriteList(a.Out, list, time.Local, a.tableStyle())
	}
	if err != nil {
		return &failure{code: exitStopped, err: err}
	}
	if len(list) == 0 {
		a.log.Info().Strs("in", places).Msg("there are no runs")
	}
	return nil
}

// tableStyle is how tables are shown on standard output.
func (a *app) tableStyle() report.TableStyle {
	style := report.TableStyle{Color: a.OutColor()}
	if a.OutTerminal {
		style.Width = a.Width()
	}
	return style
}
