// Package kubernetes holds the manifests of README.md against Kubernetes' own types. It is a
// module of its own, so that nobody who builds tracksync downloads those.
package kubernetes

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

func read[T any](t *testing.T, name string) (decoded T) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err == nil {
		err = yaml.UnmarshalStrict(text, &decoded)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return decoded
}

// jobs are the jobs of the manifests.
func jobs(t *testing.T) map[string]batch.JobSpec {
	return map[string]batch.JobSpec{
		"cronjob.yaml":     read[batch.CronJob](t, "cronjob.yaml").Spec.JobTemplate.Spec,
		"indexed-job.yaml": read[batch.Job](t, "indexed-job.yaml").Spec,
	}
}

func TestManifests(t *testing.T) {
	claim := read[core.PersistentVolumeClaim](t, "volume.yaml")
	cron := read[batch.CronJob](t, "cronjob.yaml")
	if cron.Spec.ConcurrencyPolicy != batch.ForbidConcurrent {
		t.Error("two nights may run at once")
	}
	if args := cron.Spec.JobTemplate.Spec.Template.Spec.Containers[0].Args; !slices.Contains(args, "--skip-unchanged") ||
		!slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "--state=/data/") }) {
		t.Error("every night sends all media again")
	}
	for name, job := range jobs(t) {
		t.Run(name, func(t *testing.T) {
			pod := job.Template.Spec
			if pod.RestartPolicy != core.RestartPolicyNever || *job.PodReplacementPolicy != batch.Failed {
				t.Error("a second pod may start while the first one is at work")
			}
			run := pod.Containers[0]
			if grace := time.Duration(*pod.TerminationGracePeriodSeconds) * time.Second; graceOf(t, run) > grace-20*time.Second {
				t.Errorf("the reports cannot be written within %v", grace)
			}
			if run.TerminationMessagePolicy != core.TerminationMessageFallbackToLogsOnError || len(run.Command) > 0 {
				t.Error("the image's own program runs, and what it said last is kept")
			}
			may := run.SecurityContext
			if *may.AllowPrivilegeEscalation || !*may.ReadOnlyRootFilesystem || !*pod.SecurityContext.RunAsNonRoot ||
				!slices.Equal(may.Capabilities.Drop, []core.Capability{"ALL"}) || *pod.AutomountServiceAccountToken {
				t.Error("it may do more than it needs")
			}
			if *pod.SecurityContext.FSGroupChangePolicy != core.FSGroupChangeOnRootMismatch {
				t.Error("the locks of the pod before would be refused, because the group may write them")
			}
			if pod.Volumes[0].PersistentVolumeClaim.ClaimName != claim.Name {
				t.Error("it claims another volume")
			}
			if mode := *pod.Volumes[2].Secret.DefaultMode; mode != 0o400 {
				t.Errorf("the key has mode %o", mode)
			}
		})
	}
	indexed := jobs(t)["indexed-job.yaml"]
	if *indexed.CompletionMode != batch.IndexedCompletion || *indexed.Completions != 4 ||
		!slices.Contains(indexed.Template.Spec.Containers[0].Args, "--shard=auto/4") {
		t.Error("the parts of the manifest are not those of the job")
	}
}

func graceOf(t *testing.T, c core.Container) time.Duration {
	t.Helper()
	for _, arg := range c.Args {
		if text, ok := strings.CutPrefix(arg, "--grace="); ok {
			grace, err := time.ParseDuration(text)
			if err != nil {
				t.Error(err)
			}
			return grace
		}
	}
	return 5 * time.Second
}

// Every exit code has the consequence that README.md tells.
func TestExitCodes(t *testing.T) {
	const retried = batch.PodFailurePolicyAction("retried")
	for name, own := range map[string]batch.PodFailurePolicyAction{
		"cronjob.yaml": batch.PodFailurePolicyActionFailJob, "indexed-job.yaml": batch.PodFailurePolicyActionFailIndex,
	} {
		job := jobs(t)[name]
		for code, want := range map[int32]batch.PodFailurePolicyAction{
			1: own, 2: own, 3: retried, 4: batch.PodFailurePolicyActionFailJob, 6: retried,
			7: batch.PodFailurePolicyActionFailJob, 130: batch.PodFailurePolicyActionIgnore, 137: retried,
			143: batch.PodFailurePolicyActionIgnore,
		} {
			got := retried
			for _, rule := range job.PodFailurePolicy.Rules {
				if rule.OnExitCodes != nil && slices.Contains(rule.OnExitCodes.Values, code) {
					got = rule.Action
					break
				}
			}
			if got != want {
				t.Errorf("%s: exit code %d: %s, want %s", name, code, got, want)
			}
		}
		if first := job.PodFailurePolicy.Rules[0]; first.Action != batch.PodFailurePolicyActionIgnore ||
			first.OnPodConditions[0].Type != core.DisruptionTarget {
			t.Errorf("%s: a disruption counts", name)
		}
	}
}
