package input

import (
	"bufio"
	"context"
	"errors"
	"io"

	"tracksync/internal/track"
)

// pass is one reading of one source.
type pass struct {
	ctx   context.Context
	m     *Manifest
	src   *source
	check bool // the first pass, which reports what it finds

	// emit gets every row, valid or not. The row may be used only during the call.
	emit func(*rawRow) error
	// skip reports whether the next row is left out, and if so counts it. With a nil skip
	// no row is left out.
	skip func() bool
	// complain gets every problem of the file after which reading goes on.
	complain func(track.Problem)
	// done gets every row that is left out because it is done. It may be nil.
	done func(*rawRow) error

	ignored map[uint64]struct{} // hashes of the ignored keys that were warned about
	escapes escapes             // of a table
	entries *entryReader        // reused for every entry
}

func (p *pass) leavesOut() bool { return p.skip != nil && p.skip() }

// interrupted is the context's error.
func (p *pass) interrupted() error {
	if p.ctx.Err() != nil {
		return context.Cause(p.ctx)
	}
	return nil
}

func (p *pass) position(at place) track.Position {
	return track.Position{File: p.src.name, Line: at.line, Column: at.col}
}

// run reads the source from its start to its end.
func (p *pass) run() error {
	var raw io.Reader
	var first *recorder
	if file := p.src.file; file.recorded {
		raw = file.verified().sequential()
	} else {
		first = file.record()
		raw = first
	}
	// A reader may work for a long time before it returns a row. It must be interruptible.
	raw = &contextReader{p.ctx, raw}
	err := p.read(raw)
	if err == nil && !p.src.file.recorded {
		return first.finish()
	}
	if err == nil {
		// The parts that the reader did not need, for example the file's end, are verified too.
		_, err = io.Copy(io.Discard, raw)
	}
	if interrupted := p.interrupted(); interrupted != nil {
		return interrupted
	}
	return err
}

// read finds the format of the content and reads it.
func (p *pass) read(raw io.Reader) error {
	content, packed, err := unpack(raw)
	if err != nil {
		return readProblem(p.src.name, err)
	}
	p.src.shape.Gzip = packed
	head, err := peekHead(content)
	if err != nil {
		return readProblem(p.src.name, err)
	}
	if f := binaryFormat(head); f != nil {
		return p.readBinary(f, packed)
	}
	// An error of reading comes again, after the bytes before it.
	head, _ = content.Peek(foreignHead)
	if err := p.foreign(foreignBinaries, head); err != nil {
		return err
	}
	t, err := newText(content, p.src.name, p.m.opts.Secret, p.m.opts.Encoding)
	if err != nil {
		return err
	}
	p.src.shape.Encoding, p.src.shape.BOM = t.encoded.encoding.name, t.encoded.encoding.mark != ""
	b := bufio.NewReaderSize(t, 64<<10)
	head, _ = b.Peek(foreignHead)
	if err := p.foreignText(head); err != nil {
		return err
	}
	if known := formatCalled(p.src.format); known == nil || known.read == nil && p.m.opts.Format == "" {
		head, err := b.Peek(b.Size())
		if len(head) == 0 && err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		p.src.format = formatOfText(head)
	}
	f := formatCalled(p.src.format)
	if f.read == nil {
		return fileFailure(p.src.name, "the file is text, not "+string(p.src.format),
			"leave out --input-format: the content says it")
	}
	return f.read(p, b)
}

// readBinary reads a binary format. It may be read in any order, so the first pass
// records the whole file first.
func (p *pass) readBinary(f *format, packed bool) error {
	file := p.src.file
	switch {
	case f.readAt == nil:
		return fileFailure(p.src.name, f.refusal, saveAsUTF8)
	case packed:
		return fileFailure(p.src.name, "a workbook must not be packed with gzip", "unpack it")
	case f.name != "" && p.m.opts.Format != "" && p.m.opts.Format != f.name:
		return fileFailure(p.src.name, "the file is "+string(f.name)+", not "+string(p.m.opts.Format),
			"leave out --input-format: the content says it")
	case f.name != "":
		p.src.format = f.name // whatever the file's name says
	}
	if !file.recorded {
		first := file.record()
		if _, err := io.Copy(io.Discard, &contextReader{p.ctx, first}); err != nil {
			return err
		}
		if err := first.finish(); err != nil {
			return err
		}
	}
	return f.readAt(p, file.verified(), file.size)
}
