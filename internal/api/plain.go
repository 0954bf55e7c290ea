package api

import (
	"strings"

	"tracksync/internal/safe"
)

// maxText is how many characters of a server's text a message holds.
const maxText = 200

var blanks = strings.NewReplacer("\n", " ", "\r", " ", "\t", " ")

// plain makes a server's text safe to print on one line, and cuts it.
func plain(s string) string {
	return safe.CutLine(blanks.Replace(strings.TrimSpace(s)), maxText)
}
