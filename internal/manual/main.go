// Command manual writes the manual pages and the completions that packages contain. They are
// made from the commands when packages are built, so that they are never out of date:
//
//	go run ./internal/manual DIR VERSION DATE
//
// DIR/man has a page for tracksync, one for each of its commands, and one about manifests.
// DIR/completions has a script for each shell.
//
// It is a program of its own, and not a command of tracksync, so that it adds nothing to the
// binary. The pages have the texts of the help. The same arguments give the same bytes.
package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"tracksync/internal/cli"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: go run ./internal/manual DIR VERSION DATE")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// write writes all pages and scripts below dir.
func write(dir, version, date string) error {
	root := cli.Commands()
	for name, page := range pages(root, "tracksync "+version, date) {
		packed, err := packed(page)
		if err == nil {
			err = writeFile(filepath.Join(dir, "man", name+".gz"), packed)
		}
		if err != nil {
			return err
		}
	}
	return writeCompletions(root, filepath.Join(dir, "completions"))
}

// writeCompletions names each script as its shell looks for it.
func writeCompletions(root *cobra.Command, dir string) error {
	for name, generate := range map[string]func(io.Writer) error{
		"tracksync.bash": func(w io.Writer) error { return root.GenBashCompletionV2(w, true) },
		"_tracksync":     root.GenZshCompletion,
		"tracksync.fish": func(w io.Writer) error { return root.GenFishCompletion(w, true) },
		"tracksync.ps1":  root.GenPowerShellCompletionWithDesc,
	} {
		var script bytes.Buffer
		if err := errors.Join(generate(&script), writeFile(filepath.Join(dir, name), script.Bytes())); err != nil {
			return err
		}
	}
	return nil
}

// packed compresses a page as Debian's policy asks.
func packed(page string) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = z.Write([]byte(page))
		err = errors.Join(err, z.Close())
	}
	return b.Bytes(), err
}

func writeFile(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o644)
}
