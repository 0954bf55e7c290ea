// Package report says what a run did: to programs (summary.json), to the next
// run (failed.csv), and to people (the text at the end). It decides nothing:
// statuses, exit codes and the next command come in from outside.
//
// A report is a function of the Summary and of a stream of final results, which
// come from the ledger by row and are never held all at once:
//
//	Summary.Encode(w)                        summary.json
//	WriteText(w, summary, style)             for people
//	WriteFailed(w, table, rows, results)     failed.csv
//	Failures(results)                        the kinds of failures, for the Summary
//
// What was measured on the way (requests, latency, rate over time) is in Stats,
// which one goroutine feeds while a run goes on. Stats keeps counts, a latency
// histogram and a rate over time, in memory that does not grow with the run. It is
// saved in stats.json, from which a resumed run goes on, and Stats of several runs
// merge. At the end it gives a Summary with what was measured; the caller fills in
// the rest and asks Summary.Check whether every row is accounted for.
//
// Files are written through safe.WriteFile, which leaves either the whole new file
// or the old one. Text from manifests and servers reaches terminals only through
// safe.Line, and spreadsheets only so that it cannot be a formula; the cells of
// failed.csv, which must be read back as they were, are the exception.
//
// Plans have reports of their own here: PlanText and PlanJSON.
//
// The ledger that results come from is the room beside, report/journal.
package report
