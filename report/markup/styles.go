package markup

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"strconv"
	"strings"
)

// Colour is the fill of a bad cell that had none, as a workbook writes it. A cell with this
// fill is one that was marked.
const Colour = "FFFFC6CD"

// colourOver is the fill of a bad cell that had a fill of one colour. It is one of 256 colours
// that look like Colour: a checksum of the colour that the cell had. Some programs save
// another colour in its place.
func colourOver(color string) string {
	sum := fnv.New32a()
	sum.Write([]byte(color))
	n := sum.Sum32()
	return fmt.Sprintf("FFFE%02X%02X", 0xBE+n&7, 0xC0+n>>3&31)
}

var markColour = regexp.MustCompile(`rgb="(?:` + Colour + `|FFFE(?:B[EF]|C[0-5])[CD][0-9A-F])"`)

// styles adds formats of cells to a workbook's styles. A format is known by its number.
type styles struct {
	doc    *document
	fills  []*element
	xfs    []*element
	source []string // of the formats: those that were there, and those that were added
	added  struct{ fills, xfs strings.Builder }
	more   int            // fills that were added
	ours   []bool         // which of the fills are ours
	byText map[string]int // formats and fills by their source
}

// bareStyles are the styles of a workbook that has none.
const bareStyles = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` +
	`<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>` +
	`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
	`<borders count="1"><border/></borders>` +
	`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
	`<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>`

func readStyles(text []byte) (*styles, error) {
	doc, err := parse(text)
	if err != nil {
		return nil, err
	}
	s := &styles{doc: doc, byText: map[string]int{}}
	fills, xfs := doc.root.child("fills"), doc.root.child("cellXfs")
	if fills == nil || xfs == nil || len(xfs.children) == 0 {
		return nil, fmt.Errorf("it has no formats of cells")
	}
	s.fills, s.xfs = fills.all("fill"), xfs.all("xf")
	for i, f := range s.fills {
		source := doc.source(f)
		s.ours = append(s.ours, markColour.MatchString(solidColor(f)))
		s.byText[source] = i
	}
	for i, xf := range s.xfs {
		source := doc.source(xf)
		s.source = append(s.source, source)
		if _, known := s.byText[source]; !known {
			s.byText[source] = i
		}
	}
	return s, nil
}

// isMarked reports whether a format has our fill.
func (s *styles) isMarked(xf int) bool {
	return xf >= 0 && xf < len(s.xfs) && s.hasOurFill(s.xfs[xf])
}

func (s *styles) hasOurFill(xf *element) bool {
	fill, err := strconv.Atoi(xf.tag.get("fillId"))
	return err == nil && fill >= 0 && fill < len(s.ours) && s.ours[fill]
}

// marked is a format like another, with our fill. If that one has a fill of one colour,
// ours holds it as the colour of its background, which nobody sees.
func (s *styles) marked(xf int) int {
	if xf < 0 || xf >= len(s.source) {
		xf = 0
	}
	if s.isMarked(xf) {
		return xf
	}
	p := s.doc.prefix()
	mark, was := Colour, `indexed="64"`
	if color := s.colorOf(xf); color != "" {
		mark, was = colourOver(color), color
	}
	fill := s.fill(fmt.Sprintf(`<%[1]sfill><%[1]spatternFill patternType="solid"><%[1]sfgColor rgb="%[2]s"/><%[1]sbgColor %[3]s/>`+
		`</%[1]spatternFill></%[1]sfill>`, p, mark, was))
	return s.withFill(xf, fill, true)
}

// unmarked is a format like a marked one, with the fill that it had.
func (s *styles) unmarked(xf int) int {
	fill, applied := 0, false
	pattern := s.fillOf(xf).child("patternFill")
	color := colorOf(pattern.child("bgColor"))
	if pattern.child("fgColor").tag.get("rgb") == colourOver(color) {
		p := s.doc.prefix()
		fill, applied = s.fillWithColor(color), true
		if fill < 0 {
			fill = s.fill(fmt.Sprintf(`<%[1]sfill><%[1]spatternFill patternType="solid"><%[1]sfgColor %[2]s/>`+
				`<%[1]sbgColor indexed="64"/></%[1]spatternFill></%[1]sfill>`, p, color))
		}
	}
	return s.withFill(xf, fill, applied)
}

// text is a format of texts without anything else.
func (s *styles) text() int {
	return s.xf(fmt.Sprintf(`<%sxf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`,
		s.doc.prefix()))
}

// fillOf is the fill of a format that was there.
func (s *styles) fillOf(xf int) *element {
	if xf >= 0 && xf < len(s.xfs) {
		if i, err := strconv.Atoi(s.xfs[xf].tag.get("fillId")); err == nil && i >= 0 && i < len(s.fills) {
			return s.fills[i]
		}
	}
	return &element{}
}

// colorOf is the colour of a format's fill, as attributes; "" if it has none.
func (s *styles) colorOf(xf int) string { return solidColor(s.fillOf(xf)) }

func solidColor(fill *element) string {
	pattern := fill.child("patternFill")
	if pattern == nil || pattern.tag.get("patternType") != "solid" {
		return ""
	}
	return colorOf(pattern.child("fgColor"))
}

// colorOf is a colour as attributes; "" if there is none.
func colorOf(color *element) string {
	var attrs []string
	if color == nil {
		return ""
	}
	for _, a := range color.tag.attrs {
		attrs = append(attrs, a.name+`="`+a.value+`"`)
	}
	return strings.Join(attrs, " ")
}

// fillWithColor is the first fill of one colour that was there, or -1.
func (s *styles) fillWithColor(color string) int {
	for i, f := range s.fills {
		if !s.ours[i] && solidColor(f) == color {
			return i
		}
	}
	return -1
}

// withFill is a format like another, with another fill.
func (s *styles) withFill(xf, fill int, applied bool) int {
	from := s.source[xf]
	start := strings.IndexByte(from, '>') + 1
	t := parseTag(from[:start])
	t.set("fillId", strconv.Itoa(fill))
	now := t.get("applyFill")
	if !applied {
		t.drop("applyFill")
	} else if now != "1" && now != "true" {
		t.set("applyFill", "1")
	}
	return s.xf(t.String() + from[start:])
}

// fill adds a fill, unless there is the same.
func (s *styles) fill(source string) int {
	if i, known := s.byText[source]; known {
		return i
	}
	i := len(s.fills) + s.more
	s.more++
	s.byText[source] = i
	s.added.fills.WriteString(source)
	return i
}

// xf adds a format, unless there is the same.
func (s *styles) xf(source string) int {
	if i, known := s.byText[source]; known {
		return i
	}
	i := len(s.source)
	s.source = append(s.source, source)
	s.byText[source] = i
	s.added.xfs.WriteString(source)
	return i
}

// changed is the part with what was added.
func (s *styles) changed() []byte {
	for _, list := range []struct {
		name, added string
		count       int
	}{
		{"fills", s.added.fills.String(), len(s.fills) + s.more}, {"cellXfs", s.added.xfs.String(), len(s.source)},
	} {
		if list.added != "" {
			e := s.doc.root.child(list.name)
			s.doc.add(e, list.added)
			s.doc.set(e, "count", strconv.Itoa(list.count))
		}
	}
	return s.doc.changed()
}
