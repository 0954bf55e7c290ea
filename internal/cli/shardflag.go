package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tracksync/internal/flags"
	"tracksync/internal/track"
)

// The variables in which Kubernetes (from 0) and GitLab (from 1) say which of several
// processes this is.
const (
	jobIndexVariable  = "JOB_COMPLETION_INDEX"
	nodeIndexVariable = "CI_NODE_INDEX"
	nodeTotalVariable = "CI_NODE_TOTAL"
)

// shardFlag is --shard. What the environment says is asked when the flag is set, so that
// the number is recorded, and a resumed run has the same one anywhere.
type shardFlag struct {
	shard  *track.Shard
	getenv func(string) string
}

const shardName = "shard"

// addShard adds the flag to those of a command that reads manifests.
func (a *app) addShard(o *manifestOptions) func(*pflag.FlagSet) {
	return func(f *pflag.FlagSet) {
		f.Var(shardFlag{&o.shard, a.Getenv}, shardName,
			"only one of several parts, by id, at its part of the rate: `I/N`, for example 2/8; auto/N or auto takes I, or "+
				"both, from the environment (Kubernetes, GitLab)")
	}
}

// completeShard lets a shell offer words for the flag, to commands that have it.
func completeShard(commands []*cobra.Command) {
	words := cobra.FixedCompletions([]string{"auto", "auto/2", "1/2"}, cobra.ShellCompDirectiveNoFileComp)
	for _, cmd := range commands {
		if cmd.Flags().Lookup(shardName) != nil {
			_ = cmd.RegisterFlagCompletionFunc(shardName, words) // fails only if it is called twice
		}
	}
}

func (s shardFlag) Set(text string) (err error) {
	text = strings.TrimSpace(text)
	of, counted := strings.CutPrefix(text, "auto/")
	switch {
	case text == flags.Off:
		*s.shard = track.Shard{}
	case text == "auto":
		*s.shard, err = s.fromEnvironment(0)
	case counted:
		n, wrong := strconv.Atoi(of)
		if _, err = track.NewShard(1, n); wrong != nil || err != nil {
			return fmt.Errorf("%q does not say how many shards there are, for example auto/8", text)
		}
		*s.shard, err = s.fromEnvironment(n)
	default:
		*s.shard, err = track.ParseShard(text)
	}
	return err
}

func (s shardFlag) String() string {
	if s.shard == nil || s.shard.IsWhole() {
		return flags.Off
	}
	return s.shard.String()
}

func (shardFlag) Type() string { return "shard" }

// fromEnvironment is the shard that the environment says. of is how many there are; 0: the
// environment says that too.
func (s shardFlag) fromEnvironment(of int) (track.Shard, error) {
	number := map[string]int{} // by variable
	for _, name := range []string{jobIndexVariable, nodeIndexVariable, nodeTotalVariable} {
		if text := s.getenv(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil {
				return track.Shard{}, fmt.Errorf("%s is %q, which is not a whole number", name, text)
			}
			number[name] = n
		}
	}
	job, isJob := number[jobIndexVariable]
	node, isNode := number[nodeIndexVariable]
	total, isTotal := number[nodeTotalVariable]
	variable, index := nodeIndexVariable, node
	if isJob {
		variable, index = jobIndexVariable, job+1
	}
	switch {
	case of > 0 && isTotal && total != of:
		return track.Shard{}, fmt.Errorf("auto/%d does not agree with %s, which is %d", of, nodeTotalVariable, total)
	case isJob && isNode && job+1 != node:
		return track.Shard{}, fmt.Errorf("%s=%d means shard %d, and %s=%d means shard %d: write which one it is",
			jobIndexVariable, job, job+1, nodeIndexVariable, node, node)
	case !isJob && !isNode && total == 1: // a job of GitLab that is not parallel
		return track.Shard{}, nil
	case !isJob && !isNode:
		return track.Shard{}, fmt.Errorf("neither %s (Kubernetes) nor %s and %s (GitLab) are set",
			jobIndexVariable, nodeIndexVariable, nodeTotalVariable)
	case of == 0 && !isTotal && isJob:
		return track.Shard{}, fmt.Errorf("%s does not say how many shards there are: write auto/N, for example auto/8",
			jobIndexVariable)
	case of == 0 && !isTotal:
		return track.Shard{}, errors.New(nodeTotalVariable + " is not set: write auto/N, for example auto/8")
	case of == 0:
		of = total
	}
	shard, err := track.NewShard(index, of)
	if err != nil {
		err = fmt.Errorf("%s is %d: %w", variable, number[variable], err)
	}
	return shard, err
}
