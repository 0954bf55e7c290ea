// Package sync is the engine: it updates the track of each row of a manifest,
// concurrently, paced and with retries, and reports the outcome of every row.
//
//	rows ──► source ──► dispatcher ──► Sent ──► workers ──► API
//	                     ▲      │                  │
//	                     │      │ ◄────────────────┘ outcomes
//	                     │      ▼
//	       stopPolicy ───┤  collector ──► Observer, Ledger, Snapshots
//	       scheduler ────┤
//	       tasks ────────┘
//
// The dispatcher runs one loop in one goroutine. It receives what happens, asks the parts
// that decide, and carries out their decisions. Four parts decide, and none of them sends,
// writes or waits:
//
//   - A task (task.go) says what an outcome means for it. A row (rowtask.go,
//     rowoutcome.go) is read, sent, and if it is a canary read back; the survey
//     (survey.go, surveytask.go) has pages and single tracks.
//   - The scheduler (scheduler.go) says what is sent next, and when. It has the queue
//     (queue.go), the only place that says where a task is, the pace (sync/pace), the
//     outage (outage.go, based on evidence.go), the retry budget (budget.go) and the
//     shortages of this machine (shortage.go).
//   - The stop policy (stoppolicy.go) counts, and says when a run must stop. The
//     dispatcher then stops it (stopping.go).
//   - sync/plan says what to send for a row, given its track.
//
// Workers only make requests. A task that waits for its next attempt occupies no worker.
// A PUT is reported to Sent before it goes to a worker, so that it is known after a kill
// (sent.go).
//
// The collector is the one goroutine that calls the other listeners (listeners.go):
// Observer, Ledger and Snapshots. It may wait for the disk. The dispatcher does not: events
// that the collector cannot receive yet wait in a mailbox. If the mailbox grows too long,
// no more rows are started, but stops, deadlines and answers are handled as usual.
//
// Goroutines exchange batches: of rows, of tasks that start together, of events. A batch is
// what has accumulated while the other goroutine was busy. So it delays nothing, and at
// full speed a row costs only a fraction of a channel operation. A result is flushed within
// 5 ms of the end of its row (flushEvery).
//
// How a row flows: the source passes it on (source.go); it becomes a task, or ends because
// it has nothing to send (admit.go); the scheduler picks the task (scheduler.go); a worker
// makes the request (worker.go); the pace and the stop policy get the outcome (answers.go);
// the task says what follows (rowoutcome.go), and so on until it ends with a result
// (result.go). The mailbox (mailbox.go) and the collector (collector.go) pass the result to
// the Ledger.
//
// A refusal is a 429. The pace then lets all requests wait, and the task goes back into the
// queue (answers.go). A row that is refused alone, while others succeed, slows down only
// itself and fails in the end (refusedalone.go).
//
// What it promises:
//
//   - Every row that was read has exactly one Result. That is counted, and a
//     run in which it does not hold ends in an error.
//   - No request starts without a token of the pace: first attempts and
//     retries alike.
//   - A refusal (429) doesn't count as an attempt.
//   - One track never has two requests in flight (the manifest names an id
//     once).
//   - When a run stops early, no more rows are started, requests in flight
//     have the grace period to finish, and every goroutine has ended before
//     Run returns.
//   - Memory is bounded by the concurrency and by Options.MaxWaiting, not by
//     the number of rows.
//
// An error that ends a run (the rows cannot be read, a result cannot be written)
// is the error of a goroutine in the engine's errgroup. A row that fails is a
// result.
//
// It knows no file format and no report. Time is the time package's, so that tests
// run in the virtual time of testing/synctest.
package sync
