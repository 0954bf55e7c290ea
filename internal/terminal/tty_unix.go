//go:build !windows

package terminal

import (
	"os"

	"tracksync/internal/safe"
)

// Name is the controlling terminal, as a file.
const Name = "/dev/tty"

func understandsEscapes(*os.File) bool { return true }

func shell() safe.Shell { return safe.POSIX }
