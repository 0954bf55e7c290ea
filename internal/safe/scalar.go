package safe

import (
	"fmt"
	"unicode/utf8"
)

// AppendScalar appends s as a string in double quotation marks that means the same in
// YAML and JSON. It uses only escapes that both have, of which the longest is \u with
// four digits. So hidden characters beyond U+FFFF stay as they are. s must be UTF-8.
func AppendScalar(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r > 0xffff || !inexact(r):
			b = utf8.AppendRune(b, r)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	return append(b, '"')
}
