// Package sync is the engine: it brings the track of each row of a manifest in line,
// concurrently, paced, with retries, and reports what became of every row.
//
//	rows ──► source ──► dispatcher ──► Sent ──► workers ──► API
//	                     ▲      │                  │
//	                     │      │ ◄────────────────┘ outcomes
//	                     │      ▼
//	       stopPolicy ───┤  collector ──► Observer, Ledger, Snapshots
//	       scheduler ────┤
//	       tasks ────────┘
//
// The dispatcher runs one loop in one goroutine. It hears what happens, asks who is
// to decide, and carries that out. Four parts decide, and none of them sends,
// writes or waits:
//
//   - A task (task.go) says what an outcome means for it. A row (rowtask.go,
//     rowoutcome.go) is read, sent, and as a canary read back; the survey
//     (survey.go, surveytask.go) has pages and single tracks.
//   - The scheduler (scheduler.go) says what is sent next, and when. It has the queue
//     (queue.go), the one place that says where a task is, the pace (sync/pace), the
//     outage (outage.go, by the evidence of evidence.go), the retry budget (budget.go)
//     and what this machine lacks (shortage.go).
//   - The stop policy (stoppolicy.go) counts, and says when a run must stop. The
//     dispatcher then stops it (stopping.go).
//   - sync/plan says what is to be sent for a row, given its track.
//
// Workers only make requests; a task that waits for its next attempt holds none. Before
// a PUT goes to them, Sent is told, so that it is known after a kill (sent.go).
//
// The collector is the one goroutine that calls the other listeners (listeners.go):
// Observer, Ledger and Snapshots. It may wait for the disk; the dispatcher does not: what
// the collector has no room for stays in a mailbox. When that grows too long, no row is
// started, but stops, deadlines and answers are handled as ever.
//
// Whatever one goroutine hands to another, it hands on in batches: rows, tasks that
// start together, events. A batch is what has gathered while the other was busy, so it
// delays nothing, and at full speed a row costs a fraction of a hand-off each. A result
// is flushed within 5 ms of the end of its row (flushEvery).
//
// How a row flows: the source hands it over (source.go), nothing is to be sent or it
// becomes a task (admit.go), the scheduler picks it (scheduler.go), a worker asks
// (worker.go), the outcome is told to the pace and the stop policy (answers.go), the
// task says what follows (rowoutcome.go), and so on until it ends with a result
// (result.go), which the mailbox (mailbox.go) and the collector (collector.go) pass to
// the Ledger.
//
// A refusal is a 429. It is told to the pace, which lets everyone wait, and its task
// goes back into the queue (answers.go). A row that is refused alone, while others
// succeed, slows down only itself and fails in the end (refusedalone.go).
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
//   - When a run stops early, no row is started any more, what is in flight
//     has the grace to finish, and every goroutine has ended before Run
//     returns.
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
