package markup

import (
	"strconv"
	"strings"
)

const (
	mostColumns = 1 << 14
	mostRows    = 1 << 20
)

// columnName is A for 1, and AA for 27.
func columnName(column int) string {
	name := ""
	for ; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return name
}

// cellName is B7 for column 2 in row 7.
func cellName(column, row int) string { return columnName(column) + strconv.Itoa(row) }

// ParseCell reads a cell's name; 0, 0 if it is none.
func ParseCell(name string) (column, row int) {
	name = strings.ReplaceAll(name, "$", "")
	i := 0
	for ; i < len(name) && i < 4 && 'A' <= name[i]&^0x20 && name[i]&^0x20 <= 'Z'; i++ {
		column = column*26 + int(name[i]&^0x20-'A') + 1
	}
	row, err := strconv.Atoi(name[i:])
	if err != nil || row < 1 || row > mostRows || column < 1 || column > mostColumns {
		return 0, 0
	}
	return column, row
}

// area is a rectangle of cells.
type area struct{ left, top, right, bottom int }

// parseArea reads A1:D11. The zero area is none.
func parseArea(name string) area {
	from, to, found := strings.Cut(name, ":")
	if !found {
		to = from
	}
	var a area
	a.left, a.top = ParseCell(from)
	a.right, a.bottom = ParseCell(to)
	if a.left == 0 || a.right == 0 {
		return area{}
	}
	return a
}

func (a area) String() string { return cellName(a.left, a.top) + ":" + cellName(a.right, a.bottom) }

// absolute is $A$1:$D$11.
func (a area) absolute() string {
	cell := func(column, row int) string { return "$" + columnName(column) + "$" + strconv.Itoa(row) }
	return cell(a.left, a.top) + ":" + cell(a.right, a.bottom)
}
