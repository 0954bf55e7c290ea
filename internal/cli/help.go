package cli

import (
	"embed"
	"strings"

	"github.com/spf13/cobra"
)

// helpTexts has one file per command: what it does and, after the line "Examples:",
// examples.
//
//go:embed help/*.txt
var helpTexts embed.FS

// addHelp sets the texts of a command and its subcommands.
func addHelp(cmd *cobra.Command) {
	text, err := helpTexts.ReadFile("help/" + cmd.Name() + ".txt")
	if err == nil {
		long, examples, _ := strings.Cut(string(text), "\n\nExamples:\n")
		cmd.Long, cmd.Example = long, strings.TrimRight(examples, "\n")
	}
	for _, below := range cmd.Commands() {
		addHelp(below)
	}
}
