package input

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// encoding is a character encoding.
type encoding struct {
	name string // UTF-8, UTF-16LE, UTF-16BE, or the name that the WHATWG gives it
	mark string // the byte order mark that was found
}

// Encodings that are not read by a table of characters.
const (
	utf8Name    = "UTF-8"
	utf16LEName = "UTF-16LE"
	utf16BEName = "UTF-16BE"
)

// marked are the encodings that a byte order mark tells. UTF-32 comes first: its mark
// begins with that of UTF-16.
var marked = []encoding{
	{utf32Name, "\xff\xfe\x00\x00"},
	{utf32Name, "\x00\x00\xfe\xff"},
	{utf8Name, "\xef\xbb\xbf"},
	{utf16LEName, "\xff\xfe"},
	{utf16BEName, "\xfe\xff"},
}

const utf32Name = "UTF-32" // never read

// ParseEncoding reads Options.Encoding: a label of the WHATWG, for example windows-1252.
// It returns the name of the encoding. An empty label means none.
func ParseEncoding(label string) (string, error) {
	if label == "" {
		return "", nil
	}
	e, err := htmlindex.Get(label)
	if err != nil {
		return "", fmt.Errorf("%s is not a known encoding%s", show(label), suggestEncoding(label))
	}
	switch name, err := htmlindex.Name(e); {
	case err != nil || name == "replacement" || name == "x-user-defined":
		return "", fmt.Errorf("%s is not an encoding of text: save the file as UTF-8", show(label))
	case slices.Contains([]string{"utf-8", "utf-16le", "utf-16be"}, name):
		return strings.ToUpper(name), nil
	default:
		return name, nil
	}
}

// otherNames are names of encodings that are not labels, and the label to use.
var otherNames = map[string]string{
	"ansi": "windows-1252", "cp932": "shift_jis", "cp936": "gbk", "cp949": "euc-kr", "cp950": "big5",
	"macroman": "macintosh", "utf-8-sig": "utf-8", "utf16": "utf-16", "euckr": "euc-kr", "eucjp": "euc-jp",
}

// labels are those that are suggested for one that is nearly the same.
var labels = []string{
	"utf-8", "utf-16", "utf-16le", "utf-16be", "windows-1252", "windows-1250", "windows-1251", "windows-1253",
	"windows-1254", "windows-1255", "windows-1256", "windows-1257", "windows-1258", "windows-874", "latin1",
	"iso-8859-1", "iso-8859-2", "iso-8859-5", "iso-8859-7", "iso-8859-9", "iso-8859-15", "macintosh", "shift_jis", "euc-jp", "gbk",
	"gb18030", "big5", "euc-kr", "koi8-r", "ibm866",
}

// suggestEncoding is the part of a message that names the label that was probably meant.
func suggestEncoding(label string) string {
	label = strings.ToLower(strings.TrimSpace(label))
	if meant, known := otherNames[label]; known {
		return ": did you mean " + meant + "?"
	}
	best, bestDistance := "", 3
	for _, l := range labels {
		if d := distance([]rune(shorten(label)), []rune(l)); d < bestDistance {
			best, bestDistance = l, d
		}
	}
	if best == "" {
		return ": use utf-8, utf-16le, windows-1252, macintosh, shift_jis, gbk, or another label of the WHATWG"
	}
	return ": did you mean " + best + "?"
}

// headSize is how many bytes of a text tell whether it is UTF-16.
const headSize = 512

// encodingOf is the encoding of a text that begins with head. A byte order mark counts
// more than given, which is Options.Encoding. Without both it is UTF-8.
func encodingOf(head []byte, given string) (encoding, *fault) {
	for _, e := range marked {
		if bytes.HasPrefix(head, []byte(e.mark)) {
			return e, refuseUTF32(e.name)
		}
	}
	looks := looksLike(head)
	if given == "" {
		given = utf8Name
	}
	isUTF16 := given == utf16LEName || given == utf16BEName
	switch {
	case looks == utf32Name:
		return encoding{}, refuseUTF32(looks)
	case looks != "" && looks != given:
		return encoding{}, &fault{"the file looks like " + looks + ", not " + given,
			"pass --encoding " + strings.ToLower(looks) + ", or save as CSV UTF-8"}
	case looks == "" && isUTF16 && len(head) > 0 && bytes.IndexByte(head, 0) < 0:
		return encoding{}, &fault{"the file is not " + given + ": it has no zero bytes", "leave out --encoding"}
	}
	return encoding{name: given}, nil
}

func refuseUTF32(name string) *fault {
	if name != utf32Name {
		return nil
	}
	return &fault{"the file is UTF-32, which is not supported", saveAsUTF8}
}

// looksLike is the encoding that a pattern of zero bytes tells: in UTF-16 the ASCII
// characters have one, and every manifest has many of those. It is "" without a pattern.
func looksLike(head []byte) string {
	head = head[:len(head)/4*4]
	var zeros [4]int // by the offset, modulo 4
	for i, b := range head {
		if b == 0 {
			zeros[i%4]++
		}
	}
	units := len(head) / 2
	first, second := zeros[0]+zeros[2], zeros[1]+zeros[3]
	switch {
	case units == 0:
	case zeros[0] == 0 && zeros[2]+zeros[3] == units, zeros[3] == 0 && zeros[0]+zeros[1] == units:
		return utf32Name
	case first == 0 && second >= max(2, units/8):
		return utf16LEName
	case second == 0 && first >= max(2, units/8):
		return utf16BEName
	}
	return ""
}
