// Package current knows the current state of the tracks. It decides how to read
// that state with few calls (Listing), keeps what was read (Store), and remembers
// from run to run what was applied (State). It makes no calls and opens no files:
// its caller asks for the pages and provides the files.
//
//	           Next ──► page ──► API ──► tracks ──► Store.Add
//	Listing                                  │           │ fresh
//	           Got ◄─────────────────────────┴───────────┘
//	  Done ──► Store.Unseen, each read individually ──► Store.Add
//
// # Listing
//
// A page holds many tracks, but the API does not say how many tracks there are, in
// what order they come, or how long a page may be. So the listing relies only on what
// comes back. The first page is requested alone, and its length is the expected
// length of a page until another length comes. A page that is shorter than expected
// is not the end: what it lacks is requested again. Only an empty page is the end.
//
// Tracks that a manifest names can always be read individually instead, so a listing
// is worth its calls only as long as it may take fewer. It ends when all wanted
// tracks were seen, or at the end of the listing, or when as many pages were
// requested as there are tracks unseen, unless the last page still brought several of
// them. Thus reading never takes more than twice the calls of the better way. For an
// account that has exactly the tracks of the manifest, it takes the pages and at most
// two calls more. For one or two tracks nothing is listed. The listing may miss a
// track if others are created or deleted meanwhile and the pages shift; such a track
// is unseen, and is read individually.
//
// A full listing has no list of wanted tracks to compare with: a track that it misses
// is lost. So each page overlaps the one before it by one track. As long as the tracks
// keep their order, whatever is created or deleted, a page that shares a track with
// those before it leaves no gap. If a page shares none, earlier tracks are requested
// until one does. An overlap cannot reveal a track that jumps from the part to come to
// the part that has passed, for example in an order by time of change. But it does
// reveal that something shifted. Then another pass is made, until a pass meets nothing
// that moves, or finds nothing new. If tracks moved in all of four passes, the listing
// fails with ErrRestless. One case remains hidden: a jump that a deletion between
// the same two pages makes up for. Pages of a single track cannot overlap, and always
// take two passes.
//
// A few pages may be in flight at once: two at first (one for a full listing, which
// learns of the end only from an empty page), and one more for each twenty listed. So
// the pages requested beyond the end stay below a tenth of the whole, and a large
// account is still listed at the pace that the API allows.
//
// The listing ends whatever the service answers: pages that should bring new tracks
// but bring none are counted; the number of wanted tracks bounds the pages; and a full
// listing goes no further than twice the tracks it has seen, and never beyond a
// million pages.
//
// # Store
//
// Tracks go to a file, and only their places in it stay in memory. So memory grows by
// a few bytes per wanted track, whatever the size of the account and of its names and
// URLs.
//
// # State
//
// See the type. The file is the one of --state; package run opens and replaces it.
// Losing it only costs sending the media once more, and learning the rate limit again.
package current
