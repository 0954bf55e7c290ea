package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tracksync/input"
	"tracksync/internal/planning"
	"tracksync/internal/safe"
	"tracksync/internal/sandbox"
	"tracksync/internal/stopping"
	"tracksync/internal/terminal"
)

func TestPlanExitCodes(t *testing.T) {
	const change, same, missing, nothing = "1,,55,\n", "2,Two,50,\n", "4,x,,\n", "2,,,\n"
	for _, tc := range []struct {
		name string
		rows string
		args []string
		want int
	}{
		{"changes", change + same, nil, exitOK},
		{"changes, asked for", change + same, []string{"--exit-code"}, exitChanges},
		{"nothing to do", same, []string{"--exit-code"}, exitOK},
		{"nothing asked", nothing, []string{"--exit-code"}, exitUsage},
		{"nothing asked, which is allowed", nothing, []string{"--exit-code", "--allow-empty"}, exitOK},
		{"no rows", "", []string{"--exit-code", "--allow-empty"}, exitOK},
		{"an error counts for more", change + missing, []string{"--exit-code"}, exitRows},
		{"invalid rows", change + "2,,101,\n", []string{"--on-invalid", "skip", "--exit-code"}, exitRows},
		{"superseded rows", change + "1,,40,\n", []string{"--on-duplicate", "last", "--exit-code"}, exitOK},
		{"an invalid manifest", change + "2,,101,\n", []string{"--exit-code"}, exitUsage},
		{"JSON", change, []string{"--json", "--exit-code"}, exitChanges},
		{"saved", change, []string{"--save", "-", "--exit-code"}, exitChanges},
	} {
		t.Run(tc.name, func(t *testing.T) {
			env, box := serve(t, planAccount())
			got := call{args: append([]string{"plan", sameTracks(t, tc.rows)}, tc.args...), env: env}.run(t)
			if got.code != tc.want {
				t.Errorf("exit %d, want %d\n%s\n%s", got.code, tc.want, got.out, got.err)
			}
			if box.Stats().Applied != 0 {
				t.Error("something was changed")
			}
			if idle := tc.rows == "" || tc.rows == nothing; idle && box.Stats().Requests != 0 {
				t.Errorf("%d requests for nothing", box.Stats().Requests)
			}
		})
	}
}

// If the state cannot be read completely, no plan is shown.
func TestPlanStops(t *testing.T) {
	hourly, err := sandbox.ParseLimit("window=1/h,retry-after=seconds")
	if err != nil {
		t.Fatal(err)
	}
	many := "id,volume\n"
	for id := 101; id <= 112; id++ {
		many += fmt.Sprintf("%d,1\n", id)
	}
	for _, tc := range []struct {
		name    string
		config  sandbox.Config
		content string
		args    []string
		want    int
		says    string
	}{
		{"the key", sandbox.Config{Key: "write_another_key"}, threeRows, nil, exitKey, "the API rejected the key"},
		{"another account", planAccount(), many, nil, exitStopped, "do not exist"},
		{"a long wait", sandbox.Config{Limit: hourly}, threeRows, nil, exitStopped,
			"there is no plan: the API asks to come back only in"},
	} {
		for _, kind := range [][]string{nil, {"--json"}, {"--save", "-"}} {
			t.Run(tc.name+strings.Join(kind, " "), func(t *testing.T) {
				env, _ := serve(t, tc.config)
				args := append(append([]string{"plan", manifest(t, tc.content)}, kind...), tc.args...)
				got := call{args: args, env: env}.run(t)
				if got.code != tc.want || got.out != "" || !strings.Contains(got.err, tc.says) {
					t.Errorf("exit %d, want %d and %q\n%s\n%s", got.code, tc.want, tc.says, got.out, got.err)
				}
			})
		}
	}
}

func TestPlanInterrupted(t *testing.T) {
	env, _, came := serveWatched(t, sandbox.Config{Faults: sandbox.Faults{HangBefore: 1}})
	signals := make(chan os.Signal, 2)
	c := call{args: []string{"plan", "--save", filepath.Join(t.TempDir(), "p.yaml"), manifest(t, threeRows)}, env: env,
		signals: signals}
	go func() {
		<-came
		signals <- os.Interrupt
		signals <- os.Interrupt
	}()
	got := c.run(t)
	if got.code != exitInterrupted || got.out != "" {
		t.Errorf("exit %d\n%s\n%s", got.code, got.out, got.err)
	}
	if _, err := os.Stat(c.args[2]); err == nil {
		t.Error("a plan was saved")
	}
}

// After a signal in the middle, the plan is not reported as complete.
func TestPlanInterruptedWhileShown(t *testing.T) {
	m, err := input.Open(t.Context(), []string{manifest(t, "id,volume\n1,\n")}, nil, nil,
		input.Options{AllowEmpty: true})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	summary, err := m.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancelCause(t.Context())
	interrupt(&stopping.Interrupted{Signal: os.Interrupt})
	for _, save := range []string{"", filepath.Join(t.TempDir(), "p.yaml")} {
		var out bytes.Buffer
		p := &planRun{
			app: &app{Streams: terminal.Streams{Out: &out, Getenv: lookingUp(t, nil)},
				log: &terminal.Messages{}},
			planSettings: planSettings{planOptions: planOptions{save: save}, saveTo: save, format: input.YAML},
			plan:         planning.Showing{Plan: planning.Plan{Manifest: m, Hidden: &safe.Secrets{}}},
			opened:       opened{manifest: m, checked: summary},
		}
		if err := p.show(ctx); exitCode(err) != exitInterrupted || out.Len() > 0 {
			t.Errorf("%v, %q", err, out.String())
		}
		if _, err := os.Stat(save); save != "" && err == nil {
			t.Error("a plan was saved")
		}
	}
}

// closedPipe is a standard output that nobody reads.
type closedPipe struct{}

// A plan that could not be shown is a failure, and is not saved.
func TestPlanOutputFails(t *testing.T) {
	env, _ := serve(t, planAccount())
	file := sameTracks(t, "1,,55,\n4,x,,\n")
	for _, args := range [][]string{nil, {"--json"}, {"--save", "-"},
		{"--save", filepath.Join(t.TempDir(), "p.yaml")}} {
		var errw bytes.Buffer
		code := Main(append([]string{"plan", file}, args...), terminal.Streams{
			In: strings.NewReader(""), Out: closedPipe{}, Err: &errw, Width: func() int { return 80 },
			Getenv: lookingUp(t, env),
		}, nil)
		if code != exitStopped ||
			!strings.Contains(errw.String(), "the plan is not complete: standard output: broken pipe") {
			t.Errorf("%v: exit %d\n%s", args, code, errw.String())
		}
		if len(args) == 2 {
			if left, err := filepath.Glob(filepath.Join(filepath.Dir(args[1]), "*.yaml*")); err != nil ||
				len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		}
	}
}
