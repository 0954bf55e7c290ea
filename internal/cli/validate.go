package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"tracksync/input"
	"tracksync/internal/display"
	"tracksync/internal/safe"
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
	f.BoolVar(&o.json, "json", false, "print the findings as JSON")
	f.StringVar(&o.codeQuality, "code-quality", "",
		"write the findings to `FILE` as GitLab's code quality report, which shows them in merge requests")
	f.StringVar(&o.annotate, "annotate", "",
		"write the workbook to `OUT.xlsx` with its mistakes marked: coloured cells with notes, and a column that says "+
			"what is wrong with each row; a workbook is made of a CSV file")
	o.manifests.addReading(f)
	o.manifests.addChoosing(f)
	return cmd
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
	if o.json {
		err = a.printFindings(in.checked, problems)
	} else {
		err = a.printProblems(in.checked, problems)
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

func (a *app) printProblems(s input.Summary, problems input.Problems) error {
	for _, p := range problems {
		if _, err := fmt.Fprintln(a.Out, safe.ErrorLine(p)); err != nil {
			return err
		}
	}
	a.warn(s)
	if len(problems) > 0 {
		a.log.Error().Int("rows", s.Rows).Int("invalid", s.Invalid).
			Msg(display.Count(max(s.Found, len(problems)), "problem") + " found")
		return nil
	}
	a.log.Info().Int("rows", s.Rows).Int("valid", s.Valid).Int("invalid", s.Invalid).Int("superseded", s.Superseded).
		Int("skipped", s.Skipped).Int("sets_project_null", s.ProjectNull).Msg("the manifest can be used")
	return nil
}

func (a *app) printFindings(s input.Summary, problems input.Problems) error {
	v := report.Validation{
		Usable: len(problems) == 0, Complete: !s.Partly && (s.Found > 0 || len(problems) == 0),
		Rows: s.Rows, Valid: s.Valid, Invalid: s.Invalid, Superseded: s.Superseded,
		Found: max(s.Found, len(problems)), Warned: warned(s),
	}
	v.Problems = report.Findings(listed(problems, s))
	return v.Encode(a.Out)
}

// warned is the warnings about the manifests, for programs.
func warned(s input.Summary) report.Warned {
	return report.Warned{Found: s.Warned, List: report.Findings(s.Warnings)}
}
