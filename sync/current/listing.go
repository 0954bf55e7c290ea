package current

import "tracksync/internal/track"

// Page is one call of the listing: Client.List(ctx, Limit, Offset). It is given
// back as it is with its answer.
type Page struct {
	Offset, Limit int
	serial        int
}

// Listing decides which pages to ask for. It is pure and not safe for
// concurrent use.
type Listing struct{ spent int }

// NewListing lists to find a number of wanted tracks.
func NewListing(wanted int) *Listing { return &Listing{} }

// NewFullListing lists to find every track there is.
func NewFullListing() *Listing { return &Listing{} }

// Next is the page to ask for now. False: nothing now, until an answer comes.
func (l *Listing) Next() (Page, bool) { return Page{}, false }

// Got takes the answer to a page: the ids on it in their order, and how many
// wanted tracks among them were not seen before (Store.Keep says it).
func (l *Listing) Got(p Page, ids []track.ID, fresh int) {}

// Failed takes note that a page could not be had, after all attempts.
func (l *Listing) Failed(p Page) {}

// Done reports that no page is to be asked for any more and no answer is
// needed; what is still in flight may be given up.
func (l *Listing) Done() bool { return true }

// Err says after Done why a full listing may lack tracks. Nil for the others.
func (l *Listing) Err() error { return nil }

// Calls is the number of pages asked for.
func (l *Listing) Calls() int { return l.spent }
