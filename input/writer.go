package input

import (
	"bufio"
	"fmt"
	"io"
	"slices"

	"tracksync/internal/track"
)

// Entry is one track of a manifest that is written. Only the id must be there.
type Entry struct {
	Update track.Update
	// Expect is what the track must look like before it is changed: one alternative is
	// written as a mapping, several as a list of mappings. A table has no place for it.
	Expect track.Alternatives
	// ExpectMedia is the media that the track must have before its media is replaced. It
	// does not concern the other fields; see track.Row.
	ExpectMedia track.Field[string]
	// ShownMedia is the media that the track has, for people: it is ignored when the
	// manifest is read. It is a comment in YAML, the key "#media_url" in JSON, and the
	// column ColumnShownMedia in a table that has this column.
	ShownMedia track.Field[string]
	// Comment is for people: lines of comment in YAML, the key "#comment" in JSON, and
	// the column ColumnComment in a table that has this column. Control characters in it
	// are written as escapes.
	Comment string
}

// Columns of a table that are for people: a manifest's reader ignores them.
const (
	ColumnShownMedia = "#media_url"
	ColumnComment    = "#comment"
)

// WriterOptions say how a manifest is written.
type WriterOptions struct {
	// Comment stands at the beginning of a YAML manifest. It may have several
	// lines. The other formats have no place for it.
	Comment string
	// Columns of a table, in order: those of track.Columns, ColumnShownMedia
	// and ColumnComment. Empty means track.Columns.
	Columns []string
	// BOM begins a table with a byte order mark. Without it Excel takes UTF-8 for the
	// old encoding of its country and saves damaged names. With it some programs read
	// the mark as part of the first column's name. This package reads both. The other
	// formats never have a mark.
	BOM bool
	// MaxVolume is that of the Options with which the manifest will be read.
	MaxVolume int
}

// Writer writes a manifest that Open and Check accept and whose rows equal the
// entries, byte for byte. An entry that would not be read back unchanged is refused
// with a *RoundTripError. Entries must have different ids; the Writer does not check
// that, because it stores only one entry at a time.
//
// Equal entries give equal bytes. YAML is a list in block style with one item per
// entry; JSON has one entry per line. In both, texts are always quoted and invisible
// characters are escaped, because people review the file. In a table, names stay as
// they are, even one that a spreadsheet reads as a formula: a prefix against that would
// be read back as part of the name.
//
// A Writer must be closed. It is not safe for concurrent use.
type Writer struct {
	out     *bufio.Writer
	layout  layout
	rules   rules
	buf     []byte
	entries int
}

// layout is how a format arranges entries. head and entry append to b.
type layout interface {
	head(b []byte, o WriterOptions) ([]byte, error)
	entry(b []byte, e *Entry, first bool) ([]byte, error)
	// end writes the end.
	end(w io.Writer, entries int) error
	// refuse finds something in the entry that the format cannot hold; nil if there is
	// nothing. It doesn't set the ID.
	refuse(e *Entry) *RoundTripError
	// limit is the most bytes that an entry may have to be read back.
	limit() int
}

// NewWriter starts a manifest on w. An error is about f, o, or writing.
func NewWriter(w io.Writer, f Format, o WriterOptions) (*Writer, error) {
	i := slices.IndexFunc(formats, func(known format) bool {
		return known.write != nil && f != "" && f == known.name
	})
	if i < 0 {
		return nil, fmt.Errorf("manifests are not written as %s: use %s", show(string(f)), FormatNames())
	}
	wr := &Writer{out: bufio.NewWriterSize(w, 64<<10), layout: formats[i].write(o),
		rules: newRules(Options{MaxVolume: o.MaxVolume})}
	head, err := wr.layout.head(nil, o)
	if err == nil {
		_, err = wr.out.Write(head)
	}
	if err != nil {
		return nil, err
	}
	return wr, nil
}

// Write writes one entry. A *RoundTripError is about this entry only, of which nothing
// was written. After any other error the Writer cannot be used.
func (w *Writer) Write(e Entry) error {
	if bad := w.checkRoundTrip(&e); bad != nil {
		return bad
	}
	text, err := w.layout.entry(w.buf[:0], &e, w.entries == 0)
	if err != nil {
		return err
	}
	w.buf = text
	if len(text) > w.layout.limit() {
		return &RoundTripError{ID: e.Update.ID, Message: fmt.Sprintf("the entry takes %d bytes", len(text)),
			Hint: fmt.Sprintf("at most %d are allowed", w.layout.limit())}
	}
	w.entries++
	_, err = w.out.Write(text) // Close returns the error again
	return err
}

// Close writes the end of the manifest and flushes it. It repeats the error of an
// earlier write. It must be called only once, and does not close the underlying writer.
func (w *Writer) Close() error {
	if err := w.layout.end(w.out, w.entries); err != nil {
		return err
	}
	return w.out.Flush()
}
