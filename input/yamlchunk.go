package input

import (
	"bytes"

	"go.yaml.in/yaml/v4"
)

// yamlChunk is lines that are parsed together. It stores only the beginning of a long
// run of comments and blank lines, because a manifest may have any number of them.
//
// That does not change what is read. Such lines may also be part of a text of several
// lines. But then the stored ones alone make the text longer than any value may be (see
// maxVoid), so it is refused.
type yamlChunk struct {
	text  []byte
	at    place // where the chunk begins in the file
	lines int   // lines of text
	solid int   // bytes of text that are neither comments nor blank lines
	run   int   // size of the comments and blank lines at the end of text
	gaps  []yamlGap
}

// yamlGap is lines that were left out.
type yamlGap struct {
	after int // how many lines of the text precede them
	lines int
}

// maxVoid is how many bytes of a run of comments and blank lines are stored. In a text
// each such line counts for at least a quarter of its size.
const maxVoid = 4 * maxCell

func newChunk(line []byte, at place) *yamlChunk {
	c := &yamlChunk{at: at}
	c.add(line)
	return c
}

func (c *yamlChunk) add(line []byte) {
	if !isVoid(line) {
		c.run = 0
		c.solid += len(line)
	} else if c.run += len(bytes.TrimSpace(line)) + 1; c.run > maxVoid {
		if last := len(c.gaps) - 1; last >= 0 && c.gaps[last].after == c.lines {
			c.gaps[last].lines++
		} else {
			c.gaps = append(c.gaps, yamlGap{c.lines, 1})
		}
		return
	}
	c.text = append(c.text, line...)
	c.lines++
}

// chunkMark is a place between two lines of a chunk.
type chunkMark struct{ text, lines, solid, gaps int }

// mark returns the present end of the chunk.
func (c *yamlChunk) mark() chunkMark { return chunkMark{len(c.text), c.lines, c.solid, len(c.gaps)} }

// reset empties the chunk, which then begins at another place. Its memory is reused.
func (c *yamlChunk) reset(at place) { *c = yamlChunk{text: c.text[:0], at: at} }

// cut removes everything after a mark.
func (c *yamlChunk) cut(m chunkMark) {
	c.text, c.lines, c.solid, c.gaps = c.text[:m.text], m.lines, m.solid, c.gaps[:m.gaps]
}

// part is a chunk of the lines between two marks. The first line is at the place at.
func (c *yamlChunk) part(at place, from, to chunkMark) *yamlChunk {
	part := &yamlChunk{
		text: c.text[from.text:to.text], at: at, lines: to.lines - from.lines, solid: to.solid - from.solid,
	}
	for _, g := range c.gaps[from.gaps:to.gaps] {
		part.gaps = append(part.gaps, yamlGap{g.after - from.lines, g.lines})
	}
	return part
}

// join adds another chunk that follows in the file.
func (c *yamlChunk) join(next *yamlChunk) {
	for _, g := range next.gaps {
		c.gaps = append(c.gaps, yamlGap{c.lines + g.after, g.lines})
	}
	c.text = append(c.text, next.text...)
	c.lines, c.solid, c.run = c.lines+next.lines, c.solid+next.solid, next.run
}

// exceeds reports whether the chunk has more than most bytes. Comments do not count,
// up to a limit of their own.
func (c *yamlChunk) exceeds(most int) bool { return c.exceedsSince(chunkMark{}, most) }

// exceedsSince is exceeds for what follows a mark.
func (c *yamlChunk) exceedsSince(m chunkMark, most int) bool {
	return c.solid-m.solid > most || len(c.text)-m.text > most+maxDocument
}

// fileLine converts a line of the text into a line of the file.
func (c *yamlChunk) fileLine(line int) int {
	moved := c.at.line + line - 1
	for _, g := range c.gaps {
		if g.after < line {
			moved += g.lines
		}
	}
	return moved
}

// place converts an offset in the text into a place in the file.
func (c *yamlChunk) place(offset int) place {
	p := c.at.after(c.text[:offset])
	p.line = c.fileLine(p.line - c.at.line + 1)
	return p
}

// moveDown converts the lines of a node and all nodes below it into lines of the file.
func (c *yamlChunk) moveDown(n *yaml.Node) {
	n.Line = c.fileLine(n.Line)
	for _, below := range n.Content {
		c.moveDown(below)
	}
}
