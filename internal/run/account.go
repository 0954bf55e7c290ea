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
	if u.Scheme == "https" { // 443 is the default
		u.Host = strings.TrimSuffix(u.Host, ":443")
	}
	return Account{strings.TrimRight(u.String(), "/"), key}
}

// ShownBase is the base URL for files and messages. It is redacted, because the URL of
// a proxy may contain the key.
func (a Account) ShownBase() string { return safe.NewRedactor(a.Key).Text(a.Base) }

// Fingerprint identifies the account in files that must not contain the key. It does
// not reveal the key, and fingerprints with different salts cannot be compared.
func (a Account) Fingerprint(salt []byte) string {
	mac := hmac.New(sha256.New, salt)
	mac.Write([]byte(a.Base + "\x00" + a.Key))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}
