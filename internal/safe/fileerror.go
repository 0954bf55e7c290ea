package safe

import "fmt"

func writeError(path string, err error) error {
	if err != nil {
		return fileError{fmt.Errorf("write %s: %w", path, err)}
	}
	return nil
}

// fileError shows an error that contains file names as one safe line.
type fileError struct{ err error }

func (e fileError) Error() string { return ErrorLine(e.err) }
func (e fileError) Unwrap() error { return e.err }
