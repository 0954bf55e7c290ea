package testkit

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"
)

// Each writes every byte of key in a format.
func Each(key, format string) string {
	var b strings.Builder
	for _, c := range []byte(key) {
		fmt.Fprintf(&b, format, c)
	}
	return b.String()
}

// Between puts something between the characters of key.
func Between(key, with string) string { return strings.Join(strings.Split(key, ""), with) }

// Quoted is key as it stands in a string of JSON.
func Quoted(key string) string {
	b, _ := json.Marshal(key)
	return string(b[1 : len(b)-1])
}

// Disguises are the forms that a key may take on its way through servers and libraries.
func Disguises(key string) map[string]string {
	percent := Each(key, "%%%02x")
	broken := key[:len(key)/2] + "\r\n   " + key[len(key)/2:]
	return map[string]string{
		"as it is":            key,
		"upper case":          strings.ToUpper(key),
		"quoted":              Quoted(key),
		"quoted twice":        Quoted(Quoted(key)),
		"query":               url.QueryEscape(key),
		"query twice":         url.QueryEscape(url.QueryEscape(key)),
		"percent":             percent,
		"percent twice":       url.QueryEscape(percent),
		"percent three times": url.QueryEscape(url.QueryEscape(percent)),
		`\u`:                  Each(key, `\u%04x`),
		`\\u`:                 Each(key, `\\u%04x`),
		`\U`:                  Each(key, `\U%08x`),
		`\x`:                  Each(key, `\x%02x`),
		"HTML":                html.EscapeString(key),
		"HTML in decimal":     Each(key, "&#%d;"),
		"HTML in hexadecimal": Each(key, "&#x%X;"),
		"HTML in a URL":       url.QueryEscape(Each(key, "&#%d;")),
		"broken":              broken,
		"broken, quoted":      Quoted(broken),
		"broken everywhere":   Between(key, "\n"),
		"zero width":          Between(key, "\u200b"),
		"zero width, joined":  Between(key, "\u200d\u2060\ufeff"),
		"zero width, quoted":  Between(key, `\u200b`),
		"zero width in a URL": Between(key, "%E2%80%8B"),
		"zero width in HTML":  Between(key, "&#8203;"),
		"soft hyphens":        Between(key, "\u00ad"),
		"tags":                Between(key, "\U000e0041"),
		"wide":                strings.Map(func(r rune) rune { return r - '!' + '！' }, key),
		"hexadecimal":         hex.EncodeToString([]byte(key)),
		"HEXADECIMAL":         strings.ToUpper(hex.EncodeToString([]byte(key))),
		"base64":              base64.StdEncoding.EncodeToString([]byte(key)),
		"base64 of user:key":  base64.StdEncoding.EncodeToString([]byte("user:" + key + ":")),
		"base64 for URLs":     base64.URLEncoding.EncodeToString([]byte("me" + key)),
		"base64 over lines":   Between(base64.StdEncoding.EncodeToString([]byte("x"+key+"y")), "\n"),
		"base64 in a URL":     url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(key))),
		"base64 of a part":    base64.StdEncoding.EncodeToString([]byte(".." + key[:min(len(key), 12)] + "…")),
		"backslashes":         regexp.MustCompile(`[^a-zA-Z0-9\\]`).ReplaceAllString(key, `\$0`),
	}
}

// Encodings are the forms of key that must not occur in any text.
func Encodings(key string) []string {
	return []string{
		key, url.QueryEscape(key), url.PathEscape(key), Quoted(key),
		Each(key, "%%%02x"), Each(key, `\u%04x`), Each(key, `\x%02x`), Each(key, "&#%d;"), Each(key, "&#x%X;"),
		hex.EncodeToString([]byte(key)), strings.ToUpper(hex.EncodeToString([]byte(key))),
		// Without the edges, which their neighbours decide too.
		base64.RawStdEncoding.EncodeToString([]byte(key))[:len(key)*8/6],
	}
}
