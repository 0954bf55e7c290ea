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

// ErrTooLong is what the error Is for a file that is longer than it may be.
var ErrTooLong = errors.New("too long")

// errSilent says that nobody wrote to a pipe, or did not close it.
var errSilent = errors.New("nothing more came through the pipe in time")

// Small is a short file that was read whole.
type Small struct {
	Text []byte
	// Mode is what kind of file it is, and who may read it.
	Mode fs.FileMode
}

// ReadSmall reads a short file, such as a key, whole. It may be a pipe, because
// shells and secret stores hand secrets over in pipes: what comes through it is
// waited for no longer than wait, and no longer than ctx lasts. A file of more
// than most bytes is refused.
func ReadSmall(ctx context.Context, path string, most int64, wait time.Duration) (Small, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Small{}, err
	}
	if info.Mode()&fs.ModeNamedPipe != 0 {
		ctx, cancel := context.WithTimeoutCause(ctx, wait, &fs.PathError{Op: "read", Path: path, Err: errSilent})
		defer cancel()
		text, err := readPipe(ctx, path, most)
		return Small{Text: text, Mode: info.Mode()}, err
	}
	f, err := Open(path)
	if err != nil {
		return Small{}, err
	}
	if info, err = f.Stat(); err != nil {
		return Small{}, errors.Join(err, f.Close())
	}
	text, err := readAll(f, path, most)
	return Small{text, info.Mode()}, errors.Join(err, f.Close())
}

// readPipe reads a pipe to its end. To open it and to read it may both wait for
// ever, and neither can be taken back: the goroutine of a pipe that is silent is
// left to the end of the process, which is near.
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
		return nil, &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("it has more than %d bytes: %w", most, ErrTooLong)}
	}
	return b, err
}
