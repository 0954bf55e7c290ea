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
	cells bool // whether rows need their cells

	// emit takes a row, valid or not, as its reader leaves it. The draft is
	// valid during the call.
	emit func(*draft) error
	// complain takes a problem of the file after which reading can go on.
	complain func(track.Problem)

	ignored map[uint64]struct{} // hashes of the keys that were warned of
}

// alive is the context's error.
func (p *pass) alive() error {
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
	raw := p.src.content.open()
	// However long a reader finds nothing to hand out, it can be interrupted.
	watched := &attentive{p.ctx, raw}
	err := p.read(watched)
	if err == nil && !p.src.content.sealed {
		return raw.seal()
	}
	if err == nil {
		// What the reader did not need must be unchanged too, such as the
		// file's end.
		_, err = io.Copy(io.Discard, watched)
	}
	if interrupted := p.alive(); interrupted != nil {
		return interrupted
	}
	return err
}

func (p *pass) read(raw io.Reader) error {
	t, gz, err := newText(raw, p.src.name, p.m.opts.Secret)
	if err != nil {
		return err
	}
	p.src.gzip, p.src.bom = gz, t.bom
	b := bufio.NewReaderSize(t, 64<<10)
	if p.src.format == "" {
		head, err := b.Peek(b.Size())
		if len(head) == 0 && err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		p.src.format = formatOfContent(head)
	}
	switch p.src.format {
	case YAML:
		return p.readYAML(b)
	case JSON:
		return p.readJSON(b)
	case JSONL:
		return p.readJSONL(b)
	}
	return p.readTable(b)
}
