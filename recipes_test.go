package main

import (
	"bytes"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"tracksync/internal/sandbox"
)

// The ready files that the README shows are those that scripts run, and stand in it whole.
func TestReadmeShowsReadyFiles(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"metrics/alerts.yaml",                                     // .ci/metrics
		"cron/crontab", "cron/logrotate", "systemd/tracksync.env", // .ci/schedules
		"ci/github.yaml", "ci/github-plan.yaml", "ci/github-apply.yaml", "ci/gitlab-include.yml", // .ci/pipelines
		"kubernetes/volume.yaml", "kubernetes/cronjob.yaml", "kubernetes/indexed-job.yaml", // .ci/kubernetes
		"windows/nightly.cmd",
	} {
		file, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile("(?m)^```[a-z]*\n" + regexp.QuoteMeta(string(file)) + "```$").Match(readme) {
			t.Errorf("README.md does not show testdata/%s", name)
		}
	}
}

// step is a step of a workflow or an action.
type step struct {
	If    string            `yaml:"if"`
	Uses  string            `yaml:"uses"`
	Run   string            `yaml:"run"`
	Shell string            `yaml:"shell"`
	Env   map[string]string `yaml:"env"`
	With  map[string]string `yaml:"with"`
}

// What a workflow is given is never read as a command: it comes to the shell in variables,
// and not as text of the script.
func TestNoInjectionInPipelines(t *testing.T) {
	var action struct {
		Inputs map[string]any         `yaml:"inputs"`
		Runs   struct{ Steps []step } `yaml:"runs"`
	}
	const dir = ".github/actions/tracksync"
	text := readYAML(t, filepath.Join(dir, "action.yml"), &action)
	for _, s := range action.Runs.Steps {
		if s.Run != "" && s.Shell != "bash" {
			t.Errorf("the step %q names no shell", s.Run)
		}
		if m := regexp.MustCompile(`\$GITHUB_ACTION_PATH/(\S+\.sh)`).FindStringSubmatch(s.Run); m != nil {
			if _, err := os.Stat(filepath.Join(dir, m[1])); err != nil {
				t.Error(err)
			}
		}
	}
	for _, m := range regexp.MustCompile(`inputs\.([a-z-]+)`).FindAllStringSubmatch(text, -1) {
		if action.Inputs[m[1]] == nil {
			t.Errorf("there is no input %s", m[1])
		}
	}
	for name := range action.Inputs {
		if !strings.Contains(text, "inputs."+name) {
			t.Errorf("the input %s is not used", name)
		}
	}
	steps := action.Runs.Steps
	workflows, err := filepath.Glob("testdata/ci/github*.yaml")
	if err != nil || len(workflows) < 3 {
		t.Fatalf("%v, %v", workflows, err)
	}
	for _, path := range workflows {
		var workflow struct {
			Jobs map[string]struct{ Steps []step } `yaml:"jobs"`
		}
		readYAML(t, path, &workflow)
		for _, job := range workflow.Jobs {
			for _, s := range job.Steps {
				if strings.Contains(s.Uses, dir) {
					for name := range s.With {
						if action.Inputs[name] == nil {
							t.Errorf("%s: the action has no input %s", path, name)
						}
					}
				}
			}
			steps = append(steps, job.Steps...)
		}
	}
	if len(steps) < 10 {
		t.Fatalf("only %d steps", len(steps))
	}
	for _, s := range steps {
		if strings.Contains(s.Run, "${{") {
			t.Errorf("an expression in a script: %s", s.Run)
		}
		if s.Uses != "" && !regexp.MustCompile(`^\S+@(v\d+|main)$`).MatchString(s.Uses) {
			t.Errorf("%s has no version", s.Uses)
		}
	}
}

// readYAML returns the text of a file of YAML, which is read into v.
func readYAML(t *testing.T, path string, v any) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		err = yaml.Unmarshal(b, v)
	}
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return string(b)
}

