package main

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tracksync/input"
	"tracksync/internal/sandbox"
	"tracksync/internal/track"
)

// readmeCommands returns the command lines of the README that run tracksync,
// without comments and output, and with continued lines joined.
func readmeCommands(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var commands []string
	inside, console := false, false
	for line := range strings.SplitSeq(strings.ReplaceAll(string(b), "\\\n", ""), "\n") {
		if strings.HasPrefix(line, "```") {
			inside = !inside
			console = inside && line == "```console"
			continue
		}
		line = strings.TrimSpace(line)
		if console && !strings.HasPrefix(line, "$ ") {
			continue // output
		}
		if inside && !strings.HasPrefix(line, "#") && strings.Contains(line, "tracksync ") {
			commands = append(commands, line)
		}
		if !inside { // commands inside a sentence
			for _, m := range regexp.MustCompile(
				"`(tracksync (?:sync|plan|validate|pull|sandbox|report|runs|schema) [^`]+)`").FindAllStringSubmatch(line, -1) {
				commands = append(commands, m[1])
			}
		}
	}
	return commands
}

// tracksyncCall finds the call of tracksync in a command line of a shell, a
// crontab or a pipeline.
var tracksyncCall = regexp.MustCompile(`(?:^|[ /])tracksync ((?:sync|plan|validate|pull|sandbox|report|runs|schema|completion)\b.*)$`)

// Every command of the README works as it is written, against a sandbox.
func TestReadmeCommands(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program = link(t, program)
	box, err := sandbox.New(sandbox.Config{IDs: []int64{17, 18, 19}, Exists: func(int64) bool { return true }})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	defer server.Close()

	ran := 0
	for _, line := range readmeCommands(t) {
		m := tracksyncCall.FindStringSubmatch(line)
		if m == nil || strings.HasPrefix(m[1], "sandbox") {
			continue // that one serves until it is stopped; its flags are tested elsewhere
		}
		t.Run(line, func(t *testing.T) {
			ran++
			m[1] = strings.ReplaceAll(m[1], `$(date +\%F)`, "2026-11-24") // the shell puts it there
			args := strings.Fields(regexp.MustCompile(`(?:[0-9]*>| \| ).*$`).ReplaceAllString(m[1], ""))
			for i, a := range args {
				if a == "--base-url" { // of a sandbox that is started beside
					args = append(args[:i:i], args[i+2:]...)
					break
				}
			}
			for i, a := range args {
				args[i] = strings.TrimPrefix(a, "/var/lib/prometheus/node-exporter/")
				switch a { // where a container or a service finds them
				case "/run/secrets/key", "/etc/tracksync/key":
					args[i] = "key.txt"
				case "/etc/tracksync/tracks.csv":
					args[i] = "tracks.csv"
				}
			}
			dir := readmeDir(t)
			if strings.Contains(line, "--resume") {
				resumable(t, program, dir)
			}
			if strings.Contains(line, " report ") {
				resumable(t, program, dir)
				resumable(t, program, dir, "--undo", "--out", "before")
				resumable(t, program, dir, "--out", "again")
			}
			cmd := exec.Command(program, args...)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "BEYONDWORDS_API_KEY=write_readme_key",
				"BEYONDWORDS_BASE_URL="+server.URL+"/v1", "TRACKSYNC_LOCK_DIR="+filepath.Join(dir, "locks"))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v: %v\n%s", args, err, out)
			}
		})
	}
	if ran < 10 {
		t.Errorf("only %d commands of the README were found", ran)
	}
}

