package cli

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tracksync/input"
	"tracksync/internal/display"
	"tracksync/internal/track"
	"tracksync/report"
)

type validateOptions struct {
	manifests   manifestOptions
	json        bool
	codeQuality string
	annotate    string
}

func (a *app) validateCommand() *cobra.Command {
	var o validateOptions
	cmd := &cobra.Command{
		Use:   "validate MANIFEST...",
		Short: "Check manifests offline; needs no key",
		Args:  needsManifest,
		RunE:  func(cmd *cobra.Command, args []string) error { return a.runValidate(cmd.Context(), o, args) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	addGroup(f, ownFlags, o.addOwn)
	addGroup(f, sendingFlags, o.manifests.addChoosing, a.addShard(&o.manifests))
	addGroup(f, manifestFlags, o.manifests.addReading, o.manifests.addHandling)
	return cmd
}

// addOwn adds the flags that only this command has.
func (o *validateOptions) addOwn(f *pflag.FlagSet) {
	f.BoolVar(&o.json, "json", false, "print the findings as JSON")
	f.StringVar(&o.codeQuality, "code-quality", "",
		"write the findings to `FILE` as GitLab's code quality report, which shows them in merge requests")
	f.StringVar(&o.annotate, "annotate", "",
		"write the workbook to `OUT.xlsx` with its mistakes marked: coloured cells with notes, and a column that says "+
			"what is wrong with each row; a workbook is made of a CSV file")
}

// needsManifest refuses a command line that names no manifest.
func needsManifest(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usage(errors.New("no manifest is named"),
			fmt.Sprintf("for example %s tracks.csv; - is standard input", cmd.CommandPath()))
	}
	return nil
}

func (a *app) runValidate(ctx context.Context, o validateOptions, args []string) error {
	ctx, release := a.signals.Context(ctx)
	defer release()
	opts, err := o.manifests.parse()
	if err != nil {
		return err
	}
	file, err := replaceable("--code-quality", o.codeQuality)
	if err != nil {
		return err
	}
	out, err := annotatedFile(o.annotate, args)
	if err != nil {
		return err
	}
	var in opened
	defer a.tidy(in.close)
	err = a.openManifests(ctx, &in, opts, args, nil)
	if cut := cutShort(ctx, "the manifests were not checked to their end"); cut != nil {
		return cut
	}
	var problems input.Problems
	if err != nil && !errors.As(err, &problems) {
		return localFailure(err, "")
	}
	if err := a.shareFindings(file, in.checked, problems); err != nil {
		return localFailure(err, "name another file with --code-quality")
	}
	err = a.printFound(ctx, o.json, &in, problems)
	if cut := cutShort(ctx, "the findings on standard output are incomplete"); cut != nil && err != nil {
		return cut
	}
	if out != "" && in.manifest != nil {
		if failed := a.annotate(ctx, in, out); failed != nil {
			return failed
		}
	}
	// A problem of the manifest is more important than a missing reader.
	f := &failure{code: exitUsage, err: err}
	switch {
	case len(problems) > 0:
		return f
	case err != nil:
		f.code = exitStopped
		return f
	}
	return nil
}

// printFound prints what was found, as JSON or for people.
func (a *app) printFound(ctx context.Context, asJSON bool, in *opened, problems input.Problems) error {
	found := foundBy(in.checked, problems)
	if asJSON {
		return a.printFindings(ctx, in, found, problems)
	}
	return a.printChecked(in.checked, found)
}

// printChecked shows what was understood and every problem on standard output, and the
// warnings and the verdict as messages.
func (a *app) printChecked(s input.Summary, found report.Checked) error {
	if err := report.WriteChecked(a.Out, found, a.OutStyle()); err != nil {
		return err
	}
	a.warnOnly(s)
	if !found.Usable {
		a.log.Error().Int("rows", s.Rows).Int("invalid", s.Invalid).
			Msg(display.Count(found.Found, "problem") + " found")
		return nil
	}
	a.log.Info().Int("rows", s.Rows).Int("valid", s.Valid).Int("invalid", s.Invalid).Int("superseded", s.Superseded).
		Int("skipped", s.Skipped).Int("sets_project_null", s.ProjectNull).Msg("the manifest can be used")
	return nil
}

// printFindings prints everything as JSON, with every problem.
func (a *app) printFindings(ctx context.Context, in *opened, found report.Checked, problems input.Problems) error {
	v := report.Validation{Checked: found, Warned: warned(in.checked)}
	switch {
	case in.checked.Cut:
		v.Problems = in.manifest.EveryProblem(ctx)
	case len(problems) > 0:
		v.Problems = withoutErrors(problems)
	default:
		v.Problems = withoutErrors(in.checked.Problems)
	}
	return v.Encode(a.Out)
}

func withoutErrors(problems input.Problems) iter.Seq2[track.Problem, error] {
	return func(yield func(track.Problem, error) bool) {
		for _, p := range problems {
			if !yield(p, nil) {
				return
			}
		}
	}
}

// warned is the warnings about the manifests, for programs.
func warned(s input.Summary) report.Warned {
	return report.Warned{Found: s.Warned, List: report.Findings(s.Warnings)}
}
