// Package journal keeps the ledger of a run: what became of its rows and, with
// --undo, what its tracks were before. It is what survives when the process does
// not.
//
//	results.jsonl  one line a row, written as the row ends      Journal
//	before.jsonl   what a track was before a PUT, and the PUT   Before
//	sent.log       rows that a request is under way for         Sent
//	               and how requests ended                       Ledger.Ended
//	earlier.jsonl  results of rows that are gone                Rewrite
//
// A new run makes a Ledger with Create. A resumed one reads the Past, each file
// once; asks it what is known of the rows of its manifest, which it finds by their
// tracks; and makes a Rewrite of it: lines that are still right are copied as they
// stand, others are renumbered. The Ledger that Rewrite.Open returns has its index
// from that writing, and nothing is read again.
//
// A report opens a Record, which reads the ledger of any run directory: of a run that
// has ended, that was killed, or that is going on.
//
// During a run, Append encodes results into memory. Flush writes whole lines to the file
// in one write. Sync makes them durable, and StartSync does so in the background. So the
// caller decides how much a kill (everything not flushed) and a power cut (everything not
// synced) may lose. If a row has several lines, the last one counts.
//
// The index of a Ledger takes sixteen bytes a row (track, status and offset), that
// of before.jsonl sixteen a line. Reports ask for results by their status, and undo
// for the tracks that were touched; only the lines they ask for are read.
//
// # When the file fails
//
// This package loses no result. Lines that could not be written stay in memory: Lookup,
// Status and Counts still find them, Append works up to Options.Limit, and Flush may be
// called again. After a short write the next Flush continues at exactly the byte where the
// last one stopped, so a line is never torn in the middle of the file. Unwritten returns
// the remaining lines, so that the caller can write them elsewhere.
//
// A failed Sync is different: the system may have discarded the written pages, and may
// report success the next time. So every later Sync, and Close, repeat the first such
// failure.
//
// # Assumptions
//
//   - Nobody else writes to the files. A new results.jsonl is created with O_EXCL,
//     it is opened for appending, and offsets are counted here.
//   - A write appends in order and reports how much it wrote. It need not be
//     atomic: a kill or a power cut may leave the last line torn, and a power cut
//     may leave other damage after what was synced. ReadPast leaves such lines out
//     and says where they are.
//   - Sync of the file makes the written data durable. A new file's name is
//     durable after its directory was synced, which Create does. Making the
//     directory itself durable is the caller's job.
//
// A Ledger is owned by one goroutine: it is not safe for concurrent use, apart from
// Status and Earlier, as these say, and Sent.
package journal
