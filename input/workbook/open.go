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
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
	Mode   string `xml:"TargetMode,attr"`
}

// is reports whether the link is of a kind. Strict workbooks have other addresses for the
// same kinds.
func (l link) is(kind string) bool { return path.Base(l.Type) == kind && l.Mode != "External" }

// links are the relationships of a part, with the names of the parts that they lead to;
// those of the archive itself for "".
func (b *Book) links(of string) ([]link, error) {
	dir, base := path.Split(of)
	name := dir + "_rels/" + base + ".rels"
	content, err := b.readPart(name)
	if err != nil || content == nil {
		return nil, err
	}
	var list struct {
		Links []link `xml:"Relationship"`
	}
	if err := xml.Unmarshal(content, &list); err != nil {
		return nil, damaged(name, err)
	}
	for i, l := range list.Links {
		if !strings.HasPrefix(l.Target, "/") {
			l.Target = path.Join(dir, l.Target)
		}
		list.Links[i].Target = partName(l.Target)
	}
	return list.Links, nil
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

// readPart reads a small part; nil if there is none of that name.
func (b *Book) readPart(name string) ([]byte, error) {
	if b.parts[name] == nil {
		return nil, nil
	}
	content, err := b.open(name, maxStructure)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	all, err := io.ReadAll(io.LimitReader(content, maxStructure+1))
	if err != nil {
		return nil, damaged(name, err)
	}
	if len(all) > maxStructure {
		return nil, tooLarge(name, maxStructure)
	}
	return all, nil
}
