package safe

import (
	"fmt"
	"unicode/utf8"
)

// AppendScalar appends s as a text in double quotation marks that YAML and JSON
// read alike. It uses the escapes that both have: \u with four digits is the
// longest. So what is hidden beyond U+FFFF stays as it is, and s must be
// UTF-8.
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
