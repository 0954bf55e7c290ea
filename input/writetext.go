package input

import (
	"io"
	"strconv"
	"strings"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// yamlLayout writes a list in block style, which the reader splits into entries. All
// that belongs to an entry follows its first line, even comments: a comment above that
// line would count as part of the previous entry.
type yamlLayout struct{}

func writeYAML(WriterOptions) layout { return yamlLayout{} }

func (yamlLayout) limit() int                    { return maxEntry }
func (yamlLayout) refuse(*Entry) *RoundTripError { return nil }

func (yamlLayout) head(b []byte, o WriterOptions) ([]byte, error) {
	return yamlComment(b, "", o.Comment), nil
}

func (yamlLayout) entry(b []byte, e *Entry, _ bool) ([]byte, error) {
	b = append(b, "- id: "...)
	b = strconv.AppendInt(b, int64(e.Update.ID), 10)
	b = append(b, '\n')
	b = yamlComment(b, "  ", e.Comment)
	b = yamlValues(b, "  ", e.Update.Values, e.ExpectMedia)
	if media, ok := e.ShownMedia.Get(); ok {
		b = append(b, "  # media: {url: "...)
		b = append(safe.AppendScalar(b, media), "}\n"...)
	}
	switch len(e.Expect) {
	case 0:
	case 1:
		b = append(b, "  expect:\n"...)
		b = yamlValues(b, "    ", e.Expect[0], track.Field[string]{})
	default:
		b = append(b, "  expect:\n"...)
		for _, v := range e.Expect {
			at := len(b)
			b = yamlValues(b, "      ", v, track.Field[string]{})
			b[at+len("    ")] = '-' // an item of the list begins with its first field
		}
	}
	return b, nil
}

// end writes an empty list if there were no entries.
func (yamlLayout) end(w io.Writer, entries int) (err error) {
	if entries == 0 {
		_, err = io.WriteString(w, "[]\n")
	}
	return err
}

func yamlValues(b []byte, indent string, v track.Values, expectMedia track.Field[string]) []byte {
	if name, ok := v.Name.Get(); ok {
		b = append(append(b, indent...), "name: "...)
		b = append(safe.AppendScalar(b, name), '\n')
	}
	if volume, ok := v.Volume.Get(); ok {
		b = append(append(b, indent...), "volume: "...)
		b = append(strconv.AppendInt(b, int64(volume), 10), '\n')
	}
	if project, ok := v.Project.Get(); ok {
		b = append(append(b, indent...), "project: {id: "...)
		b = append(strconv.AppendInt(b, int64(project), 10), "}\n"...)
	} else if v.Project.IsNull() {
		b = append(append(b, indent...), "project: null\n"...)
	}
	if media, ok := v.Media.Get(); ok {
		b = append(append(b, indent...), "media: {url: "...)
		b = safe.AppendScalar(b, media)
		if expected, ok := expectMedia.Get(); ok {
			b = safe.AppendScalar(append(b, ", expect: "...), expected)
		}
		b = append(b, "}\n"...)
	} else if v.Media.IsNull() {
		b = append(append(b, indent...), "media: null\n"...)
	}
	return b
}

// yamlComment appends the lines of text as comments.
func yamlComment(b []byte, indent, text string) []byte {
	text = strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if text == "" {
		return b
	}
	for line := range strings.SplitSeq(text, "\n") {
		b = append(append(b, indent...), '#')
		if line != "" {
			b = append(append(b, ' '), safe.Line(line)...)
		}
		b = append(b, '\n')
	}
	return b
}

// jsonLayout writes a list with one entry per line.
type jsonLayout struct{ jsonlLayout }

func writeJSON(WriterOptions) layout { return jsonLayout{} }

func (jsonLayout) head(b []byte, _ WriterOptions) ([]byte, error) { return append(b, '['), nil }

func (j jsonLayout) entry(b []byte, e *Entry, first bool) ([]byte, error) {
	if !first {
		b = append(b, ',')
	}
	return jsonEntry(append(b, "\n  "...), e), nil
}

func (jsonLayout) end(w io.Writer, entries int) error {
	end := "]\n"
	if entries > 0 {
		end = "\n]\n"
	}
	_, err := io.WriteString(w, end)
	return err
}

// jsonlLayout writes one entry per line.
type jsonlLayout struct{}

func writeJSONL(WriterOptions) layout { return jsonlLayout{} }

func (jsonlLayout) limit() int                                     { return maxEntry }
func (jsonlLayout) refuse(*Entry) *RoundTripError                  { return nil }
func (jsonlLayout) head(b []byte, _ WriterOptions) ([]byte, error) { return b, nil }
func (jsonlLayout) end(io.Writer, int) error                       { return nil }

func (jsonlLayout) entry(b []byte, e *Entry, _ bool) ([]byte, error) {
	return append(jsonEntry(b, e), '\n'), nil
}

func jsonEntry(b []byte, e *Entry) []byte {
	b = append(b, `{"id":`...)
	b = strconv.AppendInt(b, int64(e.Update.ID), 10)
	if e.Comment != "" {
		b = safe.AppendScalar(append(b, `,"`+ColumnComment+`":`...), e.Comment)
	}
	b = jsonValues(b, e.Update.Values, e.ExpectMedia)
	if media, ok := e.ShownMedia.Get(); ok {
		b = safe.AppendScalar(append(b, `,"`+ColumnShownMedia+`":`...), media)
	}
	switch len(e.Expect) {
	case 0:
	case 1:
		b = jsonObject(append(b, `,"expect":`...), e.Expect[0])
	default:
		b = append(b, `,"expect":[`...)
		for i, v := range e.Expect {
			if i > 0 {
				b = append(b, ',')
			}
			b = jsonObject(b, v)
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

func jsonObject(b []byte, v track.Values) []byte {
	b = append(b, '{')
	at := len(b)
	b = jsonValues(b, v, track.Field[string]{})
	return append(append(b[:at], b[at+1:]...), '}') // without the first comma
}

// jsonValues appends members, each with a comma before it.
func jsonValues(b []byte, v track.Values, expectMedia track.Field[string]) []byte {
	if name, ok := v.Name.Get(); ok {
		b = safe.AppendScalar(append(b, `,"name":`...), name)
	}
	if volume, ok := v.Volume.Get(); ok {
		b = strconv.AppendInt(append(b, `,"volume":`...), int64(volume), 10)
	}
	if project, ok := v.Project.Get(); ok {
		b = strconv.AppendInt(append(b, `,"project":{"id":`...), int64(project), 10)
		b = append(b, '}')
	} else if v.Project.IsNull() {
		b = append(b, `,"project":null`...)
	}
	if media, ok := v.Media.Get(); ok {
		b = safe.AppendScalar(append(b, `,"media":{"url":`...), media)
		if expected, ok := expectMedia.Get(); ok {
			b = safe.AppendScalar(append(b, `,"expect":`...), expected)
		}
		b = append(b, '}')
	} else if v.Media.IsNull() {
		b = append(b, `,"media":null`...)
	}
	return b
}
