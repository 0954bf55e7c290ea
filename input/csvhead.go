package input

import (
	"bufio"
	"fmt"
	"strconv"

	"tracksync/internal/track"
)

// skipTitles skips titles and notes above the header, and finds the delimiter. The text
// begins with a record that has content, which found separates into cells. The header is
// searched in the buffered text.
func (c *csvReader) skipTitles(text *bufio.Reader, given, found rune) (rune, error) {
	opts := c.p.m.opts
	if opts.HeaderRow > 0 && opts.HeaderRow <= c.row {
		return 0, c.noHeader()
	}
	ahead, _ := text.Peek(text.Size())
	heads, head := c.findHead(ahead, given)
	switch {
	case head.headerRow == 0 && opts.HeaderRow > 0:
		return 0, c.noHeader()
	case head.headerRow <= c.row+1:
		return found, nil
	}
	header := heads[head.headerRow-c.row-1]
	c.p.src.shape.Above = len(head.above)
	c.p.complainOfStray(&head, func(row headRow) track.Position {
		above := heads[row.number-c.row-1]
		at := c.p.position(c.start.after(ahead[:above.at+above.starts[head.id]]))
		at.Cell = columnLetters(head.id) + strconv.Itoa(row.number)
		return at
	})
	c.start.advance(ahead[:header.at])
	c.row = header.row - 1
	_, err := text.Discard(header.at)
	return header.delimiter, err
}

// findHead reads the records of a text up to the header.
func (c *csvReader) findHead(ahead []byte, given rune) (heads []csvHead, head tableHead) {
	finder := c.p.newHeaderFinder()
	for at, row := 0, c.row+1; at < len(ahead); row++ {
		rest, delimiter := string(ahead[at:]), given
		if delimiter == 0 {
			delimiter = c.p.findDelimiter(rest)
		}
		names, starts, length := splitHeader(rest, delimiter)
		heads = append(heads, csvHead{row, at, delimiter, starts})
		if finder.see(row, names) || length == 0 {
			break
		}
		at += length
	}
	return heads, finder.head()
}

// csvHead is a record at the beginning of a table.
type csvHead struct {
	row       int
	at        int // its offset in the text
	delimiter rune
	starts    []int // the offsets of its cells
}

// noHeader says that the row of Options.HeaderRow has no content.
func (c *csvReader) noHeader() error {
	return &fileError{track.Problem{Position: track.Position{File: c.p.src.name},
		Message: fmt.Sprintf("row %d, which --header-row names, is empty or not among the first rows",
			c.p.m.opts.HeaderRow),
		Hint: "name the row with the names of the columns"}}
}
