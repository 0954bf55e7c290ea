//go:build unix

package safe

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

func trusted(path string, info fs.FileInfo) error {
	uid, known := Owner(info)
	if me := os.Geteuid(); known && uid != 0 && uid != me {
		return &DirError{Path: path, Why: fmt.Sprintf("belongs to another user (uid %d, and this is %d)", uid, me)}
	}
	return writableByOthers(path, info.Mode())
}

// Owner is the user who owns a file.
func Owner(info fs.FileInfo) (uid int, known bool) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(s.Uid), true
}
