package cli

import (
	"embed"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tracksync/internal/terminal"
)

// helpTexts has one file per command and topic: what it is about and, after the line
// "Examples:", examples.
//
//go:embed help/*.txt
var helpTexts embed.FS

// addHelp sets the texts of a command and its subcommands.
func addHelp(cmd *cobra.Command) {
	text, err := helpTexts.ReadFile("help/" + cmd.Name() + ".txt")
	if err == nil {
		long, examples, _ := strings.Cut(string(text), "\n\nExamples:\n")
		cmd.Long, cmd.Example = strings.TrimRight(long, "\n"), strings.TrimRight(examples, "\n")
	}
	for _, below := range cmd.Commands() {
		addHelp(below)
	}
}

// topics are what help knows besides commands. Their texts are sections of README.md.
func topics() []*cobra.Command {
	return []*cobra.Command{
		{Use: "exit-codes", Short: "What the exit codes mean"},
		{Use: "manifests", Short: "What a manifest may look like"},
		{Use: "environment", Short: "The environment variables that are read"},
	}
}

// The groups of flags of commands that have many.
const (
	ownFlags        = "Flags"
	usualFlags      = "The flags that most people need"
	sendingFlags    = "What to send"
	rateFlags       = "How fast"
	stopFlags       = "When to stop"
	outputFlags     = "Where it goes"
	manifestFlags   = "The manifest"
	connectionFlags = "The connection"
	everyFlags      = "Of every command"
)

// groupOf is the annotation of a flag with the title of its group.
const groupOf = "group"

// addGroup adds the flags that add adds, as a group of the help.
func addGroup(f *pflag.FlagSet, title string, add ...func(*pflag.FlagSet)) {
	part := pflag.NewFlagSet(title, pflag.ContinueOnError)
	part.SortFlags = false
	for _, a := range add {
		a(part)
	}
	part.VisitAll(func(flag *pflag.Flag) {
		flag.Annotations = map[string][]string{groupOf: {title}}
		f.AddFlag(flag)
	})
}

// helpWidth is the width of help that does not go to a terminal, and the most that it takes.
const helpWidth = 100

// showHelp shows what a command does, its flags by their groups, and examples.
func (a *app) showHelp(cmd *cobra.Command, _ []string) {
	var b strings.Builder
	b.WriteString(cmd.Long + "\n")
	if !cmd.IsAdditionalHelpTopicCommand() {
		writeUsage(&b, cmd)
		width := helpWidth
		if a.OutTerminal {
			width = min(width, a.Width())
		}
		writeFlags(&b, cmd, width)
	}
	_, _ = io.WriteString(a.Out, a.OutStyle().Plain(b.String())) // Main reports an output that cannot be written
}

// writeUsage writes how a command is called, examples, and the commands below it.
func writeUsage(b *strings.Builder, cmd *cobra.Command) {
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(b, "\nUsage:\n  %s COMMAND\n", cmd.CommandPath())
	} else {
		fmt.Fprintf(b, "\nUsage:\n  %s\n", cmd.UseLine())
	}
	if cmd.Example != "" {
		fmt.Fprintf(b, "\nExamples:\n%s\n", cmd.Example)
	}
	writeList(b, "Commands", cmd, (*cobra.Command).IsAvailableCommand)
	writeList(b, "Topics, which help knows too", cmd, (*cobra.Command).IsAdditionalHelpTopicCommand)
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(b, "\n%s COMMAND --help says more about a command.\n", cmd.CommandPath())
	}
}

// writeList lists the commands below cmd that are wanted.
func writeList(b *strings.Builder, title string, cmd *cobra.Command, wanted func(*cobra.Command) bool) {
	for _, below := range cmd.Commands() {
		if !wanted(below) {
			continue
		}
		if title != "" {
			fmt.Fprintf(b, "\n%s:\n", title)
			title = ""
		}
		fmt.Fprintf(b, "  %-*s %s\n", below.NamePadding(), below.Name(), below.Short)
	}
}

// writeFlags writes the flags of a command, group by group.
func writeFlags(b *strings.Builder, cmd *cobra.Command, width int) {
	for _, group := range FlagGroups(cmd) {
		fmt.Fprintf(b, "\n%s:\n%s", group.Title, group.Flags.FlagUsagesWrapped(width))
	}
}

// FlagGroup is flags of a command that its help shows under one title.
type FlagGroup struct {
	Title string
	Flags *pflag.FlagSet
}

// FlagGroups are the flags of a command as its help shows them, those of every command last.
func FlagGroups(cmd *cobra.Command) (groups []FlagGroup) {
	add := func(title string, flag *pflag.Flag) {
		at := slices.IndexFunc(groups, func(g FlagGroup) bool { return g.Title == title })
		if at < 0 {
			at = len(groups)
			groups = append(groups, FlagGroup{Title: title, Flags: pflag.NewFlagSet(title, pflag.ContinueOnError)})
			groups[at].Flags.SortFlags = false
		}
		groups[at].Flags.AddFlag(flag)
	}
	every := cmd.Root().PersistentFlags()
	help := cmd.Flags().Lookup("help")
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		switch title := flag.Annotations[groupOf]; {
		case flag == help || every.Lookup(flag.Name) != nil:
		case len(title) > 0:
			add(title[0], flag)
		default:
			add(ownFlags, flag)
		}
	})
	every.VisitAll(func(flag *pflag.Flag) { add(everyFlags, flag) })
	if help != nil {
		add(everyFlags, help)
	}
	return groups
}

// Commands is the tree of all commands and topics, for programs that write about them. They
// cannot be run.
func Commands() *cobra.Command {
	a := &app{log: &terminal.Messages{}}
	return a.root()
}

// helpCommand shows the help of a command or a topic.
func (a *app) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND | TOPIC]",
		Short: "Say what a command does, or explain a topic",
		Long:  "help says what a command does, or explains a topic.",
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return a.unknownCommand(cmd.Root(), args[0])
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
	}
}
