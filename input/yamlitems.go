package input

import (
	"fmt"
	"io"
	"runtime"

	"go.yaml.in/yaml/v4"

	"tracksync/internal/defect"
	"tracksync/internal/track"
)

// This file reads a list in block style, item by item.
//
// Each item is a document of its own: neither its content nor its mistakes depend on
// its neighbours. But the YAML library takes twice as long for a single item as for
// one of many, so consecutive items are parsed together, up to itemsTogether bytes.
// The result is used only if it is a list of exactly these items. An item that does
// not end with its last line would include part of the next one, and the list would be
// shorter. Then, and after any error, each item is parsed alone.
//
// Parsing takes most of the time, so as many batches of items are parsed at a time as
// there are processors. Their entries are read in the order of the file.

// itemsTogether is how many bytes of items are parsed together.
const itemsTogether = 16 << 10

// yamlItem is where an item begins: in the file, and in the chunk.
type yamlItem struct {
	at   place
	mark chunkMark
}

// list reads a list in block style whose first item begins with line. Under the key
// tracks the list ends before the first line that is indented less.
func (y *yamlReader) list(line []byte, at place, indent int, underKey bool) error {
	y.chunk = &yamlChunk{}
	y.startItem(line, at)
	for {
		line, at, err := y.line()
		if err == io.EOF {
			if err := y.entries(); err != nil {
				return err
			}
			return io.EOF
		}
		if err != nil {
			return y.abort(err)
		}
		left := indentOf(line)
		switch {
		case isVoid(line):
			err = y.add(line)
		case isMarker(line):
			if err = y.entries(); err == nil {
				return y.marker(line, at)
			}
		case itemIndent(line) == indent:
			if len(y.chunk.text) >= itemsTogether {
				y.startBatch()
				err = y.readBatches(runtime.GOMAXPROCS(0))
			}
			y.startItem(line, at)
		case underKey && (left < indent || left == 0):
			if err = y.entries(); err == nil {
				return y.rest(line, at)
			}
		default:
			err = y.add(line)
		}
		if err != nil {
			return err
		}
	}
}

// startItem starts an item with a line.
func (y *yamlReader) startItem(line []byte, at place) {
	if len(y.items) == 0 {
		y.chunk.reset(at)
	}
	y.items = append(y.items, yamlItem{at, y.chunk.mark()})
	y.chunk.add(line)
}

// add adds a line to the last item.
func (y *yamlReader) add(line []byte) error {
	y.chunk.add(line)
	item := y.items[len(y.items)-1]
	if y.chunk.exceedsSince(item.mark, maxEntry) {
		return y.abort(&fileError{track.Problem{
			Position: y.p.position(item.at), Message: fmt.Sprintf("an entry of more than %d bytes begins here", maxEntry),
			Hint: "begin the items of the list in one column",
		}})
	}
	return nil
}

// abort reads the items before the last one, and returns the error that ended the last
// one.
func (y *yamlReader) abort(err error) error {
	last := len(y.items) - 1
	y.chunk.cut(y.items[last].mark)
	y.items = y.items[:last]
	if err := y.entries(); err != nil {
		return err
	}
	return err
}

// entries reads the items of the chunk, and all before them, as entries.
func (y *yamlReader) entries() error {
	y.startBatch()
	return y.readBatches(0)
}

// startBatch starts to parse the items of the chunk, and empties the chunk.
func (y *yamlReader) startBatch() {
	if len(y.items) == 0 {
		return
	}
	b := &yamlBatch{chunk: y.chunk, items: y.items, parsed: make(chan error, 1)}
	go func() {
		b.parsed <- defect.Do(func() (err error) {
			b.docs, err = y.parse(b.chunk)
			return err
		})
	}()
	y.batches.waiting = append(y.batches.waiting, b)
	y.chunk, y.items = y.batches.emptyChunk(), nil
}

// readBatches reads the oldest batches as entries, until at most so many are left.
func (y *yamlReader) readBatches(left int) error {
	for len(y.batches.waiting) > left {
		b := y.batches.waiting[0]
		y.batches.waiting = y.batches.waiting[1:]
		if err := y.readBatch(b); err != nil {
			return err
		}
		y.batches.spare = append(y.batches.spare, b.chunk)
	}
	return nil
}

func (y *yamlReader) readBatch(b *yamlBatch) error {
	err := <-b.parsed
	defect.HandOn(err)
	if err == nil && isListOf(b.docs, b.items) {
		return y.p.list(b.docs[0])
	}
	for i, item := range b.items {
		end := b.chunk.mark()
		if i+1 < len(b.items) {
			end = b.items[i+1].mark
		}
		if err := y.item(b.chunk.part(item.at, item.mark, end)); err != nil {
			return err
		}
	}
	return nil
}

// yamlBatch is consecutive items that a goroutine parses together.
type yamlBatch struct {
	chunk  *yamlChunk
	items  []yamlItem
	docs   []*yaml.Node // of the chunk
	parsed chan error   // gets how the parsing ended; capacity 1
}

// yamlBatches are the batches of a list, in the order of the file.
type yamlBatches struct {
	waiting []*yamlBatch // being parsed, or not read yet
	spare   []*yamlChunk // whose memory can be used again
}

// emptyChunk is a chunk without lines.
func (b *yamlBatches) emptyChunk() *yamlChunk {
	last := len(b.spare) - 1
	if last < 0 {
		return &yamlChunk{}
	}
	c := b.spare[last]
	b.spare = b.spare[:last]
	return c
}

// await waits until nothing is parsed any more.
func (b *yamlBatches) await() {
	for _, batch := range b.waiting {
		<-batch.parsed
	}
	b.waiting = nil
}

// isListOf reports whether the documents of a chunk are one list of exactly its items.
func isListOf(docs []*yaml.Node, items []yamlItem) bool {
	if len(docs) != 1 || docs[0].Kind != yaml.SequenceNode || len(docs[0].Content) != len(items) {
		return false
	}
	for i, n := range docs[0].Content {
		if n.Line < items[i].at.line || i+1 < len(items) && n.Line >= items[i+1].at.line {
			return false
		}
	}
	return true
}

// item parses a single item. If that fails, the manifest cannot be used, but the items
// after it are still checked.
func (y *yamlReader) item(chunk *yamlChunk) error {
	docs, err := y.parse(chunk)
	if problem, ok := asFileError(err); ok {
		y.p.complain(problem)
		y.p.src.found.partly = true
		return nil
	}
	if err != nil {
		return err
	}
	if len(docs) == 1 && docs[0].Kind == yaml.SequenceNode && len(docs[0].Content) == 1 {
		return y.p.entry(docs[0].Content[0])
	}
	y.p.complain(track.Problem{Position: y.p.position(chunk.at), Message: "this item cannot be read",
		Hint: "begin the items of the list in one column"})
	y.p.src.found.partly = true
	return nil
}
