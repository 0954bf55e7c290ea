package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"tracksync/internal/cli"
)

// The topics of the help that are sections of the page about tracksync. Those that are not
// named here are pages of their own, in section 5 of the manual.
var inMainPage = map[string]string{"exit-codes": "EXIT STATUS", "environment": "ENVIRONMENT"}

// valueOfFlag finds the names of a flag, and what stands for its value.
var valueOfFlag = regexp.MustCompile(`^(.*--\S+)(.*)$`)

// A page is a manual page that is being written, in the language of man(7).
type page struct{ strings.Builder }

// pages are all pages by their file names.
func pages(root *cobra.Command, version, date string) map[string]string {
	all := map[string]string{"tracksync.1": mainPage(root, version, date)}
	for _, cmd := range root.Commands() {
		name := "tracksync-" + cmd.Name()
		switch {
		case inMainPage[cmd.Name()] != "":
		case cmd.IsAdditionalHelpTopicCommand():
			var p page
			p.begin(name, "5", cmd.Short, version, date)
			p.section("DESCRIPTION")
			p.verbatim(cmd.Long)
			p.seeAlso("tracksync(1)")
			all[name+".5"] = p.String()
		default:
			all[name+".1"] = commandPage(cmd, name, version, date)
		}
	}
	return all
}

func mainPage(root *cobra.Command, version, date string) string {
	var p page
	p.begin("tracksync", "1", root.Short, version, date)
	p.section("SYNOPSIS")
	p.line(".B tracksync")
	p.line(".I COMMAND")
	p.section("DESCRIPTION")
	p.paragraphs(root.Long)
	p.section("COMMANDS")
	var also []string
	for _, cmd := range root.Commands() {
		switch {
		case !cmd.IsAdditionalHelpTopicCommand():
			p.term(fmt.Sprintf(`\fB%s\fR(1)`, escaped("tracksync-"+cmd.Name())), cmd.Short)
			also = append(also, "tracksync-"+cmd.Name()+"(1)")
		case inMainPage[cmd.Name()] == "":
			also = append(also, "tracksync-"+cmd.Name()+"(5)")
		}
	}
	p.line(".PP")
	p.line(escaped("tracksync completion SHELL prints a script that completes commands and flags."))
	p.flags(root)
	for _, topic := range []string{"exit-codes", "environment"} {
		cmd, _, _ := root.Find([]string{topic})
		_, text, _ := strings.Cut(cmd.Long, "\n\n") // without its own title
		p.section(inMainPage[topic])
		p.verbatim(text)
	}
	p.examples(root)
	p.seeAlso(also...)
	return p.String()
}

func commandPage(cmd *cobra.Command, name, version, date string) string {
	var p page
	p.begin(name, "1", cmd.Short, version, date)
	p.section("SYNOPSIS")
	p.line(fmt.Sprintf(`\fB%s\fR %s`, cmd.CommandPath(), escaped(strings.TrimPrefix(cmd.UseLine(), cmd.CommandPath()+" "))))
	p.section("DESCRIPTION")
	p.paragraphs(cmd.Long)
	p.flags(cmd)
	p.examples(cmd)
	p.seeAlso("tracksync(1)", "tracksync-manifests(5)")
	return p.String()
}

// begin writes what every page begins with.
func (p *page) begin(name, section, short, version, date string) {
	p.line(fmt.Sprintf(`.TH %s %s "%s" "%s" "tracksync's manual"`, strings.ToUpper(name), section, date, version))
	p.section("NAME")
	p.line(escaped(name) + ` \- ` + escaped(strings.ToLower(short[:1])+short[1:]))
}

func (p *page) line(text string) { p.WriteString(text + "\n") }

func (p *page) section(title string) { p.line(".SH " + title) }

// paragraphs writes text whose lines may be broken anew.
func (p *page) paragraphs(text string) {
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			p.line(".PP")
		}
		p.line(escaped(strings.TrimRight(paragraph, "\n")))
	}
}

// verbatim writes text as it is.
func (p *page) verbatim(text string) {
	p.line(".nf")
	p.line(escaped(strings.TrimRight(text, "\n")))
	p.line(".fi")
}

// term writes a word and what it means.
func (p *page) term(term, meaning string) {
	p.line(".TP")
	p.line(term)
	p.line(escaped(meaning))
}

// flags writes the flags of a command in the groups of its help.
func (p *page) flags(cmd *cobra.Command) {
	cmd.InitDefaultHelpFlag()
	p.section("OPTIONS")
	for _, group := range cli.FlagGroups(cmd) {
		p.line(".SS " + escaped(group.Title))
		for line := range strings.Lines(group.Flags.FlagUsagesWrapped(0)) {
			names, usage, _ := strings.Cut(strings.TrimSpace(line), "   ")
			option := valueOfFlag.FindStringSubmatch(names)
			p.term(`\fB`+escaped(option[1])+`\fR\fI`+escaped(option[2])+`\fR`, strings.TrimSpace(usage))
		}
	}
}

func (p *page) examples(cmd *cobra.Command) {
	if cmd.Example != "" {
		p.section("EXAMPLES")
		p.verbatim(cmd.Example)
	}
}

func (p *page) seeAlso(names ...string) {
	p.section("SEE ALSO")
	for i, name := range names {
		word, section, _ := strings.Cut(name, "(")
		end := ","
		if i == len(names)-1 {
			end = ""
		}
		p.line(fmt.Sprintf(".BR %s (%s%s", escaped(word), section, end))
	}
}

// escaped is text without a meaning to man: hyphens can be copied, and no line is a request.
func escaped(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "^", `\(ha`, "~", `\(ti`, "`", `\(ga`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
