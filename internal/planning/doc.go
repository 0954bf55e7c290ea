// Package planning says what a sync would do with every row of a manifest, based on
// tracks that were read before. It can also write the changes as a manifest. It makes no
// decisions: plan.Decide makes them, for this package and for the engine.
//
//	Plan.Each    yields the rows in order: report.PlanRow, and what would be sent
//	Showing      shows every row and writes the manifest of changes
//	Saved        that manifest: each change with the expected state of its track
//
// It knows no flag and no terminal, and sends nothing. Package cli reads the tracks,
// package report shows a row (PlanText, PlanJSON), and package sync/plan decides.
package planning
