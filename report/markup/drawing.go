package markup

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// This file is about the drawings of notes: the box that a spreadsheet shows for each. They
// are in VML, which is often no XML: attributes without quotes, elements without end.

const bareDrawing = `<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" ` +
	`xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>`

const shapeType = `<v:shapetype xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" ` +
	`id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>` +
	`<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>`

// shape has the number of the shape, its height in points, the anchor, the row and the
// column, which count from 0.
const shape = `<v:shape xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" ` +
	`xmlns:x="urn:schemas-microsoft-com:office:excel" id="tracksync_%d" type="#_x0000_t202" ` +
	`style="position:absolute;margin-left:60pt;margin-top:2pt;width:240pt;height:%dpt;z-index:1;visibility:hidden" ` +
	`fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/>` +
	`<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>` +
	`<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>%s</x:Anchor>` +
	`<x:AutoFill>False</x:AutoFill><x:Row>%d</x:Row><x:Column>%d</x:Column></x:ClientData></v:shape>`

var (
	drawnShape  = regexp.MustCompile(`(?s)<(?:\w+:)?shape\b[^>]*>.*?</(?:\w+:)?shape>`)
	shapeRow    = regexp.MustCompile(`<(?:\w+:)?Row>\s*(\d+)\s*<`)
	shapeColumn = regexp.MustCompile(`<(?:\w+:)?Column>\s*(\d+)\s*<`)
	shapeNumber = regexp.MustCompile(`"tracksync_(\d+)"`)
)

// redraw adds and removes the drawings of notes. shown is that of comments, and notes are
// the texts.
func redraw(text []byte, shown map[string]bool, notes map[string]string) ([]byte, error) {
	drawing := drawnShape.ReplaceAllStringFunc(string(text), func(s string) string {
		row, column := shapeRow.FindStringSubmatch(s), shapeColumn.FindStringSubmatch(s)
		if row == nil || column == nil || !strings.Contains(s, "Note") {
			return s
		}
		r, _ := strconv.Atoi(row[1]) // digits
		c, _ := strconv.Atoi(column[1])
		if more, known := shown[cellName(c+1, r+1)]; known && !more {
			return ""
		}
		return s
	})
	end := strings.LastIndex(drawing, "</xml>")
	if end < 0 {
		return nil, errors.New("it has no end")
	}
	number := 0
	for _, m := range shapeNumber.FindAllStringSubmatch(drawing, -1) {
		n, _ := strconv.Atoi(m[1])
		number = max(number, n)
	}
	var b strings.Builder
	b.WriteString(drawing[:end])
	if !strings.Contains(drawing, `"_x0000_t202"`) {
		b.WriteString(shapeType)
	}
	for _, cell := range sortedCells(shown) {
		if shown[cell] {
			number++
			b.WriteString(box(number, cell, notes[cell]))
		}
	}
	b.WriteString(drawing[end:])
	return []byte(b.String()), nil
}

// box draws a note, large enough for its text, right of its cell.
func box(number int, cell, note string) string {
	column, row := ParseCell(cell)
	lines := 2
	for line := range strings.SplitSeq(note, "\n") {
		lines += 1 + len(line)/45
	}
	lines = min(lines, 30)
	anchor := fmt.Sprintf("%d, 15, %d, 4, %d, 15, %d, 4", column, max(0, row-2), column+4, max(0, row-2)+lines)
	return fmt.Sprintf(shape, number, lines*15, anchor, row-1, column-1)
}
