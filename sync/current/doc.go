// Package current knows the state that the tracks are in: it decides how to
// read it with few calls (Listing), keeps what was read (Store), and remembers
// from run to run what was applied (State). It makes no calls and opens no
// files: its user asks for the pages, and brings the files.
//
//	           Next ──► page ──► API ──► tracks ──► Store.Keep
//	Listing                                  │           │ fresh
//	           Got ◄─────────────────────────┴───────────┘
//	  Done ──► Store.Unseen, each asked for by itself ──► Store.Keep
//
// # Listing
//
// A page holds many tracks, but how many there are in all, in what order, and
// how long a page may be is told nowhere. So the listing goes on by what comes:
// the first page is asked for alone, and its length is what a page is taken to
// hold until another length comes. A page that is shorter than others is no
// end: what it lacks is asked for again. Only an empty page is the end.
//
// For wanted tracks, as a manifest names them, the other way is always open: to
// ask for each by itself. A listing is worth its calls only as long as it may
// take fewer. It ends when all wanted tracks were seen, or at the end, or when
// as many pages were asked for as there are tracks unseen, unless the last page
// still brought several of them. Thus reading never takes more than twice the
// calls of the better way, and an account that is as the manifest has it takes
// its pages and at most two calls more. For one or two tracks nothing is listed.
// Tracks that hide from the listing, because others were created or deleted
// meanwhile and the pages shifted, are unseen, and are asked for by themselves.
//
// A full listing has no list to compare with: a track that it misses is missing.
// So each page overlaps the one before it by one track. As long as the tracks
// keep their order, whatever is created or deleted: a page that has a track in
// common with what was taken before leaves no hole between. Where it has none,
// earlier tracks are asked for until one joins. What an overlap cannot show is
// a track that jumps from what is to come to what has passed, as in an order by
// the time of change. It does show that something shifted; then another pass is
// made, until one meets nothing that moves, or finds nothing new. An account
// that is not still for four passes is reported as such (ErrRestless). What
// remains hidden is a jump that a deletion makes up for between the same two
// pages. Pages of a single track cannot overlap, and always take two passes.
//
// A few pages may be in flight: two at first, or one for a full listing, which
// learns the end only by an empty page; one more for each twenty listed. So
// what is asked for in vain at the end stays below a tenth of the whole, and a
// large account is still listed at the pace that the API allows.
//
// Whatever a service answers, the listing ends: pages that should bring tracks
// and bring none are counted, wanted tracks bound the pages, a full listing may
// not come further than twice the tracks it has seen, and never takes more than
// a million pages.
//
// # Store
//
// Tracks go to a file, and only their places stay in memory, so that memory
// grows by a few bytes a wanted track, whatever the size of the account and of
// the names and URLs in it.
//
// # State
//
// See the type. Losing the file costs nothing but sending media once more.
package current
