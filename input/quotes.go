package input

import (
	"bytes"
	"strings"
)

// quoteFault is a misplaced quotation mark in a record.
type quoteFault struct {
	offset, column int // in the record
	fault
	open bool // the mark is never closed, so the end of the record is not known
}

// findQuoteFault finds the first misplaced quotation mark of a refused record. If it
// finds none, the fault says that the row cannot be read.
func (m *Manifest) findQuoteFault(raw []byte, delimiter string) quoteFault {
	lineEnd := -1 // end of the line that contains i; computed when needed
	column := 0
	for i := 0; i < len(raw); {
		if raw[i] != '"' {
			if lineEnd < i {
				lineEnd = lineEndAfter(raw, i)
			}
			end := fieldEnd(raw[:lineEnd], i, delimiter)
			if q := bytes.IndexByte(raw[i:end], '"'); q >= 0 {
				return quoteFault{offset: i + q, column: column, fault: m.bareQuote(raw[i:lineEnd], q, delimiter)}
			}
			i = end
		} else {
			open := i
			for i++; ; i += 2 {
				q := bytes.IndexByte(raw[i:], '"')
				if q < 0 {
					return quoteFault{open, column,
						fault{"the quotation mark that opens here is never closed", "close it"}, true}
				}
				if i += q; i+1 >= len(raw) || raw[i+1] != '"' {
					break
				}
			}
			i++
			if !atFieldEnd(raw[i:], delimiter) {
				f := strayQuote(raw[i:], delimiter)
				if raw[i-2] == '\\' {
					f.hint = "a backslash before a quotation mark is no escape in CSV: double the mark, in MySQL with " +
						`ESCAPED BY '"'`
				}
				return quoteFault{offset: i - 1, column: column, fault: f}
			}
		}
		switch {
		case bytes.HasPrefix(raw[i:], []byte(delimiter)):
			i += len(delimiter)
			column++
		case i < len(raw): // a line break
			i++
			column = 0
		}
	}
	return quoteFault{fault: fault{"the row cannot be read", "look at its quotation marks"}}
}

// bareQuote is the fault of a quotation mark inside an unquoted cell: line begins with
// the cell, and the mark is at q.
func (m *Manifest) bareQuote(line []byte, q int, delimiter string) fault {
	before := string(line[:q])
	switch {
	case strings.Trim(before, blanksBut(delimiter)) == "":
		return fault{"there is a blank before the quotation mark that opens the cell", "remove the blank"}
	case strings.TrimSpace(before) == "=":
		if cell, _, closed := headerName(string(line[q:]), delimiter); closed {
			return formulaFault(m.quote(`="`+cell+`"`), cell)
		}
	}
	return fault{"a quotation mark inside a cell that does not begin with one",
		"put the whole cell in quotation marks and double those inside"}
}

// strayQuote is the fault of a quotation mark that seems to close a cell, although rest
// follows it.
func strayQuote(rest []byte, delimiter string) fault {
	trimmed := bytes.TrimLeft(rest, blanksBut(delimiter))
	switch {
	case bytes.HasPrefix(rest, crcrlf):
		return fault{twiceConverted("the row ends"), twiceConvertedHint}
	case len(trimmed) < len(rest) && atFieldEnd(trimmed, delimiter):
		return fault{"there is a blank after the quotation mark that closes the cell", "remove the blank"}
	}
	return fault{"a quotation mark inside a quoted cell", "double it if it is part of the value"}
}

func twiceConverted(what string) string {
	return what + " with CR CR LF: a program has converted the line ends twice"
}

const twiceConvertedHint = "save the file again with line ends of one kind"

// formulaText is the text in a formula such as ="17". Programs write it so that a
// spreadsheet does not turn a text into a number.
func formulaText(cell string) (text string, ok bool) {
	inner, found := strings.CutPrefix(strings.TrimSpace(cell), `="`)
	inner, closed := strings.CutSuffix(inner, `"`)
	if !found || !closed {
		return "", false
	}
	return strings.ReplaceAll(inner, `""`, `"`), true
}

func isFormulaText(cell string) bool {
	_, ok := formulaText(cell)
	return ok
}

func (r rules) formula(cell string) *fault {
	text, _ := formulaText(cell)
	bad := formulaFault(r.show(cell), text)
	return &bad
}

// formulaFault is the fault of such a formula. shown is the formula for the message.
func formulaFault(shown, text string) fault {
	hint := "write the text alone, without the equals sign"
	if allDigits(text) {
		hint = "write " + shorten(text) + " alone"
	}
	return fault{shown + " is a formula that marks a number as text, not a value", hint}
}

// lineEndAfter is the offset of the next LF, or of the end of raw.
func lineEndAfter(raw []byte, from int) int {
	if i := bytes.IndexByte(raw[from:], '\n'); i >= 0 {
		return from + i
	}
	return len(raw)
}

// fieldEnd is the offset at which an unquoted cell of a line ends.
func fieldEnd(line []byte, from int, delimiter string) int {
	if i := bytes.Index(line[from:], []byte(delimiter)); i >= 0 {
		return from + i
	}
	return len(line)
}

func atFieldEnd(rest []byte, delimiter string) bool {
	return len(rest) == 0 || bytes.HasPrefix(rest, []byte(delimiter)) || rest[0] == '\n' ||
		bytes.HasPrefix(rest, crlf) ||
		len(rest) == 1 && rest[0] == '\r'
}
