package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
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
	a.addNext(list)
	if o.json {
		err = report.EncodeList(a.Out, list)
	} else if len(list) > 0 {
		err = report.WriteList(a.Out, shortNames(list), time.Local, a.OutStyle())
	}
	if err != nil {
		return &failure{code: exitStopped, err: err}
	}
	if len(list) == 0 {
		a.log.Info().Strs("in", places).Msg("there are no runs")
	}
	return nil
}

// addNext adds how to go on with runs that were killed.
func (a *app) addNext(list []report.Listed) {
	for i, r := range list {
		if r.End != report.Killed {
			continue
		}
		if line, ok := a.command(append(slices.Clone(a.Program), "sync", "--resume", r.Run)); ok {
			list[i].Next = &report.Step{Command: line}
		}
	}
}

// shortNames names the runs of the default place as other commands understand it.
func shortNames(list []report.Listed) []report.Listed {
	short := slices.Clone(list)
	for i := range short {
		short[i].Run = strings.TrimPrefix(short[i].Run, run.DefaultPlace+string(filepath.Separator))
	}
	return short
}
