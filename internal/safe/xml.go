package safe

import "strings"

var xmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;")

// XML is CutLine for the text and the attributes of an XML document. Characters that XML does
// not allow are hidden ones, which are shown as escapes.
func XML(text string, limit int) string { return xmlEscapes.Replace(CutLine(text, limit)) }
