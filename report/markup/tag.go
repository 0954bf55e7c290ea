package markup

import "strings"

// tag is a start tag as it is written. Attributes that are not set stay as they are.
type tag struct {
	name  string // with its prefix
	attrs []attribute
	tail  string // from the last attribute to the end
}

type attribute struct{ before, name, value string } // before is what stands between the last one and this

// parseTag splits a well-formed start tag.
func parseTag(raw string) tag {
	i := strings.IndexAny(raw, " \t\r\n/>")
	t := tag{name: raw[1:i]}
	for {
		name := i + len(raw[i:]) - len(strings.TrimLeft(raw[i:], " \t\r\n"))
		if raw[name] == '/' || raw[name] == '>' {
			t.tail = raw[i:]
			return t
		}
		eq := name + strings.IndexByte(raw[name:], '=')
		open := eq + strings.IndexAny(raw[eq:], `"'`)
		end := open + 1 + strings.IndexByte(raw[open+1:], raw[open])
		t.attrs = append(t.attrs, attribute{raw[i:name], strings.TrimRight(raw[name:eq], " \t\r\n"), raw[open+1 : end]})
		i = end + 1
	}
}

// get returns the value of an attribute as it is written, "" if there is none.
func (t *tag) get(name string) string {
	for _, a := range t.attrs {
		if a.name == name {
			return a.value
		}
	}
	return ""
}

// set sets an attribute to a value that needs no escapes.
func (t *tag) set(name, value string) {
	for i := range t.attrs {
		if t.attrs[i].name == name {
			t.attrs[i].value = value
			return
		}
	}
	t.attrs = append(t.attrs, attribute{" ", name, value})
}

// drop removes an attribute.
func (t *tag) drop(name string) {
	for i := range t.attrs {
		if t.attrs[i].name == name {
			t.attrs = append(t.attrs[:i], t.attrs[i+1:]...)
			return
		}
	}
}

// closesItself reports whether the tag is its element's end too.
func (t *tag) closesItself() bool { return strings.HasSuffix(t.tail, "/>") }

// opened is the tag of an element that has content.
func (t *tag) opened() string {
	open := *t
	open.tail = ">"
	return open.String()
}

func (t *tag) String() string {
	var b strings.Builder
	b.WriteString("<" + t.name)
	for _, a := range t.attrs {
		quote := `"`
		if strings.Contains(a.value, `"`) {
			quote = "'"
		}
		b.WriteString(a.before + a.name + "=" + quote + a.value + quote)
	}
	return b.String() + t.tail
}
