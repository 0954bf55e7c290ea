// Package runs reads the directories of runs from the disk: of runs that have ended, that
// were killed, or that are going on. It changes no file in them.
//
//	list.go     the runs of a directory, newest first, each in a few words
//	resolve.go  which directory a name means
//	job.go      how the latest run of a cron job ended
//	past.go     one run: how it ended, its summary and its results
//	merge.go    several runs as one
//	rows.go     which result counts for a row that several runs have
//	summary.go  the summary of several runs
//	shards.go   which shards of a manifest are not among several runs
//
// What a run says of itself at its end and what is read here are the same: a report.Run,
// which is a summary and the results in the order of the manifest. The summary of a run that
// has ended is its summary.json. That of another run is made of stats.json, which a process
// saves every fifteen seconds, and of the results.
//
// # Several runs
//
// Shards of one manifest, a run and its re-runs, or a run that was started anew because it
// was killed, can be reported as one. Rows of different runs are the same row if they have the
// same id and ask for the same. Such a row is listed once, at its place in the earliest run,
// with the latest of its results: a result that says nothing of the track (the row was not
// attempted, for example) counts only where no other does.
//
// A run of the failed.csv or failed.xlsx that another run has written is a re-run of it. Its
// rows also replace those of the same id that were to be corrected, whatever they ask for.
//
// Rows come in the order of the manifest. Different manifests come in the order in which their
// runs began.
//
// Reading one run takes eight bytes of memory a row. Merging takes 40 bytes a row until it is
// known which results count, and 8 after that.
package runs
