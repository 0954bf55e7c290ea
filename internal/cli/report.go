package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tracksync/internal/display"
	"tracksync/internal/run"
	"tracksync/internal/runs"
	"tracksync/internal/safe"
	"tracksync/internal/terminal"
	"tracksync/internal/track"
)

// nameRun is the hint when a run was named that cannot be found.
const nameRun = "tracksync runs lists the runs; a name, a directory and " + run.Latest + " are understood"

type reportOptions struct {
	format string
	status []string
	output string
}

func (a *app) reportCommand() *cobra.Command {
	var o reportOptions
	cmd := &cobra.Command{
		Use:   "report RUN...",
		Short: "Render the reports of a run again, or merge several runs into one",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(errors.New("no run is named"), "for example tracksync report "+run.Latest)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.runReport(cmd.Context(), o, args) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.format, "format", "",
		"`FORMAT` "+formatNames()+" (default: as the name of --output ends, otherwise text)")
	f.StringSliceVar(&o.status, "status", nil, "only rows with this `STATUS`, for example failed,unknown")
	f.StringVar(&o.output, "output", "", "write to `FILE`, which is replaced as a whole (default: standard output)")
	return cmd
}

// reporting is a report that is being rendered.
type reporting struct {
	*app
	reportOptions
	format reportFormat
	want   func(track.Status) bool
	file   string // after links are followed; "": standard output
	merged *runs.Merged
	finish func() // what is said once the report is written; nil: nothing
}

// runReport renders a report.
func (a *app) runReport(ctx context.Context, o reportOptions, names []string) error {
	ctx, release := a.signals.Context(ctx)
	defer release()
	r := &reporting{app: a, reportOptions: o}
	if err := r.parse(); err != nil {
		return err
	}
	if err := r.open(names); err != nil {
		return err
	}
	defer a.tidy(r.merged.Close)
	if err := r.checkOutput(); err != nil {
		return err
	}
	err := r.write(ctx)
	if cut := cutShort(ctx, "the report is incomplete"); err != nil && cut != nil {
		return cut
	}
	if err != nil {
		if isFailure(err) {
			return err
		}
		return &failure{code: exitStopped, err: fmt.Errorf("the report is not complete: %w", err)}
	}
	if r.finish != nil {
		r.finish()
	}
	return nil
}

// parse checks the flags.
func (r *reporting) parse() (err error) {
	if r.format, err = formatOf(r.reportOptions.format, r.output); err != nil {
		return err
	}
	if r.want, err = parseStatuses(r.status); err != nil {
		return err
	}
	if len(r.status) > 0 && !r.format.rows {
		return usage(fmt.Errorf("--status selects rows, and %s has none", r.format.name), "for example --format table")
	}
	if r.output != toStandardOutput {
		r.file, err = replaceable("--output", r.output)
	}
	return err
}

// parseStatuses returns what accepts the named statuses. Without names it accepts all.
func parseStatuses(names []string) (func(track.Status) bool, error) {
	if len(names) == 0 {
		return func(track.Status) bool { return true }, nil
	}
	var wanted []track.Status
	for _, name := range names {
		status := track.Status(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), "-", "_"))
		if !status.Valid() {
			var all []string
			for _, s := range track.Statuses() {
				all = append(all, string(s))
			}
			return nil, usage(fmt.Errorf("--status %q is not a status", name), "one of "+strings.Join(all, ", "))
		}
		wanted = append(wanted, status)
	}
	return func(s track.Status) bool { return slices.Contains(wanted, s) }, nil
}

// manyRows are so many that garbage is collected often.
const manyRows = 1 << 20

// open reads the runs that are named.
func (r *reporting) open(names []string) (err error) {
	if r.format.single && len(names) > 1 {
		return usage(fmt.Errorf("%s is about a single run, and %d are named", r.format.name, len(names)), "name one of them")
	}
	dirs := make([]run.Dir, len(names))
	for i, name := range names {
		if dirs[i], err = runs.Resolve(name); err != nil {
			return usage(err, nameRun)
		}
	}
	if len(dirs) > 1 {
		r.collectSeldom(manyRows) // merging holds much of what it reads
	}
	if r.merged, err = runs.OpenAll(dirs, time.Now()); err != nil {
		return localFailure(err, "tracksync runs lists the runs")
	}
	r.setExitCode()
	return nil
}

// checkOutput refuses to write over the record of a run, or into the directory of one that is
// going on.
func (r *reporting) checkOutput() error {
	if r.file == "" {
		return nil
	}
	dir, err := os.Stat(filepath.Dir(r.file))
	if err != nil {
		return usage(fmt.Errorf("--output: %w", err), "")
	}
	for _, p := range r.merged.Parts {
		own, err := os.Stat(p.Dir.Path)
		switch {
		case err != nil || !os.SameFile(own, dir):
		case p.Going:
			return usage(fmt.Errorf("--output %s is in the directory of a run that is going on", r.output),
				"name a file elsewhere")
		case run.IsRecord(filepath.Base(r.file)):
			return usage(fmt.Errorf("--output %s would overwrite what the run has recorded", r.output), "name another file")
		}
	}
	return nil
}

// style is how texts for people are shown. A file has no colours, and every character.
func (r *reporting) style() display.Style {
	if r.file != "" {
		return display.Style{}
	}
	return r.OutStyle()
}

// write writes the report.
func (r *reporting) write(ctx context.Context) error {
	if r.file == "" {
		return r.format.write(r, terminal.Until(ctx, r.Out))
	}
	return safe.WriteFile(r.file, func(w io.Writer) error {
		out := safe.NewOutput(r.hidden, w)
		if err := r.format.write(r, terminal.Until(ctx, out)); err != nil {
			return err
		}
		return out.Flush()
	})
}
