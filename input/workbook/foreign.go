package workbook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// saveAsXLSX is what to do with a workbook of another format.
const saveAsXLSX = "open it in the spreadsheet program and save it as an Excel workbook (XLSX)"

// foreign says what an archive is that is not a workbook.
func (b *Book) foreign() *Error {
	has := func(name string) bool { return b.parts[name] != nil }
	switch kind := b.mimetype(); {
	case has("xl/workbook.bin"):
		return &Error{Message: "the file is a binary workbook (XLSB)", Hint: saveAsXLSX}
	case strings.HasPrefix(kind, "application/vnd.oasis.opendocument.spreadsheet"):
		return &Error{Message: "the file is an OpenDocument spreadsheet (ODS)", Hint: saveAsXLSX}
	case strings.HasPrefix(kind, "application/vnd.oasis.opendocument."):
		return &Error{Message: "the file is an OpenDocument document, not a spreadsheet",
			Hint: "name the workbook with the tracks"}
	case has("index/document.iwa") || has("index.zip") || has("index/tables/datalist.iwa"):
		return &Error{Message: "the file is a Numbers spreadsheet", Hint: "in Numbers, use File > Export To > Excel"}
	case has("word/document.xml") || has("ppt/presentation.xml"):
		return &Error{Message: "the file is an Office document, not a workbook",
			Hint: "name the workbook with the tracks"}
	}
	if has("[content_types].xml") {
		return damaged("xl/workbook.xml", errors.New("it is missing"))
	}
	files := "1 file"
	if len(b.parts) != 1 {
		files = fmt.Sprintf("%d files", len(b.parts))
	}
	return &Error{Message: "the file is a ZIP archive of " + files + ", and not a workbook",
		Hint: "unpack it and name the manifests in it"}
}

// mimetype is what an OpenDocument archive says that it is, or "".
func (b *Book) mimetype() string {
	const longest = 100
	if b.parts["mimetype"] == nil {
		return ""
	}
	content, err := b.open("mimetype", longest)
	if err != nil {
		return ""
	}
	defer content.Close()
	kind, err := io.ReadAll(io.LimitReader(content, longest))
	if err != nil {
		return ""
	}
	return string(kind)
}

// OLE is how an old workbook begins, and one with a password.
const OLE = "\xd0\xcf\x11\xe0"

// Old says what a file is that begins like OLE.
func Old(file io.Reader) (*Error, error) {
	found, err := contains(file, wide("EncryptedPackage"))
	if err != nil {
		return nil, err
	}
	if found {
		return &Error{Message: "the workbook is protected with a password",
			Hint: "open it in the spreadsheet program, remove the password (File > Info > Protect Workbook) and " +
				"save it"}, nil
	}
	return &Error{Message: "the file is an old workbook (XLS)", Hint: saveAsXLSX}, nil
}

// wide is the UTF-16 of an ASCII text.
func wide(text string) []byte {
	var b []byte
	for i := range len(text) {
		b = append(b, text[i], 0)
	}
	return b
}

// contains searches a file for some bytes.
func contains(file io.Reader, what []byte) (bool, error) {
	buf := make([]byte, 64<<10)
	kept := 0
	for {
		n, err := io.ReadFull(file, buf[kept:])
		if bytes.Contains(buf[:kept+n], what) {
			return true, nil
		}
		switch {
		case err == io.EOF, err == io.ErrUnexpectedEOF:
			return false, nil
		case err != nil:
			return false, err
		}
		kept = copy(buf, buf[kept+n-len(what):kept+n])
	}
}
