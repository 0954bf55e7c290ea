// Package version says what was built, from the information that the Go tool puts into
// the binary.
package version

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// built is set by the linker (-X) where the Go tool cannot see the history
// of the source, as in a container; empty in a plain build.
var built string

// Module is the module's version alone, as a program is told it.
func Module() string {
	if built != "" {
		return built
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}

// Full is the module's version, the commit, the Go version and the platform.
func Full() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := Module()
	var revision, modified string
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value
		case "vcs.modified":
			if s.Value == "true" {
				modified = ", modified"
			}
		}
	}
	// A pseudo-version holds the commit already.
	if len(revision) >= 12 && !strings.Contains(v, revision[:12]) {
		v += " (" + revision[:12] + modified + ")"
	}
	return fmt.Sprintf("%s, %s %s/%s", v, info.GoVersion, runtime.GOOS, runtime.GOARCH)
}
