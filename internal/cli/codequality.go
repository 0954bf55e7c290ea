package cli

import (
	"io"

	"tracksync/input"
	"tracksync/internal/safe"
	"tracksync/report"
)

// shareFindings shows what is wrong with manifests beside their lines: as annotations in GitHub
// Actions, and in the file of --code-quality for GitLab; "": there is none.
func (a *app) shareFindings(file string, s input.Summary, problems input.Problems) error {
	problems = listed(problems, s)
	a.annotations().problems(problems, s.Found)
	if file == "" {
		return nil
	}
	top := a.Getenv("CI_PROJECT_DIR")
	path := func(name string) string { return inRepository(name, top) }
	return safe.WriteFile(file, a.hidden.RedactJSON(func(w io.Writer) error {
		return report.WriteCodeQuality(w, report.Findings(problems), report.Findings(s.Warnings), path)
	}))
}
