package safe

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// DirError tells why a directory is not safe to write files into.
type DirError struct {
	Path string
	Why  string // continues a sentence that begins with the path
	Hint string // what to do; empty: name another directory
}

func (e *DirError) Error() string { return e.Path + " " + e.Why }

// Dir is an open directory.
type Dir struct {
	*os.Root
	// Shared are the permission bits (0o060, 0o006) of the classes of users, besides
	// the owner, that may create files in it; 0: none.
	Shared fs.FileMode
}

// OwnDir opens a directory in which no other user can rename or replace files: it
// belongs to this user or to root, and either others can't write in it or it has the
// sticky bit. A missing directory is created with mode 0700. A *DirError tells what
// is wrong with an existing one.
//
// On Windows it only checks that the path is a directory and not a link.
func OwnDir(path string) (*Dir, error) {
	path = filepath.Clean(path) // a slash at the end would follow a link
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

// sharedBits are the read and write bits of each class that may write.
func sharedBits(perm fs.FileMode) (bits fs.FileMode) {
	for _, class := range []fs.FileMode{0o060, 0o006} {
		if perm&class&0o222 != 0 {
			bits |= class
		}
	}
	return bits
}

// writableByOthers refuses a directory in which others can replace this user's
// files.
func writableByOthers(path string, mode fs.FileMode) error {
	if mode.Perm()&0o022 == 0 || mode&fs.ModeSticky != 0 {
		return nil
	}
	return &DirError{Path: path, Why: fmt.Sprintf("may be written by others (mode %04o)", mode.Perm()),
		Hint: "take that right away (chmod go-w), or make it sticky (chmod +t) if it is shared on purpose"}
}
