package markup

import (
	"bufio"
	"encoding/xml"
	"io"
)

// tape reads the tokens of a document, each with the bytes that it was made of.
type tape struct {
	in      *bufio.Reader
	decoder *xml.Decoder
	bytes   []byte // read, and not yet forgotten
	from    int64  // where bytes begin
	used    int    // bytes of the present token
}

func newTape(r io.Reader) *tape {
	t := &tape{in: bufio.NewReaderSize(r, 64<<10)}
	t.decoder = xml.NewDecoder(t)
	return t
}

// next returns the next token. Token and bytes are valid until the next call. The end of
// an element that closes itself has no bytes.
func (t *tape) next() (xml.Token, []byte, error) {
	t.bytes = append(t.bytes[:0], t.bytes[t.used:]...)
	t.from += int64(t.used)
	token, err := t.decoder.RawToken()
	t.used = int(t.decoder.InputOffset() - t.from)
	return token, t.bytes[:t.used], err
}

// ReadByte is what the decoder reads with.
func (t *tape) ReadByte() (byte, error) {
	b, err := t.in.ReadByte()
	if err == nil {
		t.bytes = append(t.bytes, b)
	}
	return b, err
}

// Read makes tape an io.Reader. The decoder calls ReadByte alone.
func (t *tape) Read(p []byte) (int, error) {
	n, err := t.in.Read(p)
	t.bytes = append(t.bytes, p[:n]...)
	return n, err
}
