package cli

import (
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
)

// Colours are where a terminal is, unless a variable or the flag says otherwise.
func TestColors(t *testing.T) {
	for _, tc := range []struct {
		name     string
		terminal bool
		variable string
		flags    []string
		coloured bool
	}{
		{"a terminal", true, "", nil, true},
		{"no terminal", false, "", nil, false},
		{"NO_COLOR", true, "1", nil, false},
		{"never", true, "", []string{"--color", "never"}, false},
		{"always", false, "", []string{"--color", "always"}, true},
		{"always counts more than NO_COLOR", false, "1", []string{"--color=always"}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			args := append([]string{"sync", "--sandbox", "--log-format", "human", manifest(t, threeRows)}, tc.flags...)
			got := call{args: args, terminal: tc.terminal, env: map[string]string{"NO_COLOR": tc.variable}}.run(t)
			if coloured := strings.Contains(got.err, "\x1b[32m"); got.code != exitOK || coloured != tc.coloured {
				t.Errorf("exit %d\n%q", got.code, got.err)
			}
		})
	}
	if got := (call{args: []string{"runs", "--color", "red"}}).run(t); got.code != exitUsage {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
}

// The log of a CI server is for people, and moves no cursor even where there is a terminal.
func TestMessagesInCI(t *testing.T) {
	for _, tc := range []struct {
		name, variable, value string
		terminal, human       bool
	}{
		{"CI", "CI", "true", false, true}, {"GitHub", "GITHUB_ACTIONS", "true", false, true},
		{"GitLab", "GITLAB_CI", "true", false, true}, {"a terminal of a job", "CI", "true", true, true},
		{"not CI", "CI", "false", false, false}, {"elsewhere", "OTHER", "true", false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			got := call{args: []string{"sync", "--sandbox", manifest(t, threeRows)}, terminal: tc.terminal,
				env: map[string]string{tc.variable: tc.value}}.run(t)
			human := strings.Contains(got.err, "all 3 rows are as the manifest says") && !strings.HasPrefix(got.err, "{")
			if got.code != exitOK || human != tc.human || strings.Contains(got.err, "\r") {
				t.Errorf("exit %d\n%q", got.code, got.err)
			}
		})
	}
}

// Whoever reads a report of a run in the sandbox sees that no account was changed.
func TestReportsNameTheSandbox(t *testing.T) {
	t.Chdir(t.TempDir())
	hook, texts := chat(t, http.StatusOK)
	sent := call{env: map[string]string{notifyVariable: hook}, terminal: true,
		args: []string{"sync", "--sandbox", "--notify-on", "always", manifest(t, threeRows)}}.run(t)
	said := map[string]string{"sync": sent.err, "notify": strings.Join(*texts, "|")}
	for _, format := range []string{"text", "md", "html"} {
		said[format] = call{args: []string{"report", "latest", "--format", format}}.run(t).out
	}
	said["runs"] = call{args: []string{"runs"}}.run(t).out
	said["runs --json"] = call{args: []string{"runs", "--json"}}.run(t).out
	for what, text := range said {
		want := "the sandbox"
		if what == "runs" {
			want = "tracks.csv (sandbox)"
		} else if what == "runs --json" {
			want = `"base_url": "sandbox"`
		}
		if !strings.Contains(text, want) {
			t.Errorf("%s: %s", what, text)
		}
	}
}

// No name is a command to the runner of GitHub Actions, wherever it stands.
func TestNamesAreNoCommands(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no file can have such a name here")
	}
	t.Chdir(t.TempDir())
	const file = "::stop-commands::x.csv"
	write := func(rows string) {
		if err := os.WriteFile(file, []byte("id,name,volume\n"+rows), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) {
		got := call{env: map[string]string{"GITHUB_ACTIONS": "true"}, args: args}.run(t)
		for line := range strings.Lines(got.out + got.err) {
			if strings.HasPrefix(line, "::error file=") {
				continue
			}
			if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") {
				t.Errorf("%q: %s", args, line)
			}
		}
		if !strings.Contains(got.out+got.err, "stop-commands") {
			t.Errorf("%q: %s%s", args, got.out, got.err)
		}
	}
	write("1,##[add-mask]a,1000\n2,##[add-mask]b,x\n")
	run("validate", "--", file)
	run("plan", "--sandbox", "--", file)
	run("sync", "--sandbox", "--", file)
	write("17,##[add-mask]a,5\n19,##[add-mask]b,7\n")
	run("validate", "--", file)
	run("plan", "--sandbox", "--", file)
	run("sync", "--sandbox", "--limit", "1", "--", file)
	run("report", "--format", "table", "latest")
	run("runs")
}
