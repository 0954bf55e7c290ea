// Package report says what a run did: to programs (summary.json), to the next
// run (failed.csv), and to people (the text at the end). It decides nothing:
// statuses, exit codes and the next command come in from outside.
//
// While a run goes on, one goroutine feeds Stats with every request's end,
// every pause and every row's result. Stats keeps counts, a latency histogram
// and a rate over time, in memory that does not grow with the run. At the end
// it gives a Summary with what was measured; the caller fills in the rest and
// asks Summary.Check whether every row is accounted for.
//
// Files are written through WriteFile, which leaves either the whole new file
// or the old one. Text from manifests and servers reaches terminals only
// through Plain, which leaves no control character alive, and spreadsheets
// only so that it cannot be a formula; the cells of failed.csv, which must be
// read back as they were, are the exception.
//
// The lines of results.jsonl are kept by the room beside, report/journal.
package report
