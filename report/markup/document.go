package markup

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
)

// document is a small part of a workbook, with the changes to be made in it. What is not
// changed stays byte for byte.
type document struct {
	text    string
	root    *element
	changes []change
}

// element is where an element of a document stands: its start tag from from to inner, its
// content up to end, its end tag up to to.
type element struct {
	name                 string // without its prefix
	tag                  tag
	from, inner, end, to int
	children             []*element
}

// change replaces a span of a document.
type change struct {
	from, to int
	text     string
}

var errBroken = errors.New("its XML is broken")

// parse finds the elements of a document.
func parse(text []byte) (*document, error) {
	d := &document{text: string(text)}
	decoder := xml.NewDecoder(bytes.NewReader(text))
	var open []*element
	for {
		from := int(decoder.InputOffset())
		token, err := decoder.RawToken()
		at := int(decoder.InputOffset())
		switch token := token.(type) {
		case xml.StartElement:
			e := &element{name: token.Name.Local, tag: parseTag(d.text[from:at]), from: from, inner: at}
			if len(open) > 0 {
				parent := open[len(open)-1]
				parent.children = append(parent.children, e)
			} else if d.root == nil {
				d.root = e
			}
			open = append(open, e)
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1].name != token.Name.Local {
				return nil, errBroken
			}
			e := open[len(open)-1]
			e.end, e.to = from, at
			open = open[:len(open)-1]
		}
		switch {
		case err == io.EOF && d.root != nil && len(open) == 0:
			return d, nil
		case err != nil:
			return nil, errBroken
		}
	}
}

// child returns the first child with one of the names; nil if there is none.
func (e *element) child(names ...string) *element {
	if e == nil {
		return nil
	}
	i := slices.IndexFunc(e.children, func(c *element) bool { return slices.Contains(names, c.name) })
	if i < 0 {
		return nil
	}
	return e.children[i]
}

// all returns the children with a name.
func (e *element) all(name string) (list []*element) {
	for _, c := range e.children {
		if c.name == name {
			list = append(list, c)
		}
	}
	return list
}

// prefix is that of the document's elements, with its colon.
func (d *document) prefix() string {
	prefix, _, found := strings.Cut(d.root.tag.name, ":")
	if !found {
		return ""
	}
	return prefix + ":"
}

// source is an element as it is written.
func (d *document) source(e *element) string { return d.text[e.from:e.to] }

func (d *document) replace(e *element, text string) {
	d.changes = append(d.changes, change{e.from, e.to, text})
}

func (d *document) insert(at int, text string) { d.changes = append(d.changes, change{at, at, text}) }

// add adds text at the end of an element's content. It must be called once for each
// element.
func (d *document) add(e *element, text string) {
	if !e.tag.closesItself() {
		d.insert(e.end, text)
		return
	}
	d.changes = append(d.changes, change{e.to - len("/>"), e.to, ">" + text + "</" + e.tag.name + ">"})
}

// set changes an attribute of an element. It must be called once for each attribute.
func (d *document) set(e *element, name, value string) {
	value = name + `="` + value + `"`
	i := e.from + 1 + len(e.tag.name)
	for _, a := range e.tag.attrs {
		from := i + len(a.before)
		to := from + strings.IndexAny(d.text[from:], `"'`) + len(a.value) + 2
		if a.name == name {
			d.changes = append(d.changes, change{from, to, value})
			return
		}
		i = to
	}
	d.insert(i, " "+value)
}

// changed is the document with the changes.
func (d *document) changed() []byte {
	slices.SortStableFunc(d.changes, func(a, b change) int {
		return cmp.Or(cmp.Compare(a.from, b.from),
			cmp.Compare(a.to, b.to))
	})
	var b bytes.Buffer
	at := 0
	for _, c := range d.changes {
		b.WriteString(d.text[at:c.from])
		b.WriteString(c.text)
		at = c.to
	}
	b.WriteString(d.text[at:])
	return b.Bytes()
}

// addFirst adds text at the beginning of an element's content.
func (d *document) addFirst(e *element, text string) {
	if e.tag.closesItself() {
		d.add(e, text)
		return
	}
	d.insert(e.inner, text)
}
