package markup

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const (
	author = "tracksync"
	// heading begins a note of ours, as spreadsheets begin a note with its author. Some
	// save no authors, and then it is known by this.
	heading = "tracksync:\n"
	// separator stands between a note that a cell had and ours.
	separator = "\n— tracksync —\n"
)

const bareComments = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><authors/><commentList/></comments>`

// comments are the notes of a sheet.
type comments struct {
	doc  *document
	list *element
	// shown is what becomes of the drawings: true for a cell that needs one more, false
	// for a cell whose drawing is not needed any more.
	shown    map[string]bool
	threaded int // marked cells that have a conversation
}

func readComments(text []byte) (*comments, error) {
	doc, err := parse(text)
	if err != nil {
		return nil, err
	}
	c := &comments{doc: doc, list: doc.root.child("commentList"), shown: map[string]bool{}}
	if doc.root.child("authors") == nil || c.list == nil {
		return nil, fmt.Errorf("it has no list of notes")
	}
	return c, nil
}

// mark gives cells our notes, and removes those of ours that cells had.
func (c *comments) mark(notes map[string]string) {
	names := c.doc.root.child("authors").all("author")
	ours := slices.IndexFunc(names, func(a *element) bool { return c.inner(a) == author })
	drawn := map[string]bool{}
	for _, old := range c.list.all("comment") {
		cell := old.tag.get("ref")
		drawn[cell] = true
		if strings.HasPrefix(c.plain(old), heading) {
			c.doc.replace(old, "")
			c.shown[cell] = false
			continue
		}
		c.amend(old, notes[cell])
		if notes[cell] != "" && c.isThread(names, old) {
			c.threaded++
		}
		delete(notes, cell)
	}
	if len(notes) == 0 {
		return
	}
	if ours < 0 {
		ours = len(names)
		c.doc.add(c.doc.root.child("authors"), fmt.Sprintf("<%[1]sauthor>%[2]s</%[1]sauthor>", c.doc.prefix(), author))
	}
	c.doc.add(c.list, c.written(notes, ours))
	for cell := range notes {
		if had, known := c.shown[cell]; known && !had {
			delete(c.shown, cell) // the drawing that is there is used again
		} else if !drawn[cell] {
			c.shown[cell] = true
		}
	}
}

func (c *comments) inner(e *element) string { return c.doc.text[e.inner:e.end] }

// plain is the text of a note without its formats.
func (c *comments) plain(comment *element) string {
	var b strings.Builder
	text := comment.child("text")
	if text == nil {
		return ""
	}
	for _, part := range append(text.all("t"), text.all("r")...) {
		if part.name == "r" {
			part = part.child("t")
		}
		if part != nil {
			b.WriteString(plainText(c.inner(part)))
		}
	}
	return b.String()
}

// written are our notes as elements, in the order of their cells.
func (c *comments) written(notes map[string]string, author int) string {
	p := c.doc.prefix()
	var b strings.Builder
	for _, cell := range sortedCells(notes) {
		fmt.Fprintf(&b, `<%[1]scomment ref="%[2]s" authorId="%[3]d"><%[1]stext>%[4]s</%[1]stext></%[1]scomment>`,
			p, cell, author, run(p, heading+notes[cell]))
	}
	return b.String()
}

// run is a part of a rich text.
func run(prefix, text string) string {
	return fmt.Sprintf(`<%[1]sr><%[1]st xml:space="preserve">%[2]s</%[1]st></%[1]sr>`, prefix, escaped(text))
}

// amend changes somebody else's note: ours at its end goes, and a new one comes.
func (c *comments) amend(comment *element, note string) {
	text := comment.child("text")
	if text == nil {
		return
	}
	p := c.doc.prefix()
	content, ours := c.inner(text), false
	if i := strings.Index(content, escaped(separator)); i >= 0 {
		content, ours = closeRuns(content[:i], p), true
	}
	if note == "" && !ours {
		return
	}
	if note != "" {
		if plain := text.child("t"); plain != nil && !ours { // a text is either plain or of runs
			content = fmt.Sprintf("<%[1]sr>%[2]s</%[1]sr>", p, c.doc.source(plain))
		}
		content += run(p, separator+note)
	}
	if text.tag.closesItself() {
		c.doc.add(text, content)
		return
	}
	c.doc.changes = append(c.doc.changes, change{text.inner, text.end, content})
}

// closeRuns ends the elements that were cut off in a text, and leaves out one that is empty.
func closeRuns(content, p string) string {
	start := max(strings.LastIndex(content, "<"+p+"r>"), strings.LastIndex(content, "<"+p+"r "))
	if start >= 0 && !strings.Contains(content[start:], "</"+p+"r>") {
		if strings.HasSuffix(content, ">") {
			return content[:start] // nothing but our text was in it
		}
		return content + "</" + p + "t></" + p + "r>"
	}
	return content + "</" + p + "t>"
}

// isThread reports whether a note stands for a conversation, which is in a part of its own.
func (c *comments) isThread(names []*element, comment *element) bool {
	i, err := strconv.Atoi(comment.tag.get("authorId"))
	return err == nil && i >= 0 && i < len(names) && strings.HasPrefix(c.inner(names[i]), "tc=")
}

// sortedCells are the keys in the order of rows and columns.
func sortedCells[T any](cells map[string]T) []string {
	var list []string
	for cell := range cells {
		list = append(list, cell)
	}
	slices.SortFunc(list, func(a, b string) int {
		columnA, rowA := ParseCell(a)
		columnB, rowB := ParseCell(b)
		if rowA != rowB {
			return rowA - rowB
		}
		return columnA - columnB
	})
	return list
}
