package input

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"tracksync/input/workbook"
)

// Format is the format of a manifest. With the zero Format the extension of the file's
// name decides; if the extension is unknown, the content does.
type Format string

// The formats that can be read and written.
const (
	CSV   Format = "csv"
	TSV   Format = "tsv"
	YAML  Format = "yaml"
	JSON  Format = "json"
	JSONL Format = "jsonl"
	XLSX  Format = "xlsx"
)

// format is all that the package knows of a format outside the format's own file. To
// add a format, add an entry to formats.
type format struct {
	name       Format
	extensions []string

	// magic is how a binary format begins.
	magic string
	// sniff reports whether a text begins like this format. It is never called with an
	// empty text.
	sniff func(text []byte) bool

	// read reads a text. readAt reads a binary format, which may be read in any order. A
	// format without a name is only known in order to refuse it.
	read   func(p *pass, text *bufio.Reader) error
	readAt func(p *pass, file io.ReaderAt, size int64) error
	// refusal is the message for a file that begins with magic, if the format is not
	// supported.
	refusal string

	write func(WriterOptions) layout
}

// formats is the table of formats. A text that no entry recognizes is of the first one.
var formats = []format{
	{name: CSV, extensions: []string{".csv"}, read: (*pass).readCSV, write: writeCSV},
	{name: TSV, extensions: []string{".tsv", ".tab"}, read: (*pass).readTSV, write: writeTSV},
	{name: YAML, extensions: []string{".yaml", ".yml"}, sniff: sniffYAML, read: (*pass).readYAML, write: writeYAML},
	{name: JSON, extensions: []string{".json"}, sniff: sniffJSON, read: (*pass).readJSON, write: writeJSON},
	{name: JSONL, extensions: []string{".jsonl", ".ndjson"}, sniff: sniffJSONL,
		read: (*pass).readJSONL, write: writeJSONL},
	{name: XLSX, extensions: []string{".xlsx", ".xlsm", ".xltx", ".xltm"}, magic: "PK\x03\x04",
		readAt: (*pass).readWorkbook, write: writeWorkbook},
	{magic: workbook.OLE, readAt: (*pass).refuseOld},
	{extensions: []string{".xls", ".xlsb", ".ods", ".numbers"}}, // by content
	{magic: gzipMagic, refusal: "the file is packed with gzip twice"},
}

func (f *format) isRead() bool { return f.name != "" && (f.read != nil || f.readAt != nil) }

// Formats lists every Format.
func Formats() []Format {
	var list []Format
	for _, f := range formats {
		if f.isRead() {
			list = append(list, f.name)
		}
	}
	return list
}

// FormatNames lists every Format for a message: "csv, tsv or yaml".
func FormatNames() string {
	var b strings.Builder
	list := Formats()
	for i, f := range list {
		switch {
		case i == len(list)-1 && i > 0:
			b.WriteString(" or ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(string(f))
	}
	return b.String()
}

func formatCalled(name Format) *format {
	i := slices.IndexFunc(formats, func(f format) bool { return f.name == name && f.isRead() })
	if i < 0 {
		return nil
	}
	return &formats[i]
}

// FormatOfName is the Format of a file by the extension of its name, or "". For a
// format that is known but not supported it returns "" and true.
func FormatOfName(name string) (f Format, known bool) {
	ext := strings.ToLower(filepath.Ext(name))
	i := slices.IndexFunc(formats, func(f format) bool { return slices.Contains(f.extensions, ext) })
	if i < 0 {
		return "", false
	}
	return formats[i].name, true
}

// FormatToWrite is the Format in which a file of this name would be read back, or ""
// if its content decides.
func FormatToWrite(name string) (Format, error) {
	if strings.EqualFold(filepath.Ext(name), ".gz") {
		return "", errors.New("the file is not compressed")
	}
	f, known := FormatOfName(name)
	if known && (f == "" || f == XLSX && !strings.EqualFold(filepath.Ext(name), ".xlsx")) {
		return "", errors.New("workbooks are only written as .xlsx")
	}
	return f, nil
}

// withoutGZ is a file's name without the extension .gz, which says nothing about the
// format.
func withoutGZ(name string) string {
	if ext := filepath.Ext(name); strings.EqualFold(ext, ".gz") {
		return name[:len(name)-len(ext)]
	}
	return name
}

// binaryFormat is the binary format of a content, or nil if it is a text.
func binaryFormat(head []byte) *format {
	i := slices.IndexFunc(formats, func(f format) bool { return f.magic != "" && bytes.HasPrefix(head, []byte(f.magic)) })
	if i < 0 {
		return nil
	}
	return &formats[i]
}

// formatOfText finds the format from the beginning of a text.
func formatOfText(head []byte) Format {
	head = bytes.TrimLeft(head, " \t\r\n")
	for _, f := range formats {
		if len(head) > 0 && f.sniff != nil && f.sniff(head) {
			return f.name
		}
	}
	return formats[0].name
}
