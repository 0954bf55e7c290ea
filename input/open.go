package input

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"tracksync/internal/safe"
	"tracksync/internal/track"
)

// Manifest is one or more files that are read as one manifest, in the order of the
// arguments. Open makes it. Rows may be used once Check has succeeded. Check must
// not be called concurrently with anything else; Rows may.
type Manifest struct {
	opts    Options
	rules   rules
	sources []*source
	summary Summary
	all     Counts // of the rows of all shards
	checked bool

	repeated  repeated
	uncertain []uncertain // rows that are invalid because an invalid row may be about the same track
	only      map[track.ID]bool
	ids       idList // see Manifest.IDs
	warnings  warningList
	names     caseNames
	whole     []located // problems that are known only when everything was read
}

// source is one argument.
type source struct {
	index  int
	name   string // as it was given
	file   *verifiedFile
	closer io.Closer

	format Format
	shape  shape
	found  found
	book   *openBook // of a workbook, once it was opened
}

// shape is how a file is written, without its rows.
type shape struct {
	Layout
	table *track.Table // tables only
	noIDs bool         // a table without an id column
	// ignoredHint says which ignored column may hold a field.
	ignoredHint string
}

// found is what the first pass has found in a file.
type found struct {
	Contents
	volumes volumes
	smells  smells
	refused bool // the file itself has a problem
	partly  bool // some row could not be read
}

func newManifest(opts Options) *Manifest {
	opts.Encoding, _ = ParseEncoding(opts.Encoding) // Open has checked it
	m := &Manifest{opts: opts, rules: newRules(opts)}
	if len(opts.Only) > 0 {
		m.only = make(map[track.ID]bool, len(opts.Only))
		for _, id := range opts.Only {
			m.only[id] = false
		}
	}
	return m
}

// newSource makes a source. If no format is given, the extension of its name decides, or
// its content if the extension is unknown.
func newSource(index int, name string, file io.ReaderAt, given Format) *source {
	src := &source{index: index, name: name, file: newVerifiedFile(file), format: given}
	if given == "" {
		src.format, _ = FormatOfName(withoutGZ(name))
	}
	return src
}

// Copy holds the bytes of an argument that can be read only once. *os.File is one.
type Copy interface {
	io.Writer
	io.ReaderAt
	io.Closer
}

// opened is an argument that can be read at any offset.
type opened interface {
	io.ReaderAt
	io.Closer
}

// Spool makes the place for the copy of the argument with this name.
type Spool func(name string) Copy

// Open opens all manifests that args name. "-" is stdin. It reports all those that
// cannot be opened together, as Problems.
//
// Standard input and pipes cannot be read twice. Open copies each of them, until ctx
// ends, to a Copy from spool, which Close closes. With a nil spool such arguments are
// refused.
//
// An error that is not Problems is about opts or ctx.
func Open(ctx context.Context, args []string, stdin io.Reader, spool Spool, opts Options) (*Manifest, error) {
	if err := opts.check(); err != nil {
		return nil, err
	}
	if len(args) == 0 {
		return nil, errors.New("no manifest was named")
	}
	m := newManifest(opts)
	var problems Problems
	fail := func(name, message, hint string) {
		problems = append(problems, track.Problem{Position: track.Position{File: name}, Message: message, Hint: hint})
	}
	stdinUsed := false
	for i, name := range args {
		if name == "-" && stdinUsed {
			fail(name, "standard input is named twice", "it can be read once")
			continue
		}
		stdinUsed = stdinUsed || name == "-"
		file, err := openArgument(ctx, name, stdin, spool)
		if ctx.Err() != nil {
			return nil, errors.Join(context.Cause(ctx), closeFile(file), m.Close())
		}
		if err != nil {
			err = errors.Join(err, closeFile(file))
			fail(name, openMessage(err), openHint(err))
			continue
		}
		src := newSource(i, name, file, opts.Format)
		src.closer = file
		m.sources = append(m.sources, src)
	}
	if len(problems) > 0 {
		if err := m.Close(); err != nil {
			return nil, errors.Join(problems, err)
		}
		return nil, problems
	}
	return m, nil
}

// openArgument returns what can be read at any offset; nil beside an error.
func openArgument(ctx context.Context, name string, stdin io.Reader, spool Spool) (opened, error) {
	if name == "-" {
		return spoolAll(ctx, name, stdin, spool)
	}
	file, err := openFile(ctx, name)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, errors.Join(err, file.Close())
	case info.IsDir():
		return nil, errors.Join(errDirectory, file.Close())
	case info.Mode().IsRegular():
		return file, nil
	}
	copied, err := spoolAll(ctx, name, file, spool)
	return copied, errors.Join(err, file.Close())
}

var (
	errDirectory = errors.New("this is a directory")
	errNoSpool   = errors.New("this can only be read once, and there is no place to store it")
)

func spoolAll(ctx context.Context, name string, r io.Reader, spool Spool) (opened, error) {
	if spool == nil {
		return nil, errNoSpool
	}
	file := spool(name)
	if err := copyAtMost(file, &abortableReader{ctx, r}, maxSpooled); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// openMessage says why a file cannot be opened. Its name is in the position.
func openMessage(err error) string {
	var pathErr *fs.PathError
	switch {
	case errors.Is(err, errNotCopied):
		return err.Error()
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file"
	case errors.Is(err, fs.ErrPermission):
		if other := safe.ForeignOwner(err); other != nil {
			return "there is no permission to read the file: " + other.Error()
		}
		return "there is no permission to read the file"
	case errors.As(err, &pathErr):
		return "cannot be opened: " + pathErr.Err.Error()
	}
	return err.Error()
}

func openHint(err error) string {
	switch {
	case errors.Is(err, errDirectory):
		return "name the manifests in it"
	case errors.Is(err, errNotCopied):
		return "make room for it (see TMPDIR), or save it to a file and name that"
	case errors.Is(err, fs.ErrPermission):
		if other := safe.ForeignOwner(err); other != nil && other.Hint != "" {
			return other.Hint
		}
		return "check its permissions"
	case errors.Is(err, errEndless):
		return "save it to a file, and name that"
	}
	return ""
}

// Close closes the manifests' files.
func (m *Manifest) Close() error {
	var errs []error
	for _, src := range m.sources {
		errs = append(errs, src.closer.Close())
	}
	m.sources = nil
	return errors.Join(errs...)
}

func closeFile(file io.Closer) error {
	if file == nil {
		return nil
	}
	return file.Close()
}
