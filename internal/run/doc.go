// Package run is the life of a run of sync, from the lock of its directory to the last
// report.
//
//	earlier, err := OpenEarlier(…)        only to resume: directory, lock, run.json
//	manifest.CheckFor(ctx, earlier)       it sees the rows while they are checked
//	err = earlier.Survey()                what is left to do
//	r, err := Start(ctx, config)          or Resume(ctx, config, earlier)
//	end := r.Execute(ctx, observer)       the rows, until all have ended or it stops
//	outcome := r.Finish(ctx, end)         the ledger completed, every report made
//	err = r.Close()
//
// The files:
//
//	config.go           what a run is to do, and who watches it
//	run.go              Run, and Execute
//	start.go            Start and Resume: all that can fail before the first request
//	earlier.go          a run that is to be resumed: what it did, and what is left
//	stats.go            the statistics of earlier sessions, also of one that was killed
//	recorder.go         passes what the engine reports to the ledger and the observer
//	finish.go           the list of reports, each a function
//	junit.go            junit.xml
//	failedbook.go       failed.xlsx: the user's workbook, marked
//	metrics.go          the file of metrics, while the run goes on and at its end
//	publish.go          summary.json, the exit code in it, and standard output
//	outcome.go          how a session ended
//	preflight.go        what a run is about to do, as far as the manifests show it
//	summaryoutput.go    standard output that carries the summary
//	describe.go         run.json of this session
//	survey.go           the temporary file for the state of tracks that is read first
//	dir.go              the directory of a run, and the names of the files in it
//	latest.go           tracksync-runs/latest, a link or a file
//	held.go             whether a process is at work on a run, without changing anything
//	lock.go             a lock that one process can hold, and a file that says which one
//	lockplace.go        the directory of the locks that runs of one account share
//	accountlock.go      the lock of an account: for a whole manifest, or for each shard
//	account.go          one base URL and one key, and their salted fingerprint
//	description.go      run.json: manifests, options, account and sessions
//	inputcopies.go      manifests that could be read only once
//	state.go            the state file: which media was applied last
//	limits.go           limits.json: the rate limits that runs learned of their accounts,
//	                    saved with stats.json and at the end
//	rememberedlimit.go  the limit that a run starts with, and whether it held
//	undo.go             undo.yaml, rendered from before.jsonl
//	undoentry.go        the entry that restores one track, with the states it expects
//	retention.go        which earlier runs stay in the default place
//
// It knows no flag, no terminal and no wording. Failures are errors, with a type if a
// caller must recognize them (NotEmptyError, LockError, HeldError, StateError). What is
// worth a message is a value (Warning, Found, Outcome, Undone). The options of a run are
// a map, and the caller chooses the names. Package cli turns all of it into messages,
// hints and exit codes.
//
// What it promises:
//
//   - A run directory has one writer, and an account has one run at a time on a machine, or
//     each shard of one, unless the caller takes no lock. The operating system releases a lock when its
//     process ends in any way.
//   - If the run cannot begin, Start leaves all files as they were.
//   - A report that fails or panics does not keep another one from being made.
//   - A directory that a run made survives a power cut. Files that must be whole are
//     written beside and renamed (package safe).
//   - Prune removes only runs in the default place that have ended. It does not remove a
//     run that may be going on, that is locked, or whose files another run may need in
//     order to be resumed.
//   - undo.yaml restores every track whose PUT may have been applied, as far as a
//     manifest can express it. It expects each track in a state that the run may have left.
//
// # How a row flows
//
// From a manifest to results.jsonl, with the files that a row comes through:
//
//	the manifest
//	  input/verifiedfile.go         its bytes, checked against the first pass
//	  input/csvreader.go            records of a table, with their positions
//	  input/yaml.go, input/json.go  entries, with theirs
//	  input/header.go               what a column holds
//	  input/values.go               what the value of a field may be
//	  input/duplicates.go           whether a later row of the same id counts instead
//	a track.Row
//	  internal/run/earlier.go       leaves out rows that an earlier session has done
//	  sync/source.go                the reader, a few rows ahead
//	  sync/admit.go                 makes it a task, or ends it if it has nothing to send
//	  sync/scheduler.go             which task goes next
//	  sync/pace/pace.go             when its request may start, for each attempt
//	  sync/sent.go                  tells report/journal/sent.go that its PUT is in flight
//	  sync/worker.go                sends it through internal/api/client.go
//	an outcome
//	  sync/answers.go               tells the pace and the stop policy, and asks the row
//	  sync/rowoutcome.go            what it means for the row: read, send, retry or end
//	  sync/plan/decide.go           what to send, once the current state is known
//	  sync/stoppolicy.go            what it means for the run
//	a track.Result
//	  sync/collector.go             passes it on, so that the dispatcher never waits
//	  internal/run/recorder.go      passes it to the ledger, the statistics and the observer
//	  report/journal/journal.go     encodes it; many lines are written together
//	results.jsonl
//
// A row whose track is read first (with --undo, or if it expects something) goes
// through the scheduler twice, with a GET and with its PUT. With --skip-unchanged, or if
// every row expects something, all tracks are read before the first row
// (sync/survey.go), and sync/admit.go decides.
//
// Before a PUT with --undo, what the track was goes to before.jsonl
// (report/journal/before.go). After the last row, reports are rendered from the ledger
// and the statistics (package report), and undo.yaml from before.jsonl (undo.go).
//
// # How a run is resumed
//
// In this order:
//
//	internal/cli/resume.go         before the other flags are looked at:
//	  internal/run/earlier.go      OpenEarlier: the lock of the directory, run.json; the
//	                               ledger is read from here on, meanwhile
//	  internal/flags/recorded.go   flags that were not given again are as they were
//	internal/cli/manifests.go      the manifests are opened and checked, as for a new run;
//	  internal/run/earlier.go      Row sees each row meanwhile: is it done, by what it says?
//	internal/cli/accountlock.go    the lock of the account (not held while a question waits)
//	  internal/run/earlier.go      Survey: what is left (not the survey of the engine)
//	internal/cli/syncrun.go        what is left is said, and whether to start is asked
//	  internal/run/start.go        Resume: results.jsonl, run.json and stats.json are written anew
//	                               beside the old ones, then put in their place; the old reports go
//	  internal/run/run.go          Execute: the rows that are left
//
// A new run takes the lock of the account before it says what it is about to do, and that
// of its directory last, in Start.
//
// # Who writes which file
//
// In the directory of the run:
//
//	run.json         describe.go, when a session begins
//	*-input.*        inputcopies.go, likewise: manifests from standard input and pipes
//	results.jsonl    package journal, as rows end
//	sent.log         package journal, as PUTs are sent and as requests end; removed when
//	                 all rows have ended
//	before.jsonl     package journal, before PUTs, with --undo
//	earlier.jsonl    package journal, when a run is resumed
//	stats.json       recorder.go, every 15 s; package report encodes it
//	failed.csv       finish.go, at the end; package report renders it
//	failed.xlsx      failedbook.go, at the end; package marking renders it
//	undo.yaml        undo.go, at the end; package cli words its head
//	junit.xml        junit.go, at the end; package report renders it
//	summary.json     publish.go, at the end; package report encodes it
//	report.html      publish.go, at the end; package page renders it
//	defect.txt       publish.go, after a panic
//	lock, lock.json  lock.go, while a process is at work
//
// Elsewhere: limits.json in tracksync-runs (limits.go), the state file where --state
// says (state.go; package current encodes it), the file of metrics (metrics.go; package report
// encodes it), the locks of accounts in a directory of
// the user's own (lockplace.go), and temporary files for tracks that are read first
// (survey.go) and for manifests that can be read only once (inputcopies.go).
package run
