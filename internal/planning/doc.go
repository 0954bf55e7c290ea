// Package planning says of every row of a manifest what a sync would make of it, from
// tracks that were read before, and writes what is to change as a manifest of its own.
// It decides nothing by itself: what becomes of a row is what plan.Decide says, which
// the engine asks too.
//
//	Plan.Each    goes over the rows in order: report.PlanRow, and what would be sent
//	Showing      shows every row, and writes the manifest of the changes meanwhile
//	Saved        that manifest: each change with what its track is expected to be
//
// It knows no flag and no terminal, and sends nothing. Package cli reads the tracks,
// package report shows a row (PlanText, PlanJSON), and package sync/plan decides.
package planning
