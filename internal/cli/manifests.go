package cli

import (
	"context"
	"errors"
	"io"
	"slices"

	"tracksync/input"
	"tracksync/internal/run"
	"tracksync/internal/safe"
	"tracksync/report"
)

// opened is the manifests that were opened, and the result of their check.
type opened struct {
	manifest *input.Manifest // nil: they could not be opened
	checked  input.Summary
	copies   run.InputCopies // copies of manifests that can be read only once
}

// close closes the manifests, whether they are valid or not.
func (o *opened) close() error {
	if o.manifest == nil {
		return nil
	}
	return o.manifest.Close()
}

// followLatest follows tracksync-runs/latest in paths, where the system cannot.
func followLatest(paths []string) []string {
	followed := make([]string, len(paths))
	for i, path := range paths {
		followed[i] = run.FollowLatest(path)
	}
	return followed
}

// openManifests opens and checks manifests, and shows v their rows; nil: nobody.
func (a *app) openManifests(ctx context.Context, o *opened, opts input.Options, args []string, v input.Visitor) error {
	m, err := input.Open(ctx, followLatest(args), a.In, o.copies.Create, opts)
	if err != nil {
		return err
	}
	o.manifest = m
	o.checked, err = m.CheckFor(ctx, v)
	return err
}

// warn reports the warnings about manifests that can be used, and why rows are left out.
func (a *app) warn(s input.Summary) {
	for _, p := range s.Problems {
		a.log.Warn().Msg(safe.ErrorLine(p))
	}
	a.warnOnly(s)
}

// warnOnly reports the warnings about manifests.
func (a *app) warnOnly(s input.Summary) {
	for _, p := range slices.Concat(s.Warnings, s.MoreWarnings) {
		a.log.Warn().Msg(safe.ErrorLine(p))
	}
}

// sayProblems reports every problem as validate does, many of one cause as a group.
func (a *app) sayProblems(found report.Checked) {
	if a.log.Human() {
		// A missing reader is no failure of the command.
		_ = a.hidden.RedactText(func(w io.Writer) error { return report.WriteProblems(w, found, a.ErrStyle()) })(a.screen)
		return
	}
	for _, line := range found.LogLines() {
		a.log.Error().Fields(line.Fields).Msg(line.Text)
	}
}

// openToSend is openManifests for a command that sends, and reports every problem.
func (a *app) openToSend(ctx context.Context, o *opened, opts input.Options, args []string, v input.Visitor) error {
	err := a.openManifests(ctx, o, opts, args, v)
	var problems input.Problems
	switch {
	case errors.As(err, &problems):
		a.sayUnderstood(o.checked)
		a.log.Error().Int("problems", max(o.checked.Found, len(problems))).
			Msg("the manifest cannot be used, and nothing was sent:")
		a.sayProblems(foundBy(o.checked, problems))
		a.annotations().problems(listed(problems, o.checked), o.checked.Found)
		err = &failure{code: exitUsage, err: problems, said: true}
	case err != nil:
		return localFailure(err, "")
	}
	a.sayUnderstood(o.checked)
	a.warn(o.checked)
	return err
}

// listed are problems without the last one, if that only says that there are more.
func listed(problems input.Problems, s input.Summary) input.Problems {
	if s.Cut {
		return problems[:len(problems)-1]
	}
	return problems
}

// manifestIDs returns the ids that manifests name.
func (a *app) manifestIDs(ctx context.Context, o manifestOptions, args []string) ([]int64, error) {
	opts, err := o.parse()
	if err != nil {
		return nil, err
	}
	opts.OnDuplicate, opts.AllowEmpty = input.Last, true // only the ids are needed
	var in opened
	defer a.tidy(in.close)
	if err := a.openToSend(ctx, &in, opts, args, nil); err != nil {
		return nil, err
	}
	var ids []int64
	for row, err := range in.manifest.Rows(ctx) {
		if err != nil {
			return nil, usage(err, "")
		}
		if !row.Superseded {
			ids = append(ids, int64(row.Update.ID))
		}
	}
	if len(ids) == 0 {
		return nil, usage(errors.New("the manifests name no tracks"), "name one that does, or pass --tracks 1-1000")
	}
	return ids, nil
}