// readmeDir holds the files that the README's commands name.
func readmeDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	manifest, err := os.ReadFile(filepath.Join("testdata", "manifests", "tracks.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"tracks.xlsx": workbookOf17(t),
		"tracks.csv":  string(manifest), "key.txt": "write_readme_key\n",
		"testdata/manifests/tracks.csv":    string(manifest),
		"tracksync-runs/latest/failed.csv": string(manifest), "failed.csv": string(manifest),
		"tracksync-runs/latest/failed.xlsx": workbookOf17(t),
		"plan.yaml":                         "- id: 17\n  volume: 40\n",
		"tracksync-runs/latest/undo.yaml":   "- id: 17\n  volume: 40\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// workbookOf17 is a workbook with one track.
func workbookOf17(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	w, err := input.NewWriter(&b, input.XLSX, input.WriterOptions{})
	if err == nil {
		err = w.Write(input.Entry{Update: track.Update{ID: 17, Values: track.Values{Volume: track.Value(40)}}})
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// resumable leaves a run in dir.
func resumable(t *testing.T, program, dir string, flags ...string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(dir, "tracksync-runs", "latest")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, append([]string{"sync", "--sandbox", "tracks.csv"}, flags...)...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// link gives the test binary the name by which it is tracksync.
func link(t *testing.T, program string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "tracksync")
	if filepath.Ext(program) == ".exe" {
		name += ".exe"
	}
	if err := os.Link(program, name); err == nil {
		return name
	}
	b, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b, 0o700); err != nil {
		t.Fatal(err)
	}
	return name
}

// Every flag of every command stands in the README, and so do the statuses.
func TestReadmeIsComplete(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	program := link(t, mustExecutable(t))
	for _, command := range []string{"sync", "plan", "validate", "pull", "sandbox", "report"} {
		out, err := exec.Command(program, command, "--help").Output()
		if err != nil {
			t.Fatal(err)
		}
		flags := regexp.MustCompile(`--[a-z][a-z-]+`).FindAllString(string(out), -1)
		if len(flags) < 5 {
			t.Fatalf("%s --help names the flags %v", command, flags)
		}
		for _, flag := range flags {
			if !strings.Contains(string(readme), "`"+flag) {
				t.Errorf("README.md does not say what %s of %s is", flag, command)
			}
		}
	}
}

// The flags of sync stand in the groups of its help, and in the same order.
func TestReadmeFlagsAreGrouped(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	help, err := exec.Command(link(t, mustExecutable(t)), "sync", "--help").Output()
	if err != nil {
		t.Fatal(err)
	}
	_, listed, _ := strings.Cut(string(help), "\nThe flags that")
	listed, _, _ = strings.Cut("\nThe flags that"+listed, "\nOf every command")
	_, rest, _ := strings.Cut(string(readme), "\n### Flags\n")
	for _, found := range regexp.MustCompile(`(?m)^(?:([A-Z][^:\n]*):| +(?:-., )?(--[a-z-]+))`).FindAllStringSubmatch(listed, -1) {
		next, ok := "\n"+found[1], false
		if found[2] != "" {
			next = "\n| `" + found[2]
		}
		if _, rest, ok = strings.Cut(rest, next); !ok {
			t.Fatalf("README.md has no %q in its place", next)
		}
	}
}

// question matches the lines of a question, which only a terminal shows.
var question = regexp.MustCompile(`^(Start\? |  account |  first |            track )`)

// The output that the README shows is what its commands print, but for numbers
// that differ from run to run.
func TestReadmeSamples(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	manifest := regexp.MustCompile("(?s)```csv\n(.*?)```").FindSubmatch(readme)
	samples := regexp.MustCompile("(?s)```console\n\\$ tracksync ([^\n]*)\n(.*?)```").FindAllSubmatch(readme, -1)
	if manifest == nil || len(samples) < 2 {
		t.Fatalf("%d samples", len(samples))
	}
	program := link(t, mustExecutable(t))
	for _, sample := range samples {
		t.Run(string(sample[1]), func(t *testing.T) {
			box, err := sandbox.New(sandbox.Config{IDs: []int64{17, 18}})
			if err != nil {
				t.Fatal(err)
			}
			server := httptest.NewServer(box)
			defer server.Close()
			dir := readmeDir(t)
			run := func(args ...string) string {
				cmd := exec.Command(program, args...)
				cmd.Dir = dir
				cmd.Env = append(os.Environ(), "BEYONDWORDS_API_KEY=write_readme_key",
					"BEYONDWORDS_BASE_URL="+server.URL+"/v1", "TRACKSYNC_LOCK_DIR="+filepath.Join(dir, "locks"))
				out, _ := cmd.CombinedOutput()
				return string(out)
			}
			for name, content := range map[string][]byte{
				"tracks.csv": manifest[1],
				"before.csv": []byte("id,name,volume,project_id\n17,Morning light,40,3\n18,Café jazz,70,3\n"),
			} {
				if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			run("sync", "--yes", "--out", "before", "before.csv")

			args := append(strings.Fields(string(sample[1])), "--log-format=human")
			if args[0] == "sync" {
				args = append(args, "--yes")
			}
			out := run(args...)
			rest := sampleText(out)
			for line := range strings.Lines(sampleText(string(sample[2]))) {
				if strings.TrimSpace(line) == "" || question.MatchString(line) {
					continue
				}
				_, after, found := strings.Cut(rest, line)
				if !found {
					t.Fatalf("the README shows %q; the command printed\n%s", line, out)
				}
				rest = after
			}
		})
	}
}

// sampleText makes what differs from run to run, and from the real API to a
// sandbox, the same.
func sampleText(s string) string {
	for _, r := range []struct{ pattern, to string }{
		{`tracksync-runs/[0-9TZ]+-[0-9a-f]+`, "RUN"},
		{` --(?:base-url|log-format|yes)(?:=\S+)?`, ""},
		{`127\.0\.0\.1:[0-9]+`, "api.beyondwords.io"},
		{`(?m)^  (time|latency) .*$`, "  $1"},
	} {
		s = regexp.MustCompile(r.pattern).ReplaceAllString(s, r.to)
	}
	return s
}

// The line of results.jsonl that the README shows is one.
func TestReadmeResultLine(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^\{"row".*$`).Find(readme)
	var fields map[string]any
	if err := json.Unmarshal(line, &fields); err != nil || fields["status"] != "updated" {
		t.Errorf("%s: %v", line, err)
	}
}

func mustExecutable(t *testing.T) string {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return program
}
