package track

import "strings"

// BareURL is a URL without its query and fragment. Services put signatures there, and
// make new ones for every answer. Two media URLs that differ only there count as the
// same media. Otherwise every new signature would look like somebody's change and
// prevent a restore. No service is known whose URLs differ only in their query.
func BareURL(url string) string {
	if i := strings.IndexAny(url, "?#"); i >= 0 {
		return url[:i]
	}
	return url
}

// SameMedia reports whether two fields are the same media, judging by their BareURLs.
func SameMedia(a, b Field[string]) bool {
	x, isURL := a.Get()
	y, isURLToo := b.Get()
	if !isURL || !isURLToo {
		return a == b
	}
	return BareURL(x) == BareURL(y)
}
