package markup

import (
	"archive/zip"
	"fmt"
	"io"
	"path"
	"strings"
)

// maxPart is how many bytes of a part are held in memory.
const maxPart = 64 << 20

// archive is a workbook's ZIP archive, with the parts that are replaced or added.
type archive struct {
	zip     *zip.Reader
	files   map[string]*zip.File
	changed map[string][]byte
	cuts    map[string][2]int64 // bytes that are left out, from and to, of parts of any size
	added   []string            // names of the parts that were not there
}

func openArchive(r io.ReaderAt, size int64) (*archive, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("the workbook is no ZIP archive: %w", err)
	}
	a := &archive{zip: z, files: map[string]*zip.File{}, changed: map[string][]byte{}, cuts: map[string][2]int64{}}
	for _, f := range z.File {
		a.files[partName(f.Name)] = f
	}
	return a, nil
}

// partName is the name of a part. Some programs separate it with backslashes.
func partName(name string) string { return strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/") }

// named is the name by which the archive has a part: a relation may write it in another case.
func (a *archive) named(name string) string {
	if a.files[name] == nil && a.changed[name] == nil {
		for other := range a.files {
			if strings.EqualFold(other, name) {
				return other
			}
		}
	}
	return name
}

// part is the present content of a part; nil if there is none.
func (a *archive) part(name string) ([]byte, error) {
	if b, ok := a.changed[name]; ok {
		return b, nil
	}
	return a.stored(name, maxPart, true)
}

// head is how a part begins.
func (a *archive) head(name string) ([]byte, error) {
	const most = 64 << 10
	if b, ok := a.changed[name]; ok {
		return b[:min(len(b), most)], nil
	}
	return a.stored(name, most, false)
}

// stored is what the archive has of a part, up to some bytes. If all of it is needed, more is an
// error.
func (a *archive) stored(name string, most int, all bool) ([]byte, error) {
	f := a.files[name]
	if f == nil {
		return nil, nil
	}
	r, err := f.Open()
	if err != nil {
		return nil, partError(name, err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	if all && err == nil && len(b) > most {
		err = fmt.Errorf("it has more than %d MB", most>>20)
	}
	return b, partError(name, err)
}

// document is a part that must be there.
func (a *archive) document(name string) (*document, error) {
	b, err := a.part(name)
	if err == nil && b == nil {
		err = fmt.Errorf("the workbook has no part %s", name)
	}
	if err != nil {
		return nil, err
	}
	d, err := parse(b)
	return d, partError(name, err)
}

// set replaces or adds a part.
func (a *archive) set(name string, content []byte) {
	if a.files[name] == nil && a.changed[name] == nil {
		a.added = append(a.added, name)
	}
	a.changed[name] = content
}

// freeName is a name for a new part: prefix, a number, and suffix.
func (a *archive) freeName(prefix, suffix string) string {
	for i := 1; ; i++ {
		name := fmt.Sprintf("%s%d%s", prefix, i, suffix)
		if a.files[name] == nil && a.changed[name] == nil {
			return name
		}
	}
}

// write writes the archive. Parts that were not changed are copied as they are stored.
// stream writes the part with the name streamed, and finish is called after it: it may
// still set parts that are called late.
func (a *archive) write(w io.Writer, streamed string, stream func(io.Writer) error, late string,
	finish func() error) error {
	out := zip.NewWriter(w)
	if err := out.SetComment(comment); err != nil {
		return err
	}
	for _, f := range a.zip.File {
		var err error
		switch name := partName(f.Name); {
		case name == streamed, name == late:
		case a.changed[name] != nil:
			err = put(out, f.Name, a.changed[name])
		case a.cuts[name] != [2]int64{}:
			err = copyWithout(out, f, a.cuts[name])
		default:
			err = out.Copy(f)
		}
		if err != nil {
			return err
		}
	}
	part, err := out.Create(streamed)
	if err == nil {
		err = stream(part)
	}
	if err == nil {
		err = finish()
	}
	if err == nil {
		err = put(out, late, a.changed[late])
	}
	for _, name := range a.added {
		if err == nil && name != late {
			err = put(out, name, a.changed[name])
		}
	}
	if err != nil {
		return err
	}
	return out.Close()
}

// comment is that of an archive that was marked. A spreadsheet program that saves the
// workbook removes it.
const comment = "marked by tracksync"

// IsMarked reports whether a file is a workbook that was marked and not saved since by
// another program.
func IsMarked(file io.ReaderAt, size int64) bool {
	z, err := zip.NewReader(file, size)
	return err == nil && z.Comment == comment
}

func put(out *zip.Writer, name string, content []byte) error {
	part, err := out.Create(name)
	if err != nil {
		return err
	}
	_, err = part.Write(content)
	return err
}

// copyWithout copies a part without some of its bytes.
func copyWithout(out *zip.Writer, f *zip.File, cut [2]int64) error {
	r, err := f.Open()
	if err != nil {
		return partError(f.Name, err)
	}
	defer r.Close()
	part, err := out.Create(f.Name)
	if err != nil {
		return err
	}
	if _, err := io.CopyN(part, r, cut[0]); err != nil {
		return err
	}
	if _, err := io.CopyN(io.Discard, r, cut[1]-cut[0]); err != nil {
		return partError(f.Name, err)
	}
	_, err = io.Copy(part, r)
	return err
}

func partError(name string, err error) error {
	if err != nil {
		return fmt.Errorf("the workbook's part %s cannot be used: %w", name, err)
	}
	return nil
}

// relation is where a part points to.
type relation struct{ id, kind, target string }

// relations are those of a part.
func (a *archive) relations(of string) ([]relation, error) {
	name := relationsName(of)
	b, err := a.part(name)
	if err != nil || b == nil {
		return nil, err
	}
	d, err := parse(b)
	if err != nil {
		return nil, partError(name, err)
	}
	var list []relation
	for _, e := range d.root.all("Relationship") {
		target := plainText(e.tag.get("Target"))
		if rooted, found := strings.CutPrefix(target, "/"); found {
			target = rooted
		} else {
			target = path.Join(path.Dir(of), target)
		}
		list = append(list, relation{e.tag.get("Id"), e.tag.get("Type"), a.named(target)})
	}
	return list, nil
}

// find is the first relation whose type ends with a name.
func find(list []relation, kind string) (relation, bool) {
	for _, r := range list {
		if strings.HasSuffix(r.kind, "/"+kind) {
			return r, true
		}
	}
	return relation{}, false
}

// relationsName is the part with the relations of another, or of the archive.
func relationsName(of string) string {
	if of == "" {
		return "_rels/.rels"
	}
	return path.Join(path.Dir(of), "_rels", path.Base(of)+".rels")
}

const bareRelations = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>`

// relate adds a relation from a part to another, and returns its id. kind is the whole type.
func (a *archive) relate(of, kind, target string) (string, error) {
	name := relationsName(of)
	b, err := a.part(name)
	if err != nil {
		return "", err
	}
	if b == nil {
		b = []byte(bareRelations)
	}
	d, err := parse(b)
	if err != nil {
		return "", partError(name, err)
	}
	taken := map[string]bool{}
	for _, e := range d.root.children {
		taken[e.tag.get("Id")] = true
	}
	id := "rIdTracksync1"
	for i := 2; taken[id]; i++ {
		id = fmt.Sprintf("rIdTracksync%d", i)
	}
	d.add(d.root, fmt.Sprintf(`<%sRelationship Id="%s" Type="%s" Target="/%s"/>`, d.prefix(), id, kind,
		attributeText(target)))
	a.set(name, d.changed())
	return id, nil
}

const typesName = "[Content_Types].xml"

// declare says what a new part is.
func (a *archive) declare(name, contentType string) error {
	d, err := a.document(typesName)
	if err != nil {
		return err
	}
	d.add(d.root, fmt.Sprintf(`<%sOverride PartName="/%s" ContentType="%s"/>`, d.prefix(), attributeText(name),
		contentType))
	a.set(typesName, d.changed())
	return nil
}

// declareExtension says what parts with an extension are, if it is not known.
func (a *archive) declareExtension(extension, contentType string) error {
	d, err := a.document(typesName)
	if err != nil {
		return err
	}
	for _, e := range d.root.all("Default") {
		if strings.EqualFold(e.tag.get("Extension"), extension) {
			return nil
		}
	}
	d.insert(d.root.inner, fmt.Sprintf(`<%sDefault Extension="%s" ContentType="%s"/>`, d.prefix(), extension,
		contentType))
	a.set(typesName, d.changed())
	return nil
}
