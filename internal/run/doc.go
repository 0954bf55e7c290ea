// Package run is the life of a run of sync: from the lock of its directory to its last
// report.
//
//	earlier, err := OpenEarlier(…)        only to resume: directory, lock, run.json
//	manifest.CheckFor(ctx, earlier)       it is shown the rows while they are checked
//	err = earlier.Survey()                what is left to do
//	r, err := Start(ctx, config)          or Resume(ctx, config, earlier)
//	end := r.Execute(ctx, observer)       the rows, until all have ended or it stops
//	outcome := r.Finish(ctx, end)         the ledger completed, every report made
//	err = r.Close()
//
// The files:
//
//	config.go       what a run is to do, and who watches it
//	run.go          Run, and Execute
//	begin.go        Start and Resume: all that can fail before the first request
//	earlier.go      a run that is resumed: what it did, and what is left
//	recorder.go     what the engine tells, on its way to the ledger and the observer
//	finish.go       the list of reports, each a function
//	publish.go      summary.json, the exit code in it, and standard output
//	outcome.go      how a session ended
//	preflight.go    what a run is about to do, as far as the manifests tell
//	output.go       standard output that carries the summary
//	describe.go     run.json of this session
//	survey.go       the place for the state of tracks that is read first
//	dir.go          the directory of a run, and the names of the files in it
//	lock.go         a lock: one process has it, and says so beside it
//	lockdir.go      where the locks stand that runs of one account share
//	account.go      one base URL and one key, and their salted fingerprint
//	description.go  run.json: manifests, options, account and sessions
//	inputcopies.go  manifests that could be read only once
//	state.go        the state file: which media was applied last
//	limits.go       limits.json: the rate limits that runs learned of their accounts
//	remember.go     the limit that a run begins with, and what came of it
//	undo.go         undo.yaml, rendered from before.jsonl
//	undoentry.go    what restores one track, and what it must look like before
//	retention.go    which earlier runs stay in the default place
//
// It knows no flag, no terminal and no wording. What goes wrong is an error, typed
// where a caller must tell it from others (NotEmptyError, LockError, HeldError,
// StateError). What is worth a message is a value (Warning, Found, Outcome, Undone). The
// options of a run are a map, whose names the caller gives. Package cli turns all of it
// into messages, hints and exit codes.
//
// What it promises:
//
//   - A run directory has one writer, and an account one run at a time on a machine,
//     unless the caller takes no lock. The operating system releases a lock when its
//     process ends, however it ends.
//   - Start leaves what it found as it was, if the run cannot begin.
//   - No report keeps another from being made, whether it fails or panics.
//   - A directory that a run made survives a power cut. Files that must be whole are
//     written beside and renamed (package safe).
//   - Prune removes only ended runs in the default place: none that may be going on,
//     that is locked, or that a run which may be resumed reads from.
//   - undo.yaml restores every track whose PUT may have been applied, as far as a
//     manifest can say it, and expects to find it in a state that the run may have left.
//
// # How a row flows
//
// From a manifest to results.jsonl, with the files that a row comes through:
//
//	the manifest
//	  input/verifiedfile.go        its bytes, checked against the first pass
//	  input/csvreader.go, yaml.go  records, or entries, with their positions
//	  input/header.go, values.go   what a column holds, and what its text may say
//	  input/duplicates.go          whether a later row of the same id counts instead
//	a track.Row
//	  run/earlier.go               leaves out what an earlier session has done
//	  sync/source.go               the reader, a few rows ahead
//	  sync/admit.go                ends a row of which nothing is to be sent
//	  sync/scheduler.go, pace/     when its request may start, first or again
//	  sync/sent.go                 tells that it is sent, with all that start beside it
//	  sync/worker.go               sends it; api/client.go is the way to the API
//	an outcome
//	  sync/rowoutcome.go           what it means for the row: read, send, retry or end
//	  sync/plan/decide.go          what to send, once the current state is known
//	  sync/stopping.go             what it means for the run
//	a track.Result
//	  sync/collector.go            hands it on, behind the dispatcher's back
//	  run/recorder.go              to the ledger, the statistics and the progress
//	  report/journal/journal.go    encodes it; whole lines go to the file together
//	results.jsonl
//
// Beside it, before a PUT: what the track was goes to before.jsonl (with --undo,
// report/journal/before.go), and that the PUT is under way to sent.log
// (report/journal/sent.go). After the last row: reports are rendered from the ledger and
// the statistics (package report), and undo.yaml from before.jsonl (undo.go).
package run
