package cli

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"

	"tracksync/internal/safe"
)

// account is what a run's directory, a state file and a lock belong to: one base
// URL and one key.
type account struct {
	base, key string
}

func newAccount(base *url.URL, key string) account {
	u := *base
	if u.Scheme == "https" { // the port says nothing then
		u.Host = strings.TrimSuffix(u.Host, ":443")
	}
	return account{strings.TrimRight(u.String(), "/"), key}
}

// shownBase is the base URL for files and messages: a proxy may want the key in its
// path.
func (a account) shownBase() string { return safe.NewRedactor(a.key).Text(a.base) }

// fingerprint stands for the account where the key must not: nobody can tell
// from it what the key is, nor from two salts that it is the same.
func (a account) fingerprint(salt []byte) string {
	mac := hmac.New(sha256.New, salt)
	mac.Write([]byte(a.base + "\x00" + a.key))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}
