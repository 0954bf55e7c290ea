// Package report renders the reports of a run: for programs (summary.json), for the
// next run (failed.csv) and for people (the text at the end). It decides nothing:
// its callers give it statuses, exit codes and the next command.
//
// A report is a function of a Run, which is a Summary and a stream of final results in the
// order of the manifest. The results come row by row and are never all in memory. Whether
// they come from a run that has just ended, from the directory of one that was killed, or from
// eight shards, makes no difference here:
//
//	Summary.Encode(w)                        summary.json
//	WriteText(w, summary, style)             for people
//	WriteFailed(w, table, rows, results)     failed.csv
//	WriteTable(w, results, want, style)      results for people
//	WriteCSV(w, results, want)               results for spreadsheets
//	WriteJUnit(w, run, want)                 junit.xml, for CI servers
//	WriteMarkdown(w, run, want, limit)       for comments on pull requests, and jobs
//	Notice.Text                              for chats
//	WriteMetrics(w, metrics)                 for monitoring, also while a run goes on
//	Failures(results), Causes                the causes of failures, for the Summary
//	Summary.LogFields()                      the last line of a log
//	UndoHead.Lines()                         the top of undo.yaml
//
// Stats measures a run while it goes on: it counts requests, keeps a latency histogram
// and a rate over time, in memory that does not grow with the run. One goroutine owns
// it. It is saved in stats.json, where a resumed run continues it, and the Stats of
// several runs can be merged. At the end it returns a Summary of what was measured; the
// caller fills in the rest, and Summary.Check tells whether every row is accounted for.
//
// Text from manifests and servers is made safe before it is shown: for terminals by
// safe.Line, for spreadsheets by safe.Cell, which prevents formulas. The one exception
// is the manifest's own cells in failed.csv, which must be read back as they were.
//
// WriteCodeQuality shows what is wrong with manifests in merge requests of GitLab.
// EncodeList and WriteList are lists of runs. PlanText, PlanMarkdown and PlanJSON are the
// reports of a plan. WriteChecked and Validation are those of a check of manifests, and
// Manifest is what was understood of one. Preflight is the report of a run which has not
// begun.
//
// Package report opens no file: package run does, and hands over the results of package
// report/journal, which keeps the ledger. Neither of the two imports the other.
package report
