package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"tracksync/internal/display"
	"tracksync/internal/sandbox"
	"tracksync/internal/terminal"
	"tracksync/internal/testkit"
)

func TestEveryCommandHasHelp(t *testing.T) {
	a := &app{log: &terminal.Messages{}}
	root := a.root()
	for _, cmd := range append(root.Commands(), root) {
		topic := cmd.IsAdditionalHelpTopicCommand()
		if cmd.Long == "" || cmd.Example == "" != topic || cmd.Short == "" {
			t.Errorf("%s: long %q, example %q", cmd.Name(), cmd.Long, cmd.Example)
		}
	}
	texts, err := helpTexts.ReadDir("help")
	if err != nil || len(texts) != len(root.Commands())+1 {
		t.Errorf("%d texts, %v", len(texts), err)
	}
}

// The help of sync has its flags in groups, the usual five first, and each flag once.
func TestHelpOfSyncIsGrouped(t *testing.T) {
	got := call{args: []string{"sync", "--help"}}.run(t)
	_, usual, _ := strings.Cut(got.out, "\n"+usualFlags+":\n")
	usual, _, _ = strings.Cut(usual, "\n\n")
	if n := len(regexp.MustCompile(`(?m)^ .*--[a-z]`).FindAllString(usual, -1)); n < 5 || !strings.Contains(usual, "--dry-run") {
		t.Errorf("the usual flags are\n%s", usual)
	}
	last := 0
	for _, title := range []string{usualFlags, sendingFlags, rateFlags, stopFlags, outputFlags, manifestFlags,
		connectionFlags, everyFlags} {
		at := strings.Index(got.out, "\n"+title+":\n")
		if at < last {
			t.Errorf("%q stands at %d, after %d", title, at, last)
		}
		last = at
	}
	if strings.Contains(got.out, "\n"+ownFlags+":\n") {
		t.Errorf("some flags are in no group:\n%s", got.out)
	}
	root := (&app{log: &terminal.Messages{}}).root()
	cmd, _, err := root.Find([]string{"sync"})
	if err != nil {
		t.Fatal(err)
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		lines := regexp.MustCompile(`(?m)^ +(-\w, )?--`+f.Name+`\b[^-]`).FindAllString(got.out, -1)
		if n := len(lines); n != 1 {
			t.Errorf("--%s stands in %d places", f.Name, n)
		}
	})
	for line := range strings.Lines(got.out) {
		if display.Columns(strings.TrimRight(line, "\n")) > helpWidth {
			t.Errorf("a line of %d columns: %s", display.Columns(line), line)
		}
	}
}

// A word that is no command leads to one.
func TestUnknownCommands(t *testing.T) {
	file := manifest(t, threeRows)
	for _, tc := range []struct {
		name  string
		args  []string
		says  []string
		lacks string
	}{
		{"a typing mistake", []string{"snyc", "tracks.csv"}, []string{"unknown command", "did you mean sync?"}, ""},
		{"with a flag that the root does not know", []string{"snyc", "--yes", "tracks.csv"}, []string{"did you mean sync?"}, ""},
		{"help for it", []string{"help", "snyc"}, []string{"did you mean sync?"}, ""},
		{"nothing like it", []string{"frobnicate"}, []string{"unknown command", "--help"}, "did you mean"},
		{"a manifest", []string{file}, []string{"sync and validate take a manifest"}, "did you mean"},
		{"a manifest with a flag", []string{file, "--yes"}, []string{"take a manifest"}, ""},
		{"a manifest that is missing", []string{"no-tracks.csv"},
			[]string{"take a manifest", "tracksync plan no-tracks.csv"}, ""},
		{"standard input", []string{"-"}, []string{"take a manifest"}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := call{args: tc.args}.run(t)
			for _, want := range tc.says {
				if got.code != exitUsage || got.out != "" || !strings.Contains(got.err, want) {
					t.Errorf("exit %d, want %q in\n%s%s", got.code, want, got.out, got.err)
				}
			}
			if tc.lacks != "" && strings.Contains(got.err, tc.lacks) {
				t.Errorf("%q in\n%s", tc.lacks, got.err)
			}
		})
	}
}

