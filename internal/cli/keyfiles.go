package cli

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/safe"
	"tracksync/internal/stopping"
)

const (
	// maxKeyFile is the most bytes that are read of a key file: a key is short, and a wrong
	// file may be long.
	maxKeyFile = 64 << 10
	// maxAuthorities is the most bytes of a file of certificates. Those of a whole system
	// take a tenth of it.
	maxAuthorities = 8 << 20
	// pipePatience is how long to wait for a pipe that is named instead of a file.
	pipePatience = 10 * time.Second
)

// key returns the key's text, which ParseKey accepts.
func (o connectionOptions) key(a *app) (string, error) {
	text, from := a.Getenv(keyVariable), keyVariable
	if o.keyFile != "" {
		from = o.keyFile
		read, err := a.readSmall(o.keyFile, maxKeyFile)
		if errors.Is(err, fs.ErrNotExist) && a.hidden.Holds(o.keyFile) {
			return "",
				usage(errors.New("the file of --api-key-file does not exist; its name looks like a key, "+
					"so it is not repeated"),
					"put the key into a file and name that, or set "+keyVariable)
		}
		if err != nil {
			return "", asUsage(err, "put the key alone into the file of --api-key-file")
		}
		text = string(read.Text)
		a.warnOfReaders(o.keyFile, read.Info)
	}
	if text == "" && o.keyFile == "" {
		return "", usage(errors.New("there is no API key"),
			"set "+keyVariable+" or --api-key-file, or pass --sandbox to try it out")
	}
	if _, err := api.ParseKey(text); err != nil {
		return "", usage(fmt.Errorf("%s: %w", from, err),
			"copy the key from the project's settings in the BeyondWords dashboard")
	}
	return strings.TrimSpace(text), nil
}

// readSmall reads a short file, which may be a pipe. A signal ends the wait for it.
func (a *app) readSmall(name string, most int64) (safe.Small, error) {
	ctx, release := a.signals.Context(context.Background())
	read, err := safe.ReadSmall(ctx, name, most, pipePatience)
	release()
	if sig := stopping.Of(ctx); sig != nil {
		return safe.Small{}, &failure{code: signalCode(sig), err: errors.New("interrupted; nothing was sent")}
	}
	return read, err
}

// warnOfReaders warns if others on this machine can read the key. It is not an error, because
// secrets that are mounted into containers are often like that.
func (a *app) warnOfReaders(name string, info fs.FileInfo) {
	others := fs.FileMode(0o077)
	if uid, known := safe.Owner(info); known && uid != os.Geteuid() {
		others = 0o007 // this user is one of the group, as with a secret of Kubernetes
	}
	if runtime.GOOS == "windows" || !info.Mode().IsRegular() || info.Mode().Perm()&others == 0 {
		return
	}
	text := "others can read the API key in " + name
	if strings.HasPrefix(name, "-") {
		name = "." + string(filepath.Separator) + name
	}
	if fix, ok := a.Shell.Words([]string{"chmod", "600", name}); ok {
		text += "; to keep it to yourself: " + fix
	}
	a.log.Warn().Msg(safe.Line(text))
}

// readAuthorities reads certificates that are trusted in addition to the system's.
func (a *app) readAuthorities(name string) (*x509.CertPool, error) {
	read, err := a.readSmall(name, maxAuthorities)
	if err != nil {
		return nil, err
	}
	pool, err := api.ParseAuthorities(read.Text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return pool, nil
}
