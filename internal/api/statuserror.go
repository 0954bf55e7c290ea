package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// statusError is the error for an answer that is not a 2xx. Two shapes of body were
// observed: {type, message, context}, and {code, message, errors: [{location,
// message}]}. Expect anything else too, such as a proxy's HTML. Texts are redacted
// before they are cut, so that no part of the key is left.
func statusError(resp *http.Response, body []byte, r *safe.Redactor) *Error {
	e := &Error{Status: resp.StatusCode}
	e.Class, e.Code = classOf(resp.StatusCode)
	said := fmt.Sprintf("%d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	e.Foreign = isForeign(resp.StatusCode) || e.Class == Permanent && looksHTML(body)
	e.Decides = decides(resp.StatusCode, body)
	if e.Code == "redirect" {
		e.Message = strings.TrimSpace(said) + redirectText(resp.Header.Get("Location"), r)
		return e
	}
	message, field := explain(body)
	e.Field = plain(r.Text(field))
	switch {
	case message != "":
		e.Message = plain(r.Text(message))
	case looksHTML(body):
		e.Message = strings.TrimSpace(said) + " (a page, not the API's answer: from a proxy?)"
	default:
		e.Message = strings.TrimSpace(said)
	}
	if resp.StatusCode == http.StatusNotFound && resp.Request != nil && !hasVersion(resp.Request.URL) {
		e.Misplaced = true
		e.Message += "; the base URL does not end in a version such as /v1: check the base URL"
	}
	return e
}

// decides reports whether an answer comes from the API and concerns the track. Then
// it is a JSON object. Proxies use the same statuses with a page, plain text or an
// empty body, for instance while the service restarts.
func decides(status int, body []byte) bool {
	if status != http.StatusNotFound && status != http.StatusUnprocessableEntity {
		return false
	}
	var object map[string]json.RawMessage
	return json.Unmarshal(body, &object) == nil && object != nil
}

// isForeign reports whether the API never answers with a status. Another server
// does, when the request went to the wrong place.
func isForeign(status int) bool {
	switch status {
	case http.StatusMethodNotAllowed, http.StatusProxyAuthRequired, http.StatusMisdirectedRequest,
		http.StatusUpgradeRequired,
		http.StatusNotImplemented, http.StatusHTTPVersionNotSupported, http.StatusNetworkAuthenticationRequired:
		return true
	}
	return status/100 == 3 || status < 200
}

func redirectText(location string, r *safe.Redactor) string {
	to := ""
	if u, err := url.Parse(location); err == nil && u.Host != "" {
		to = fmt.Sprintf(" to host %q", plain(r.Text(u.Host))) // which Parse has decoded
	}
	return ": the answer is a redirect" + to + ", which is not followed; check the base URL"
}

func looksHTML(b []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(b), []byte("<")) }

// maxDetails is how many entries of errors[] become part of a message.
const maxDetails = 5

// explain returns the message of an error's body, for people, and the first field
// that it names.
func explain(body []byte) (message, field string) {
	raw, _ := object(body)
	var entries []json.RawMessage
	// Decode errors apart: if it is not a list, the message still counts.
	if json.Unmarshal(raw["errors"], &entries) != nil {
		entries = nil
	}
	var details []string
	for _, r := range entries[:min(len(entries), maxDetails)] {
		where, what := detail(r)
		if field == "" {
			field = where
		}
		if text := strings.TrimSpace(where + " " + what); text != "" {
			details = append(details, text)
		}
	}
	if n := len(entries) - maxDetails; n > 0 {
		details = append(details, fmt.Sprintf("and %d more", n))
	}
	if len(details) > 0 {
		return strings.Join(details, "; "), field
	}
	for _, m := range []json.RawMessage{raw["message"], raw["error"]} {
		if s := anyText(m); s != "" {
			return s, field
		}
	}
	return "", field
}

// object decodes an object with case-sensitive keys: encoding/json would accept "ID"
// for "id". The last of several equal keys counts.
func object(b json.RawMessage) (map[string]json.RawMessage, bool) {
	if b = bytes.TrimSpace(b); len(b) == 0 || b[0] != '{' {
		return nil, false
	}
	var m map[string]json.RawMessage
	return m, json.Unmarshal(b, &m) == nil
}

// detail decodes one entry of errors[].
func detail(r json.RawMessage) (field, message string) {
	d, ok := object(r)
	if !ok || d["location"] == nil && d["message"] == nil {
		return "", anyText(r)
	}
	return fieldName(anyText(d["location"])), anyText(d["message"])
}

// anyText is a JSON value as text: a string as it is, and any other value as JSON
// that is encoded again, so that no escape hides its content.
func anyText(m json.RawMessage) string {
	if s, ok := text(m); ok {
		return s
	}
	var v any
	if json.Unmarshal(m, &v) != nil || v == nil {
		return ""
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil {
		return ""
	}
	return strings.TrimSpace(b.String())
}

// fieldName translates a location of the API into a column of a manifest.
func fieldName(location string) string {
	switch location {
	case "project", "project.id", "project_id":
		return track.FieldProject
	case "media", "media.url", "media_url":
		return track.FieldMedia
	}
	return location
}