// A dry run shows the plan, says that it is one, and leaves nothing behind.
func TestDryRun(t *testing.T) {
	for _, tc := range []struct {
		name  string
		flags []string
		rows  string
		code  int
		out   string
		err   string
		calls bool // the API was called
	}{
		{"changes", []string{"--dry-run"}, threeRows, exitOK, "volume 100 → 10", "dry run", true},
		{"short", []string{"-n"}, threeRows, exitOK, "3 of 3 rows would change", "nothing is sent", true},
		{"json", []string{"-n", "--json"}, threeRows, exitOK, `"changes":`, "dry run", true},
		{"with flags of a run", []string{"-n", "--yes", "--undo", "--keep", "3", "--canary", "1"}, threeRows, exitOK,
			"3 of 3 rows would change", "dry run", true},
		{"a missing track", []string{"-n"}, threeRows + "99,5\n", exitRows, "does not exist", "dry run", true},
		{"a bad manifest", []string{"-n"}, "id,volume\nx,1\n", exitUsage, "", "the manifest cannot be used", false},
		{"a bad flag of a run", []string{"-n", "--max-failures", "0"}, threeRows, exitUsage, "", "--max-failures", false},
		{"resume", []string{"-n", "--resume", "latest"}, threeRows, exitUsage, "", "--resume", false},
		{"stream", []string{"-n", "--stream"}, threeRows, exitUsage, "", "--stream", false},
		{"summary-md", []string{"-n", "--summary-md", "s.md"}, threeRows, exitUsage, "", "plan --md", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			env, box := serve(t, sandbox.Config{Exists: func(id int64) bool { return id <= 3 }})
			got := call{args: append(append([]string{"sync"}, tc.flags...), manifest(t, tc.rows)), env: env}.run(t)
			if got.code != tc.code || !strings.Contains(got.out, tc.out) || !strings.Contains(got.err, tc.err) {
				t.Errorf("exit %d\n%s\n%s", got.code, got.out, got.err)
			}
			if s := box.Stats(); s.Applied != 0 || s.Requests > 0 != tc.calls {
				t.Errorf("%+v", s)
			}
			if left, err := os.ReadDir("."); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// The topics of help are sections of README.md.
func TestTopicsAreInREADME(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	readme := strings.ReplaceAll(string(b), "\r\n", "\n")
	for topic, titles := range map[string][]string{
		"exit-codes": {"Exit codes"}, "environment": {"Environment"}, "manifests": {"The manifest", "Manifests", "Spreadsheets"},
	} {
		var text strings.Builder
		for _, title := range titles {
			_, section, found := strings.Cut(readme, "\n### "+title+"\n")
			if !found {
				t.Fatalf("README.md has no section %q", title)
			}
			section, _, _ = strings.Cut(section, "\n#")
			text.WriteString(title + "\n\n" + plainText(section) + "\n")
		}
		testkit.Golden(t, filepath.Join("help", topic+".txt"), []byte(strings.TrimRight(text.String(), "\n")+"\n"))
		got := call{args: []string{"help", topic}}.run(t)
		if got.code != exitOK || got.err != "" || got.out != strings.TrimRight(text.String(), "\n")+"\n" {
			t.Errorf("help %s: exit %d\n%s%s", topic, got.code, got.out, got.err)
		}
	}
}

var (
	link   = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	marks  = regexp.MustCompile("`+|\\*\\*")
	fence  = regexp.MustCompile("(?m)^```.*\n")
	bullet = regexp.MustCompile(`^(- |\d+\. )`)
)

// plainText is a section of Markdown as a terminal shows it: paragraphs and bullets wrapped,
// tables with what a key means beside or below it, and code indented.
func plainText(markdown string) string {
	const width, below = 80, "      "
	var b strings.Builder
	for i, part := range fence.Split(markdown, -1) {
		if i%2 == 1 {
			for line := range strings.Lines(part) {
				b.WriteString("    " + line)
			}
			continue
		}
		all, beside := blocks(link.ReplaceAllString(part, "$1")), 0
		for _, block := range all {
			key, _ := cellsOf(marks.ReplaceAllString(block, ""))
			beside = max(beside, len(key))
		}
		for _, block := range all {
			block = marks.ReplaceAllString(block, "")
			first, rest := "", ""
			if lead := bullet.FindString(block); lead != "" {
				first, rest = lead, strings.Repeat(" ", len(lead))
				block = block[len(lead):]
			}
			if strings.HasPrefix(block, "|") {
				key, meaning := cellsOf(block)
				first, rest, block = key+"\n"+below, below, meaning
				if beside < 36 {
					first, rest = fmt.Sprintf("%-*s  ", beside, key), strings.Repeat(" ", beside+2)
				}
			}
			if block == "" {
				b.WriteString("\n")
			}
			for _, line := range display.Wrap(block, width-len(rest)) {
				b.WriteString(first + line + "\n")
				first = rest
			}
		}
	}
	return strings.Trim(regexp.MustCompile(`\n{3,}`).ReplaceAllString(b.String(), "\n\n"), "\n") + "\n"
}

// blocks are what is wrapped as one: a paragraph, a bullet, a row of a table; "" is a gap.
func blocks(markdown string) (all []string) {
	open := false
	for line := range strings.Lines(markdown) {
		line = strings.TrimRight(line, "\n")
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(trimmed, "|--"):
		case trimmed == "" || strings.HasPrefix(trimmed, "|") || bullet.MatchString(line):
			all = append(all, trimmed)
			open = trimmed != ""
		case open:
			all[len(all)-1] += " " + trimmed
		default:
			all, open = append(all, trimmed), true
		}
	}
	return all
}

// cellsOf are the first cells of a row of a table, indented, and the last one.
func cellsOf(row string) (key, meaning string) {
	if !strings.HasPrefix(row, "|") {
		return "", ""
	}
	cells := strings.Split(strings.Trim(row, "| "), " | ")
	last := len(cells) - 1
	return "  " + strings.Join(slices.Compact(cells[:last]), ", "), cells[last]
}
