package input

import (
	"bytes"
	"regexp"
	"strings"

	"tracksync/internal/track"
)

// foreignKind is a kind of file that is no manifest, but may be taken for one. It is known
// by how it begins.
type foreignKind struct {
	begins        func(head []byte) bool
	message, hint string
}

const (
	foreignHead = 4 << 10 // bytes of a file that tell its kind

	saveAsXLSX = "open it in the spreadsheet program and save it as an Excel workbook (XLSX)"
	openInWeb  = "open it in a web browser: it may ask to sign in or report an error; download the table again"
	saveTable  = "open it in the program that wrote it and save the table as XLSX or CSV UTF-8"
)

// foreignBinaries are kinds of files that are not text.
var foreignBinaries = []foreignKind{
	{startsWith("\x09\x00\x04\x00", "\x09\x02\x06\x00", "\x09\x04\x06\x00"),
		"the file is a workbook of Excel 2, 3 or 4 (XLS)", saveAsXLSX},
	{startsWith("%PDF-"), "the file is a PDF document", "export the table itself as XLSX or CSV UTF-8"},
	{startsWith(`{\rtf`), "the file is a text document (RTF)", saveTable},
	{startsWith("SQLite format 3\x00"), "the file is an SQLite database",
		"export the table with sqlite3 -header -csv"},
	{startsWith("\x00\x05\x16\x07", "\x00\x05\x16\x00"),
		"the file is what macOS stores beside a file on a foreign disk (AppleDouble)",
		"name the file without ._ before its name"},
	{startsWith("\x00\x00\x00\x00\x00\x00\x00\x00"), "the file consists of zeros: its content was lost",
		"copy it again, or restore it from a backup"},
	{isOwnerFile, "the file is what Excel stores beside a workbook that is open",
		"name the workbook: it has no ~$ before its name"},
}

// foreignTexts are kinds of files that are text.
var foreignTexts = []foreignKind{
	{isHTMLTable, "the file is an HTML table, whatever its name says", saveAsXLSX},
	{isHTML, "the file is a web page, not a table", openInWeb},
	{isMHTML, "the file is a web page saved as a single file (MHTML), whatever its name says", saveAsXLSX},
	{isXML("gnumeric"), "the file is a workbook of Gnumeric", saveAsXLSX},
	{isXML("urn:schemas-microsoft-com:office:spreadsheet"), "the file is an XML Spreadsheet 2003", saveAsXLSX},
	{isXML("urn:oasis:names:tc:opendocument"), "the file is an OpenDocument file (FODS)", saveAsXLSX},
	{isXML(""), "the file is XML, not a table", saveTable},
	{sylk.Match, "the file is a table in the format SYLK", saveAsXLSX},
	{startsWith("TABLE\r\n0,1", "TABLE\n0,1"), "the file is a table in the format DIF", saveAsXLSX},
	{startsWith("version https://git-lfs"), "the file is only a pointer of Git LFS to the real one",
		"fetch the real one with git lfs pull"},
}

// sylk finds the first two lines of a SYLK file. The names of a header may begin in the
// same way as its first line.
var sylk = regexp.MustCompile(`^ID;P[^\r\n]*\r?\n[BCEFOPW](;[A-Z]|\r?\n)`)

func startsWith(begins ...string) func([]byte) bool {
	return func(head []byte) bool {
		for _, begin := range begins {
			if bytes.HasPrefix(head, []byte(begin)) {
				return true
			}
		}
		return false
	}
}

// foreignText says what a text is that is no manifest.
func (p *pass) foreignText(head []byte) error {
	if p.isJSONTable(head) {
		return fileFailure(p.src.name, "the file is JSON, whatever its name says",
			"give it a name that ends with .json, or use --input-format json")
	}
	return p.foreign(foreignTexts, head)
}

// foreign says what a file is that begins like one of some kinds.
func (p *pass) foreign(kinds []foreignKind, head []byte) error {
	for _, kind := range kinds {
		if kind.begins(head) {
			return &fileError{track.Problem{Position: track.Position{File: p.src.name}, Message: kind.message, Hint: kind.hint}}
		}
	}
	return nil
}

// isHTML reports whether a text begins with a tag of HTML. A cell of a table may begin
// with another tag.
func isHTML(head []byte) bool {
	head = bytes.ToLower(bytes.TrimLeft(head[:min(len(head), 200)], " \t\r\n"))
	for _, tag := range []string{"!doctype html", "html", "head", "body", "table", "meta", "style", "script", "div"} {
		after, found := bytes.CutPrefix(head, []byte("<"+tag))
		if found && len(after) > 0 && strings.IndexByte("> \t\r\n/", after[0]) >= 0 {
			return true
		}
	}
	return false
}

func isHTMLTable(head []byte) bool {
	return isHTML(head) && bytes.Contains(bytes.ToLower(head), []byte("<table"))
}

func isMHTML(head []byte) bool {
	return bytes.HasPrefix(head, []byte("MIME-Version:")) && bytes.Contains(head, []byte("Content-Type: multipart/"))
}

// isXML finds XML that has a word in its beginning, for example the name of a namespace.
func isXML(word string) func([]byte) bool {
	return func(head []byte) bool {
		return bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("<?xml ")) && bytes.Contains(head, []byte(word))
	}
}

// jsonBegin is how JSON begins, and no table does.
var jsonBegin = regexp.MustCompile(`^\s*(\{\s*"|\[\s*\{)`)

// isJSONTable reports whether a file that is a table by its name is JSON.
func (p *pass) isJSONTable(head []byte) bool {
	table := p.src.format == CSV || p.src.format == TSV
	return table && p.m.opts.Format == "" && jsonBegin.Match(head)
}

// isOwnerFile finds the file that says who has opened a workbook: 165 bytes with the name
// of the user, in one byte a character and in UTF-16, each after its length.
func isOwnerFile(head []byte) bool {
	const size, narrow = 165, 55
	return len(head) == size && head[0] > 0 && head[0] < narrow &&
		head[narrow] == head[0] && head[narrow+1] == 0 && head[narrow-1] == ' ' && head[size-1] == 0
}
