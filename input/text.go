package input

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// text turns a manifest's content into text for the readers. It returns only UTF-8
// without NUL and without the secret. At the first other byte it returns a *fileError with
// the position, after everything before that byte.
type text struct {
	encoded *encodedText
	file    string
	secret  []byte
	ready   []byte // inspected, not returned yet; part of out
	out     []byte
	overlap []byte // the last bytes returned, in which a secret may begin
	at      place
	err     error
}

// newText prepares to read the text of a file. given is the encoding of Options.
func newText(content *bufio.Reader, file, secret, given string) (*text, error) {
	t := &text{file: file, at: origin()}
	if len(secret) >= minSecret {
		t.secret = []byte(secret)
	}
	head, err := content.Peek(headSize)
	if len(head) == 0 && err != nil && err != io.EOF { // an error after some bytes will come again
		return nil, readProblem(file, err)
	}
	e, bad := encodingOf(head, given)
	if bad != nil {
		return nil, fileFailure(file, bad.message, bad.hint)
	}
	if _, err := content.Discard(len(e.mark)); err != nil {
		return nil, readProblem(file, err)
	}
	quote := func(text string) string { return show(safe.NewRedactor(secret).Text(text)) }
	t.encoded = newEncodedText(content, e, quote)
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
	t.out, t.err = t.encoded.next(t.out[:0])
	end, bad := t.inspect(t.out)
	t.ready = t.out[:end]
	if bad != nil {
		t.err = bad
		return
	}
	t.at.advance(t.out)
	t.remember(t.out)
	if t.err != nil && t.err != io.EOF {
		t.err = t.located(t.err)
	}
}

// located is an error of reading, at the position where reading ended.
func (t *text) located(err error) error {
	var bad *undecodable
	switch isBad := errors.As(err, &bad); {
	case isBad && bad.whole:
		return fileFailure(t.file, bad.message, bad.hint)
	case isBad:
		return t.failAt(t.at, bad.message, bad.hint)
	}
	err = readProblem(t.file, err)
	if p, ok := asFileError(err); ok {
		p.Position = t.position(t.at)
		return &fileError{p}
	}
	return err
}

// inspect returns how many bytes of b may be returned, and why not all of them.
func (t *text) inspect(b []byte) (int, error) {
	end, problem := len(b), error(nil)
	if i := bytes.IndexByte(b, 0); i >= 0 {
		end = i
		problem = t.failAt(t.at.after(b[:i]), "a NUL character: the file is not text, or is UTF-16",
			"save as CSV UTF-8; the rest of the file was not checked")
	}
	if t.secret == nil {
		return end, problem
	}
	i, found := t.secretIn(b[:end])
	if !found {
		return end, problem
	}
	at := t.at.after(b[:i+len(t.secret)])
	at.col -= utf8.RuneCount(t.secret)
	return max(0, i), t.failAt(at, "the API key is here",
		"remove it, and treat it as known to everyone who has the file; the rest of the file was not checked")
}

// secretIn is where the secret begins: less than 0 if a part of it was returned already.
func (t *text) secretIn(b []byte) (i int, found bool) {
	seam := append(t.overlap, b[:min(len(b), len(t.secret)-1)]...)
	if i := bytes.Index(seam, t.secret); i >= 0 {
		return i - len(t.overlap), true
	}
	i = bytes.Index(b, t.secret)
	return i, i >= 0
}

// remember stores the last bytes that are returned, to find a secret that spans reads.
func (t *text) remember(b []byte) {
	if t.secret == nil {
		return
	}
	most := len(t.secret) - 1
	t.overlap = append(t.overlap, b[max(0, len(b)-most):]...)
	if extra := len(t.overlap) - most; extra > 0 {
		t.overlap = append(t.overlap[:0], t.overlap[extra:]...)
	}
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
