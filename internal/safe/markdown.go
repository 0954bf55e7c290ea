package safe

import "strings"

// Code is CutLine as code in Markdown, also in a cell of a table. Nothing in code is markup:
// no link, no image, no HTML, no mention of a user and no reference. A vertical bar would end
// the cell and becomes a broken one. An empty text stays empty.
func Code(text string, limit int) string {
	text = strings.ReplaceAll(CutLine(text, limit), "|", "¦")
	if strings.Trim(text, " ") == "" {
		return ""
	}
	longest, run := 0, 0
	for i := range len(text) {
		if run++; text[i] != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	if text[0] == '`' || text[len(text)-1] == '`' || text[0] == ' ' && text[len(text)-1] == ' ' {
		text = " " + text + " "
	}
	return fence + text + fence
}
