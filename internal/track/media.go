package track

import "strings"

// BareURL is a URL without its query and fragment, where services put signatures
// that they make anew for every answer. Two URLs of media that are the same but
// for these are taken for the same media: to take a new signature for a change by
// somebody would hold up every restore, while one that tells its media apart by
// the query alone is not known.
func BareURL(url string) string {
	if i := strings.IndexAny(url, "?#"); i >= 0 {
		return url[:i]
	}
	return url
}

// SameMedia reports whether two fields are the same media, as far as their URLs
// tell.
func SameMedia(a, b Field[string]) bool {
	x, isURL := a.Get()
	y, isURLToo := b.Get()
	if !isURL || !isURLToo {
		return a == b
	}
	return BareURL(x) == BareURL(y)
}
