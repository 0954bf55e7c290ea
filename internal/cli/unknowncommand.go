package cli

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"tracksync/input"
	"tracksync/internal/safe"
)

// unknownCommand is the failure of a command line that begins with a word that is no command:
// a word that was mistyped, or a manifest.
func (a *app) unknownCommand(root *cobra.Command, word string) error {
	err := fmt.Errorf("unknown command %q", safe.Line(word))
	if looksLikeManifest(word) {
		err = fmt.Errorf("%q looks like a manifest, and no command is named", safe.Line(word))
		return usage(err, a.manifestCommands(root, word))
	}
	names := root.SuggestionsFor(word)
	if len(names) == 0 {
		return usage(err, "see tracksync --help")
	}
	return usage(err, "did you mean "+strings.Join(names, " or ")+"?")
}

// looksLikeManifest reports whether a word names a file or stands for standard input.
func looksLikeManifest(word string) bool {
	if format, known := input.FormatOfName(word); format != "" || known || word == "-" {
		return true
	}
	info, err := os.Stat(word)
	return err == nil && info.Mode().IsRegular()
}

// manifestCommands says which commands take a manifest.
func (a *app) manifestCommands(root *cobra.Command, manifest string) string {
	var names []string
	for _, cmd := range root.Commands() {
		if strings.Contains(cmd.Use, "MANIFEST") {
			names = append(names, cmd.Name())
		}
	}
	last := len(names) - 1
	hint := strings.Join(names[:last], ", ") + " and " + names[last] + " take a manifest"
	if command, ok := a.Shell.Words([]string{root.Name(), "plan", manifest}); ok {
		hint += ", for example " + command
	}
	return hint
}
