package input

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"tracksync/internal/track"
)

// media reads an absolute URL.
func (r rules) media(text string) (track.Field[string], *fault) {
	var none track.Field[string]
	s := strings.TrimSpace(text)
	switch {
	case text == "" && r.expecting:
		return track.Value(""), nil
	case s == "":
		return none, r.empty(fMedia)
	case len(s) > maxCell:
		return none, r.tooLong("media URL", s)
	}
	if isPlainURL(s) || isMediaURL(s) {
		return track.Value(s), nil
	}
	return none, r.notMedia(s)
}

// isMediaURL reports whether s is an absolute http or https URL without blanks.
func isMediaURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && isAbsolute(u) && strings.IndexFunc(s, isBlankOrControl) < 0
}

// isPlainURL reports whether s is so simple that url.Parse is not needed: a host
// without a port, followed only by characters without a special meaning. Nearly all
// media URLs are like that.
func isPlainURL(s string) bool {
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(s, "http://")
	}
	if !ok {
		return false
	}
	host := 0
	for host < len(rest) && plainInURL[rest[host]] == inHost {
		host++
	}
	if host == 0 || host < len(rest) && rest[host] != '/' {
		return false
	}
	for i := host; i < len(rest); i++ {
		if plainInURL[rest[i]] == 0 {
			return false
		}
	}
	return true
}

const (
	inHost = 1 // allowed everywhere
	inPath = 2 // allowed only after the host
)

// plainInURL says where in a plain URL each character is allowed; 0: nowhere.
var plainInURL = func() (where [256]byte) {
	for c := range where {
		switch {
		case isAlphanumeric(rune(c)), c == '-', c == '.':
			where[c] = inHost
		case strings.IndexByte("/_~+=&?,", byte(c)) >= 0:
			where[c] = inPath
		}
	}
	return where
}()

func isAbsolute(u *url.URL) bool {
	port := u.Port()
	return u.Hostname() != "" && (u.Scheme == "http" || u.Scheme == "https") && (port == "" || validPort(port))
}

func isBlankOrControl(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }

func (r rules) notMedia(s string) *fault {
	// A URL that names a user is not shown, because it may hold a password.
	shown := r.show(s)
	if strings.Contains(s, "@") {
		shown = "the media URL"
	}
	switch {
	case isSheetError(s):
		return sheetError(shown)
	case isFormulaText(s):
		return r.formula(s)
	case isNullWord(s):
		return &fault{shown + " is not a URL", "leave it out to keep the track's media" + orDatabase(s)}
	case strings.IndexFunc(s, isBlankOrControl) >= 0:
		return &fault{shown + " contains a blank or a control character", "write blanks in a URL as %20"}
	}
	return &fault{shown + " is not an absolute http or https URL",
		"write one, for example https://example.com/track.mp3"}
}

func validPort(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}

// namesUser reports whether a media URL holds a user name.
func namesUser(media string) bool {
	if !strings.Contains(media, "@") {
		return false
	}
	u, err := url.Parse(media)
	return err == nil && u.User != nil
}
