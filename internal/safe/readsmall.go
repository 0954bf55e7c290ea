package safe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"tracksync/internal/defect"
)

// ErrTooLong means that a file is longer than allowed.
var ErrTooLong = errors.New("too long")

// errSilent means that nothing came through a pipe in time, or that it was not closed.
var errSilent = errors.New("nothing more came through the pipe in time")

// Small is a short file, read completely.
type Small struct {
	Text []byte
	// Info tells the kind of the file, its permissions and its owner.
	Info fs.FileInfo
}

// ReadSmall reads a short file, such as a key, completely. It may be a pipe, because
// shells and secret stores pass secrets through pipes. Reading a pipe stops after
// wait, or when ctx is done. A file of more than most bytes is refused.
func ReadSmall(ctx context.Context, path string, most int64, wait time.Duration) (Small, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Small{}, err
	}
	if info.Mode()&fs.ModeNamedPipe != 0 {
		ctx, cancel := context.WithTimeoutCause(ctx, wait, &fs.PathError{Op: "read", Path: path, Err: errSilent})
		defer cancel()
		text, err := readPipe(ctx, path, most)
		return Small{text, info}, err
	}
	f, err := Open(path)
	if err != nil {
		return Small{}, err
	}
	if info, err = f.Stat(); err != nil {
		return Small{}, errors.Join(err, f.Close())
	}
	text, err := readAll(f, path, most)
	return Small{text, info}, errors.Join(err, f.Close())
}

// readPipe reads a pipe to its end. Opening and reading may both block forever, and
// neither can be cancelled, so the goroutine of a silent pipe stays until the process
// ends, which is soon.
func readPipe(ctx context.Context, path string, most int64) ([]byte, error) {
	type read struct {
		text []byte
		err  error
	}
	done := make(chan read, 1)
	go func() {
		var r read
		r.err = defect.Do(func() error {
			f, err := os.Open(path)
			if err != nil {
				return err
			}
			r.text, err = readPiped(f, path, most)
			return errors.Join(err, f.Close())
		})
		done <- r
	}()
	select {
	case r := <-done:
		return r.text, r.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func readPiped(f *os.File, path string, most int64) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Mode()&fs.ModeNamedPipe == 0 && !info.Mode().IsRegular() {
		return nil, notRegular(path, info.Mode())
	}
	return readAll(f, path, most)
}

func readAll(r io.Reader, path string, most int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(b)) > most {
		return nil, &fs.PathError{Op: "read", Path: path,
			Err: fmt.Errorf("it has more than %d bytes: %w", most, ErrTooLong)}
	}
	return b, err
}
