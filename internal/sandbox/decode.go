package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// change is what the body of a PUT requests. Nil and false leave a field unchanged.
type change struct {
	name    *string
	volume  *int
	project *int64
	detach  bool // "project": null
	media   *string
}

// problem is one entry of the errors[] of a 422.
type problem struct {
	Location string `json:"location"`
	Message  string `json:"message"`
}

// inBody is the location of a problem of the body as a whole.
const inBody = "body"

// decoder decodes the body of a PUT. encoding/json alone would hide a client's
// mistakes: it accepts keys in any case, equal keys, null for anything, data after the
// end, and bytes that are not UTF-8.
type decoder struct {
	maxVolume int
	problems  []problem
}

// decode returns what the body requests, or all its problems.
func (d decoder) decode(contentType string, body []byte) (change, []problem) {
	var c change
	if err := checkContentType(contentType); err != "" {
		d.wrong("Content-Type", "%s", err)
	}
	if members, ok := d.object(inBody, body); ok {
		if len(members) == 0 {
			d.wrong(inBody, "must set at least one field")
		}
		for _, m := range members {
			d.member(&c, m)
		}
	}
	if len(d.problems) > 0 {
		return change{}, d.problems
	}
	return c, nil
}

func (d *decoder) wrong(location, format string, args ...any) {
	d.problems = append(d.problems, problem{location, fmt.Sprintf(format, args...)})
}

func checkContentType(s string) string {
	mediaType, params, err := mime.ParseMediaType(s)
	if err != nil || mediaType != "application/json" {
		return "must be application/json"
	}
	if charset, ok := params["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
		return "must have the charset utf-8, or none"
	}
	return ""
}

// member decodes one member of the body.
func (d *decoder) member(c *change, m member) {
	switch m.key {
	case fieldName:
		if s, ok := d.text(m.key, m.value); ok {
			if strings.TrimSpace(s) == "" {
				d.wrong(m.key, "can't be blank")
			}
			c.name = &s
		}
	case fieldVolume:
		if n, ok := d.integer(m.key, m.value); ok {
			c.volume = d.volume(n)
		}
	case fieldProject:
		if string(m.value) == "null" {
			c.detach = true
			return
		}
		if v, ok := d.only(m.key, "id", m.value); ok {
			if n, ok := d.integer("project.id", v); ok {
				c.project = d.project(n)
			}
		}
	case fieldMedia:
		if v, ok := d.only(m.key, "url", m.value); ok {
			if s, ok := d.text("media.url", v); ok {
				d.checkURL("media.url", s)
				c.media = &s
			}
		}
	default:
		d.wrong(printable(m.key), "is not a known field")
	}
}

func (d *decoder) volume(n int64) *int {
	switch {
	case n < 0:
		d.wrong(fieldVolume, "must be greater than or equal to 0")
	case n > int64(d.maxVolume):
		d.wrong(fieldVolume, "must be less than or equal to %d", d.maxVolume)
	}
	v := int(n)
	return &v
}

func (d *decoder) project(n int64) *int64 {
	if n <= 0 {
		d.wrong("project.id", "must be greater than 0")
	}
	return &n
}

func (d *decoder) checkURL(location, s string) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || strings.ContainsFunc(s, unicode.IsSpace) {
		d.wrong(location, "must be an absolute http or https URL")
	}
}

// only returns the member key of an object, which must have no other members.
func (d *decoder) only(location, key string, raw json.RawMessage) (json.RawMessage, bool) {
	members, ok := d.object(location, raw)
	if !ok {
		return nil, false
	}
	var found json.RawMessage
	for _, m := range members {
		if m.key == key {
			found = m.value
		} else {
			d.wrong(location+"."+printable(m.key), "is not a known field")
		}
	}
	if found == nil {
		d.wrong(location+"."+key, "is missing")
	}
	return found, found != nil
}

// text returns a string. A null is not one.
func (d *decoder) text(location string, raw json.RawMessage) (string, bool) {
	var s string
	if raw[0] != '"' || json.Unmarshal(raw, &s) != nil {
		d.wrong(location, "must be a string, not %s", kind(raw))
		return "", false
	}
	return s, true
}

// integer returns a number that is written without a fraction: 55, not 55.0.
func (d *decoder) integer(location string, raw json.RawMessage) (int64, bool) {
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		d.wrong(location, "must be an integer, not %s", kind(raw))
		return 0, false
	}
	return n, true
}

type member struct {
	key   string
	value json.RawMessage
}

// object splits an object into its members, in order. Equal keys are a problem.
func (d *decoder) object(location string, raw []byte) ([]member, bool) {
	if !utf8.Valid(raw) {
		d.wrong(location, "is not UTF-8")
		return nil, false
	}
	// Unmarshal checks the complete text, so the decoder below never fails.
	var whole json.RawMessage
	if err := json.Unmarshal(raw, &whole); err != nil {
		d.wrong(location, "is not JSON: %v", err)
		return nil, false
	}
	if whole = bytes.TrimSpace(whole); whole[0] != '{' {
		d.wrong(location, "must be an object, not %s", kind(whole))
		return nil, false
	}
	var members []member
	seen := make(map[string]bool)
	dec := json.NewDecoder(bytes.NewReader(whole))
	dec.Token() // {
	for dec.More() {
		key, _ := dec.Token()
		m := member{key: key.(string)}
		dec.Decode(&m.value)
		if seen[m.key] {
			at := printable(m.key)
			if location != inBody {
				at = location + "." + at
			}
			d.wrong(at, "is given twice")
			continue
		}
		seen[m.key] = true
		members = append(members, m)
	}
	return members, true
}

// kind describes a JSON value.
func kind(raw json.RawMessage) string {
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return printable(string(raw))
}

// printable makes foreign text short and safe to print.
func printable(s string) string {
	const most = 80
	if len(s) > most {
		s = s[:most] + "..."
	}
	q := strconv.Quote(s)
	return q[1 : len(q)-1]
}
