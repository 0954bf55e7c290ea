package input

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"tracksync/internal/track"
)

// text turns a manifest's content into text for the readers. It drops the byte order
// mark and decodes. It returns only UTF-8 without NUL and without the secret. At the
// first other byte it returns a *fileError with the position, after everything before
// that byte.
type text struct {
	raw     io.Reader
	file    string
	secret  []byte
	buf     []byte // read, not inspected yet
	ready   []byte // inspected, not returned yet; part of out
	out     []byte
	overlap []byte // the last bytes returned, in which a secret may begin
	at      place
	err     error
	bom     bool // the text began with a byte order mark

	encoding string // its name
}

// newText prepares to read the text of a file.
func newText(content *bufio.Reader, file, secret string) (*text, error) {
	t := &text{raw: content, file: file, at: origin(), buf: make([]byte, 0, 64<<10)}
	if len(secret) >= minSecret {
		t.secret = []byte(secret)
	}
	head, err := peekHead(content)
	if err != nil {
		return nil, readProblem(file, err)
	}
	encoding := encodingOf(head)
	if encoding.refusal != "" {
		return nil, fileFailure(file, encoding.refusal, saveAsUTF8)
	}
	t.encoding, t.bom = encoding.name, encoding.mark != ""
	if _, err := content.Discard(len(encoding.mark)); err != nil {
		return nil, readProblem(file, err)
	}
	if encoding.decode != nil {
		t.raw = encoding.decode(content)
	}
	return t, nil
}

func (t *text) Read(p []byte) (int, error) {
	for len(t.ready) == 0 {
		if t.err != nil {
			return 0, t.err
		}
		t.fill()
	}
	n := copy(p, t.ready)
	t.ready = t.ready[n:]
	return n, nil
}

// fill reads more and sets ready to the part of it that may be returned.
func (t *text) fill() {
	n, err := t.raw.Read(t.buf[len(t.buf):cap(t.buf)])
	t.buf = t.buf[:len(t.buf)+n]
	whole := len(t.buf)
	if err == nil {
		whole = wholeRunes(t.buf)
	}
	good, rest := t.buf[:whole], t.buf[whole:]
	if err != nil && err != io.EOF {
		err = readProblem(t.file, err)
	}
	if end, bad := t.inspect(good); bad != nil {
		good, err = good[:end], bad
	} else {
		t.at.advance(good)
		if err != nil && err != io.EOF {
			// An error of reading gets the position where reading ended.
			if p, ok := asFileError(err); ok {
				p.Position = t.position(t.at)
				err = &fileError{p}
			}
		}
	}
	t.remember(good)
	t.out = append(t.out[:0], good...)
	t.ready = t.out
	t.buf = append(t.buf[:0], rest...)
	t.err = err
}

// inspect returns how many bytes of b may be returned, and why not all of them.
func (t *text) inspect(b []byte) (int, error) {
	end, problem := len(b), error(nil)
	if i := firstInvalid(b); i >= 0 {
		end = i
		problem = t.failAt(t.at.after(b[:i]), fmt.Sprintf("the byte 0x%02X is not UTF-8", b[i]),
			"save as CSV UTF-8; the rest of the file was not checked")
	}
	if i := bytes.IndexByte(b[:end], 0); i >= 0 {
		end = i
		problem = t.failAt(t.at.after(b[:i]), "a NUL character: the file is not text, or is UTF-16",
			"save as CSV UTF-8; the rest of the file was not checked")
	}
	if t.secret == nil {
		return end, problem
	}
	joined := append(bytes.Clone(t.overlap), b[:end]...)
	i := bytes.Index(joined, t.secret)
	if i < 0 {
		return end, problem
	}
	stop := i + len(t.secret) - len(t.overlap)
	at := t.at.after(b[:stop])
	at.col -= utf8.RuneCount(t.secret)
	return max(0, i-len(t.overlap)), t.failAt(at, "the API key is here",
		"remove it, and treat it as known to everyone who has the file; the rest of the file was not checked")
}

// remember stores the last bytes that are returned, to find a secret that spans reads.
func (t *text) remember(b []byte) {
	if t.secret == nil {
		return
	}
	t.overlap = append(t.overlap, b...)
	if extra := len(t.overlap) - (len(t.secret) - 1); extra > 0 {
		t.overlap = append(t.overlap[:0], t.overlap[extra:]...)
	}
}

// wholeRunes is the length of b without an incomplete character at its end.
func wholeRunes(b []byte) int {
	for i := len(b) - 1; i >= 0 && i >= len(b)-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return i
			}
			break
		}
	}
	return len(b)
}

// firstInvalid is the index of the first byte that is not UTF-8, or -1.
func firstInvalid(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

func (t *text) position(p place) track.Position {
	return track.Position{File: t.file, Line: p.line, Column: p.col}
}

func (t *text) failAt(p place, message, hint string) error {
	return &fileError{track.Problem{Position: t.position(p), Message: message, Hint: hint}}
}

// fileFailure is a problem of a whole file.
func fileFailure(file, message, hint string) error {
	return &fileError{track.Problem{Position: track.Position{File: file, Line: 1, Column: 1}, Message: message,
		Hint: hint}}
}

// readProblem turns an error of reading into a problem of the file. ErrChanged stays as
// it is: it is not a problem of the manifest.
func readProblem(file string, err error) error {
	switch {
	case errors.Is(err, ErrChanged):
		return err
	case errors.Is(err, errExpansion):
		return fileFailure(file, err.Error(), "unpack it and check what it contains")
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.Is(err, io.ErrUnexpectedEOF),
		strings.HasPrefix(err.Error(), "flate: "):
		return fileFailure(file, "the gzip file is cut off or damaged",
			"copy it again; the rest of the file was not checked")
	}
	return fileFailure(file, err.Error(), "the rest of the file was not checked")
}
