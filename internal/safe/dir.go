package safe

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// DirError is that a directory is not one to put files into.
type DirError struct {
	Path string
	Why  string // after the path
	Hint string // what to do; empty: name another
}

func (e *DirError) Error() string { return e.Path + " " + e.Why }

// Dir is a directory that was opened.
type Dir struct {
	*os.Root
	// Shared are the bits (0o060, 0o006) of those beside its owner who may make
	// files in it; 0: nobody else may.
	Shared fs.FileMode
}

// OwnDir opens a directory whose names no other user can change: it belongs to
// this user or to root, and others cannot write in it unless they can touch only
// what is theirs (the sticky bit). If it is not there, it is made, for this user
// alone. A *DirError says what is wrong with the one that is there.
//
// On Windows, where the rights of a directory are another matter, it checks that
// it is a directory, and no link.
func OwnDir(path string) (*Dir, error) {
	path = filepath.Clean(path) // a slash at its end would follow a link
	was, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(path, 0o700); err != nil {
			return nil, err
		}
		was, err = os.Lstat(path)
	}
	switch {
	case err != nil:
		return nil, err
	case was.Mode()&fs.ModeSymlink != 0:
		return nil, &DirError{Path: path, Why: "is a link", Hint: "name the directory that it leads to"}
	case !was.IsDir():
		return nil, &DirError{Path: path, Why: "is " + kindOf(was.Mode()) + ", not a directory"}
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	is, err := root.Stat(".")
	if err == nil && !os.SameFile(was, is) {
		err = &DirError{Path: path, Why: "was replaced while it was being opened"}
	}
	if err == nil {
		err = trusted(path, is)
	}
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return &Dir{root, sharedBits(is.Mode().Perm())}, nil
}

// sharedBits are the bits to read and write of those who may write.
func sharedBits(perm fs.FileMode) (bits fs.FileMode) {
	for _, class := range []fs.FileMode{0o060, 0o006} {
		if perm&class&0o222 != 0 {
			bits |= class
		}
	}
	return bits
}

// writableByOthers refuses a directory in which others may replace this user's
// files.
func writableByOthers(path string, mode fs.FileMode) error {
	if mode.Perm()&0o022 == 0 || mode&fs.ModeSticky != 0 {
		return nil
	}
	return &DirError{Path: path, Why: fmt.Sprintf("may be written by others (mode %04o)", mode.Perm()),
		Hint: "take that right away (chmod go-w), or make it sticky (chmod +t) if it is shared on purpose"}
}
