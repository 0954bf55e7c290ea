package workbook

import (
	"errors"
	"strconv"
	"strings"
)

// Range is a rectangle of cells. Columns count from 0, rows from 1.
type Range struct{ FirstColumn, LastColumn, FirstRow, LastRow int }

// String is the range as a spreadsheet shows it, for example B2:B5.
func (r Range) String() string {
	return CellName(r.FirstColumn, r.FirstRow) + ":" + CellName(r.LastColumn, r.LastRow)
}

// The size of a sheet.
const (
	MaxRows    = 1 << 20
	maxColumns = 1 << 14
)

var errCellName = errors.New("a cell's name is wrong")

// CellName is the name of a cell, for example B7.
func CellName(column, row int) string { return ColumnName(column) + strconv.Itoa(row) }

// ColumnName is a spreadsheet's name for a column: A, B, …, Z, AA.
func ColumnName(column int) string {
	letters := ""
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		letters = string(rune('A'+(n-1)%26)) + letters
	}
	return letters
}

// parseCell is the column and the row of B7. The row is 0 if the name has none.
func parseCell(name string) (column, row int, err error) {
	i := 0
	for ; i < len(name); i++ {
		letter := name[i] &^ 0x20
		if name[i] < 'A' || letter < 'A' || letter > 'Z' {
			break
		}
		if column = 26*column + int(letter-'A') + 1; column > maxColumns {
			return 0, 0, errCellName
		}
	}
	for j := i; j < len(name); j++ {
		if name[j] < '0' || name[j] > '9' {
			return 0, 0, errCellName
		}
		if row = 10*row + int(name[j]-'0'); row > MaxRows {
			return 0, 0, errCellName
		}
	}
	if column == 0 || row == 0 {
		return 0, 0, errCellName
	}
	return column - 1, row, nil
}

// parseRange is the range B2:B5, or that of one cell.
func parseRange(text string) (r Range, err error) {
	first, last, two := strings.Cut(strings.ReplaceAll(text, "$", ""), ":")
	if !two {
		last = first
	}
	if r.FirstColumn, r.FirstRow, err = parseCell(first); err != nil {
		return r, err
	}
	r.LastColumn, r.LastRow, err = parseCell(last)
	if err == nil && (r.LastColumn < r.FirstColumn || r.LastRow < r.FirstRow) {
		err = errCellName
	}
	return r, err
}