// The scripts of the action plan on a pull request, validate on one from a fork, and sync
// otherwise. A second attempt of the same job continues its run. Names are taken as they are.
func TestActionScripts(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a bash that runs programs of this system")
	}
	r := newRunner(t)
	const hostile = `$(touch injected) ; "tracks".csv`
	r.write(hostile, "id,volume\n17,5\n18,6\n")
	r.variables["OPTIONS"] = "--max-volume=200\n" // of all three commands
	r.variables["SYNC_OPTIONS"] = "--max-failures=50%\n--rate=unlimited\n"

	r.variables["HAS_KEY"] = "false"
	r.variables["GITHUB_EVENT_NAME"] = "pull_request"
	r.action(t, 0, "validate", hostile)

	r.variables["HAS_KEY"] = "true"
	r.write(filepath.Join("temp", "tracksync", "music", "run", "failed.csv"), "of another job, out of the cache")
	r.action(t, 0, "plan", hostile)
	if _, err := os.Stat(filepath.Join(r.dir, "temp", "tracksync", "music", "run")); err == nil {
		t.Error("the run of another job would be in the artifact of a plan")
	}
	plan, err := os.ReadFile(filepath.Join(r.dir, "temp", "tracksync", "music", "plan.md"))
	if err != nil || !bytes.Contains(plan, []byte("17")) || r.box.Stats().Applied != 0 {
		t.Errorf("%s, %v, %d applied", plan, err, r.box.Stats().Applied)
	}

	r.variables["GITHUB_EVENT_NAME"] = "push"
	r.action(t, 0, "sync", hostile)
	requests := r.box.Stats().Requests
	r.action(t, 0, "sync", hostile) // another attempt
	if s := r.box.Stats(); s.Applied != 2 {
		t.Errorf("%d applied, %d requests and then %d", s.Applied, requests, s.Requests)
	}
	r.variables["GITHUB_RUN_ID"] = "2" // another job starts anew
	r.write(hostile, "id,volume\n17,5\n99,6\n")
	out := r.action(t, 1, "sync", hostile)
	if !strings.Contains(out, "::error file=") || strings.Contains(out, "resuming") {
		t.Errorf("no annotation, or no new run:\n%s", out)
	}
	for _, name := range []string{"report.html", "junit.xml", "failed.csv"} {
		if _, err := os.Stat(filepath.Join(r.dir, "temp", "tracksync", "music", "run", name)); err != nil {
			t.Error(err)
		}
	}
	if summary, err := os.ReadFile(filepath.Join(r.dir, "summary.md")); err != nil || len(summary) == 0 {
		t.Errorf("no summary of the job: %v", err)
	}
	if _, err := os.Stat(filepath.Join(r.dir, "injected")); err == nil {
		t.Error("the name of a manifest was run as a command")
	}
}

// runner runs scripts of the action as the runner of GitHub Actions does.
type runner struct {
	dir       string
	box       *sandbox.Sandbox
	variables map[string]string
}

func newRunner(t *testing.T) *runner {
	box, err := sandbox.New(sandbox.Config{IDs: []int64{17, 18}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	t.Cleanup(server.Close)
	scripts, err := filepath.Abs(".github/actions/tracksync")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	program := link(t, mustExecutable(t))
	return &runner{dir: dir, box: box, variables: map[string]string{
		"PATH":                 filepath.Dir(program) + string(os.PathListSeparator) + os.Getenv("PATH"),
		"HOME":                 dir,
		"TRACKSYNC_LOCK_DIR":   filepath.Join(dir, "locks"),
		"BEYONDWORDS_BASE_URL": server.URL + "/v1",
		"BEYONDWORDS_API_KEY":  "write_action_key",
		"GITHUB_ACTIONS":       "true",
		"CI":                   "true",
		"GITHUB_WORKSPACE":     dir,
		"GITHUB_ACTION_PATH":   scripts,
		"GITHUB_OUTPUT":        filepath.Join(dir, "output"),
		"GITHUB_STEP_SUMMARY":  filepath.Join(dir, "summary.md"),
		"GITHUB_RUN_ID":        "1",
		"RUNNER_TEMP":          filepath.Join(dir, "temp"),
		"NAME":                 "music",
	}}
}

func (r *runner) write(name, content string) {
	path := filepath.Join(r.dir, name)
	_ = os.MkdirAll(filepath.Dir(path), 0o700)
	_ = os.WriteFile(path, []byte(content), 0o600)
}

// action runs the two steps that decide and act, and returns what the second printed.
func (r *runner) action(t *testing.T, code int, command, manifests string) string {
	t.Helper()
	r.write("output", "")
	r.script(t, 0, "prepare.sh", "COMMAND=auto")
	output, err := os.ReadFile(filepath.Join(r.dir, "output"))
	if err != nil || !strings.Contains(string(output), "command="+command+"\n") || !strings.Contains(string(output), "build=false\n") {
		t.Errorf("want %s: %s, %v", command, output, err)
	}
	_, directory, _ := strings.Cut(strings.TrimSpace(string(output)), "directory=")
	return r.script(t, code, "run.sh", "COMMAND="+command, "DIRECTORY="+directory, "MANIFESTS="+manifests+"\n")
}

func (r *runner) script(t *testing.T, code int, name string, variables ...string) string {
	t.Helper()
	cmd := exec.Command("bash", filepath.Join(r.variables["GITHUB_ACTION_PATH"], name))
	cmd.Dir = r.dir
	for name, value := range r.variables {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Env = append(cmd.Env, slices.Clone(variables)...)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != code {
		t.Errorf("%s ended with %v, want %d:\n%s", name, err, code, out)
	}
	return string(out)
}
