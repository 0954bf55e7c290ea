package run

import (
	"tracksync/input"
	"tracksync/internal/track"
	"tracksync/report"
)

// Preflight is what a run of checked manifests is about to do, as far as the manifests
// show it. If earlier is not nil, it is what is left of that run.
func Preflight(checked input.Summary, earlier *Earlier) report.Preflight {
	p := report.Preflight{}
	if earlier != nil {
		checked, p.DoneBefore = earlier.Left, earlier.Done
	}
	p.Rows, p.Updates, p.ProjectNull = checked.Rows, checked.Valid-checked.Skipped, checked.ProjectNull
	p.Expecting = checked.Expecting
	p.NotSent = report.Totals{
		track.Invalid: checked.Invalid, track.Superseded: checked.Superseded, track.Skipped: checked.Skipped,
	}
	sets := checked.Sets
	p.Sets = []report.FieldRows{
		{Field: track.FieldName, Rows: sets.Name}, {Field: track.FieldVolume, Rows: sets.Volume},
		{Field: track.FieldProject, Rows: sets.Project}, {Field: track.FieldMedia, Rows: sets.Media},
	}
	return p
}
