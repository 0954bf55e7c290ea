// Package journal keeps results.jsonl: one line of JSON a row, written as the
// row ends. It is the account that survives when the process does not.
//
// Results go in through Append, which only encodes them into memory; Flush
// hands whole lines to the file in one write, Sync makes them durable, and
// StartSync does so while further lines are written. So the owner decides how
// much a kill (everything not flushed) and a power cut (everything not synced)
// may cost. Of several lines for a row the last one
// counts; an index of eight bytes a row remembers where it stands, and Lookup
// reads it back, so that a run of a million rows costs 8 MB and not a
// million results.
//
// # When the file fails
//
// No result is lost inside this package. What the file did not take stays in
// memory: Lookup, Status and Counts go on answering from there, Append goes on
// up to Options.Limit, and Flush may be tried again. After a short write the
// next Flush continues at exactly the byte where the last one stopped, so a
// line is never torn in the middle of the file. Unwritten gives the remaining
// lines to whoever has another place for them.
//
// A failed Sync is different: a system may have thrown the written pages away
// and report success the next time, so the first such failure is repeated by
// every later Sync and by Close.
//
// # What is relied on
//
//   - Nobody else writes to the file. It is created with O_EXCL and opened for
//     appending, and offsets are counted, not asked for.
//   - A write appends in order and tells how much it took. It need not be
//     atomic: a kill or a power cut may leave the last line torn, and only the
//     last. Read drops such a line and says where it began, so that whoever
//     goes on can cut it off first.
//   - Sync of the file makes what was written durable. A new file's name is
//     durable after its directory was synced, which Create does; that of the
//     directory is the business of whoever made it. Windows cannot sync a
//     directory; there the file system's own journal is trusted.
//
// A Journal is owned by one goroutine: it is not safe for concurrent use.
package journal
