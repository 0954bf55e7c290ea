// Package sync is the engine: it takes the rows of a manifest and brings each
// track in line, concurrently, paced, with retries, and says of every row what
// became of it.
//
//	rows ──► reader ──► dispatcher ──► workers ──► API
//	                     │  ▲  │          │
//	             retries └──┘  │ ◄────────┘ outcomes
//	                           ▼
//	                       collector ──► Observer, Ledger, Snapshots
//
// One dispatcher owns every decision and all the state: which row is next, when
// a request may start (sync/pace), what an answer means for its row and for the
// run. It never blocks on anything but its own select. The workers only send
// requests; a row that waits for its next attempt stands in the dispatcher's
// heap and holds no worker. The collector is the one goroutine that talks to
// those who listen. It may wait for the disk; the dispatcher does not. When the
// collector is far behind, no row is started, but stops, deadlines and answers
// are handled as ever.
//
// What it promises:
//
//   - Every row that was read has exactly one Result. That is counted, and a
//     run in which it does not hold ends in an error.
//   - No request starts without a token of the pace: first attempts and
//     retries alike.
//   - A refusal (429) costs a row no attempt.
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
// It knows no file format and no report: rows come in as an iterator, results
// go out to a Ledger. Time is the time package's, so that tests run in the
// virtual time of testing/synctest.
package sync
