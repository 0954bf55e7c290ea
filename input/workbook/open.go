package workbook

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// Limits of what a part may unpack to, in bytes. They are far above what the largest
// possible table of tracks needs, and low enough to be read in seconds.
const (
	maxStructure = 16 << 20  // the workbook, its relationships, its styles
	maxShared    = 256 << 20 // the texts that cells share, which are kept in memory
	maxSheet     = 1 << 30   // a sheet
)

// Book is an open workbook. It reads from the file that it was opened with. Any number of
// sheets may be read at the same time.
type Book struct {
	Sheets   []Sheet
	Date1904 bool // dates count from 1904 and not from 1900

	parts   map[string]*zip.File // by name, in lower case
	shared  *sharedTexts
	formats []*Format // of the cell styles, by index

	// uncalculated reports whether a spreadsheet program must calculate all formulas when
	// it opens the workbook. Programs that cannot calculate ask for it, and write 0 for
	// the results.
	uncalculated bool
}

// Sheet is one sheet of a workbook, in the order of the tabs.
type Sheet struct {
	Name   string
	Hidden bool
	// Cells reports whether it has cells: charts and dialogs have tabs too.
	Cells bool
	part  string
}

// Open opens a workbook.
func Open(file io.ReaderAt, size int64) (*Book, error) {
	archive, err := zip.NewReader(file, size)
	if err != nil {
		return nil, damaged("the archive", err)
	}
	b := &Book{parts: make(map[string]*zip.File, len(archive.File))}
	for _, f := range archive.File {
		name := partName(f.Name)
		if b.parts[name] != nil {
			return nil, &Error{Message: fmt.Sprintf("the workbook has two parts called %q", name), Hint: saveAgain}
		}
		b.parts[name] = f
	}
	main, err := b.main()
	if err != nil {
		return nil, err
	}
	links, err := b.links(main)
	if err != nil {
		return nil, err
	}
	for _, l := range links {
		if l.is("styles") && b.parts[l.Target] == nil {
			return nil, damaged(l.Target, errors.New("the part is missing"))
		}
	}
	if err := b.readStructure(main, links); err != nil {
		return nil, err
	}
	return b, b.readShared(links)
}

// partName is the name by which a part is found: names differ in case between programs.
func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

// link is a relationship of a part to another one.
type link struct {
	ID, Type string
	Target   string // the name of the part
	External bool   // it leads out of the archive
}

// is reports whether the link is of a kind. Strict workbooks have other addresses for the
// same kinds.
func (l link) is(kind string) bool { return path.Base(l.Type) == kind && !l.External }

// maxLinks is the most relationships of a part, which are kept in memory.
const maxLinks = 1 << 16

// links are the relationships of a part; those of the archive itself for "".
func (b *Book) links(of string) (list []link, err error) {
	dir, base := path.Split(of)
	part := dir + "_rels/" + base + ".rels"
	if b.parts[part] == nil {
		return nil, nil
	}
	err = b.each(part, "Relationships", func(p *parser, start xml.StartElement) error {
		if !p.isAt("Relationships", "Relationship") {
			return nil
		}
		if len(list) == maxLinks {
			return &Error{Message: fmt.Sprintf("the workbook's part %s has more than %d relationships", part, maxLinks),
				Hint: saveSmaller}
		}
		target := attribute(start, "Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(dir, target)
		}
		list = append(list, link{ID: attribute(start, "Id"), Type: attribute(start, "Type"), Target: partName(target),
			External: attribute(start, "TargetMode") == "External"})
		return nil
	})
	return list, err
}

// main is the name of the part that describes the workbook.
func (b *Book) main() (string, error) {
	links, err := b.links("")
	if err != nil {
		return "", err
	}
	for _, l := range links {
		if l.is("officeDocument") && b.parts[l.Target] != nil && path.Ext(l.Target) == ".xml" {
			if !strings.HasPrefix(l.Target, "xl/") && b.parts["word/document.xml"] != nil {
				break
			}
			return l.Target, nil
		}
	}
	return "", b.foreign()
}

// linked is the name of the part that a link of a kind leads to, or "" if there is no such
// link.
func (b *Book) linked(links []link, kind string) (string, error) {
	for _, l := range links {
		if l.is(kind) {
			return l.Target, b.exists(l.Target)
		}
	}
	return "", nil
}

// exists returns an error if a part is missing.
func (b *Book) exists(name string) error {
	if b.parts[name] == nil {
		return damaged(name, errors.New("it is missing"))
	}
	return nil
}

// open opens a part that may unpack to some bytes.
func (b *Book) open(name string, limit int64) (io.ReadCloser, error) {
	part := b.parts[name]
	if part.UncompressedSize64 > uint64(limit) {
		return nil, tooLarge(name, limit)
	}
	content, err := part.Open()
	if err != nil {
		return nil, damaged(name, err)
	}
	return content, nil
}
