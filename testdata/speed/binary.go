//go:build unix

package main

import (
	"os"
	"path/filepath"
)

func (b *bench) binary() error {
	all, err := inTurn(20, func() (taken, error) { return b.run("", "tracksync", "--version") })
	if err != nil {
		return err
	}
	b.table.alone("tracksync --version", "ms", all[0].each(func(t taken) float64 { return 1000 * t.wall }), atMost(10))
	stripped, err := os.Stat(filepath.Join(b.bin, "tracksync"))
	if err != nil {
		return err
	}
	b.table.alone("stripped binary", "MB", []float64{float64(stripped.Size()) / 1e6}, atMost(20))
	return nil
}
