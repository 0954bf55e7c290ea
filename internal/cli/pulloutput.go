package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tracksync/input"
	"tracksync/internal/run"
)

// outputFormat is the format to write. A name that says another format than
// --format is refused: sync would go by the name.
func (o pullOptions) outputFormat() (input.Format, error) {
	named, err := formatOfOutput(o.output)
	if err != nil {
		return "", usage(fmt.Errorf("--output %s: %w", o.output, err), "for example --output tracks.csv")
	}
	format := input.Format(strings.ToLower(o.format))
	switch {
	case format == "" && named == "":
		return input.CSV, nil
	case format == "":
		return named, nil
	case !slices.Contains(input.Formats(), format):
		return "", usage(fmt.Errorf("--format %q is not a format: %s", o.format, input.FormatNames()), "")
	case named != "" && named != format:
		return "", usage(fmt.Errorf("--format %s does not go with --output %s, which would be read back as %s", format, o.output, named), "leave out --format, or name another file")
	}
	return format, nil
}

// formatOfOutput is the format by which a file of this name is read back; ""
// when its content decides.
func formatOfOutput(name string) (input.Format, error) {
	if strings.EqualFold(filepath.Ext(name), ".gz") {
		return "", errors.New("the file is not compressed")
	}
	format, known := input.FormatOfName(name)
	if known && format == "" {
		return "", errors.New("workbooks are not written; a spreadsheet opens CSV")
	}
	return format, nil
}

// outputFile is the file to replace for pull; standard output is "".
func outputFile(name string) (string, error) {
	if name == "" || name == "-" {
		return "", nil
	}
	return fileToReplace(name)
}

// fileToReplace finds out, before anything is asked of the API, whether a file
// that the user has named can be written: new, or in place of a regular one. A
// link leads to the file to replace: the link itself is the user's, and stays.
func fileToReplace(name string) (string, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		if _, err := os.Lstat(name); err == nil {
			return "", fmt.Errorf("%s is a link to nothing", name)
		}
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		// A device or a pipe would be replaced, not written to.
		return "", fmt.Errorf("%s is not a regular file", name)
	case info.Mode().Perm()&0o200 == 0:
		return "", fmt.Errorf("%s is read-only", name)
	default:
		if name, err = filepath.EvalSymlinks(name); err != nil {
			return "", err
		}
	}
	probe, err := os.CreateTemp(filepath.Dir(name), ".tracksync-*")
	if err != nil {
		var why *fs.PathError
		if errors.As(err, &why) {
			err = why.Err // the name is not one that anybody has given
		}
		return "", fmt.Errorf("no file can be made in %s: %w", filepath.Dir(name), err)
	}
	return run.AsOperand(name), errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// abortableWriter is a writer that takes nothing more once ctx has ended.
type abortableWriter struct {
	ctx context.Context
	w   io.Writer
}

func (a *abortableWriter) Write(p []byte) (int, error) {
	if err := a.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := a.w.Write(p)
	return n, saidOf("standard output", err)
}
