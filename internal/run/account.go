package run

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"

	"tracksync/internal/safe"
)

// Account is what a run's directory, a state file and a lock belong to: one base
// URL and one key.
type Account struct {
	Base, Key string
}

func NewAccount(base *url.URL, key string) Account {
	u := *base
	if u.Scheme == "https" { // the port says nothing then
		u.Host = strings.TrimSuffix(u.Host, ":443")
	}
	return Account{strings.TrimRight(u.String(), "/"), key}
}

// ShownBase is the base URL for files and messages: a proxy may want the key in its
// path.
func (a Account) ShownBase() string { return safe.NewRedactor(a.Key).Text(a.Base) }

// Fingerprint stands for the account where the key must not: nobody can tell
// from it what the key is, nor from two salts that it is the same.
func (a Account) Fingerprint(salt []byte) string {
	mac := hmac.New(sha256.New, salt)
	mac.Write([]byte(a.Base + "\x00" + a.Key))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}
