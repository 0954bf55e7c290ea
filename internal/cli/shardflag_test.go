package cli

import (
	"strings"
	"testing"

	"tracksync/internal/track"
)

func TestShardFlag(t *testing.T) {
	type env map[string]string
	for _, tc := range []struct {
		text string
		env  env
		want string // the shard, or a part of the error
	}{
		{"2/8", nil, "2/8"},
		{" 8/8 ", nil, "8/8"},
		{"off", nil, "off"},
		{"1/1", nil, "off"},
		{"auto/8", env{"JOB_COMPLETION_INDEX": "0"}, "1/8"},
		{"auto/8", env{"JOB_COMPLETION_INDEX": "7"}, "8/8"},
		{"auto/8", env{"CI_NODE_INDEX": "8"}, "8/8"},
		{"auto", env{"CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "3"}, "1/3"},
		{"auto/3", env{"CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "3"}, "1/3"},
		{"auto", env{"CI_NODE_TOTAL": "1"}, "off"},
		{"auto", env{"JOB_COMPLETION_INDEX": "1", "CI_NODE_TOTAL": "3"}, "2/3"},
		{"auto", env{"JOB_COMPLETION_INDEX": "1", "CI_NODE_INDEX": "2", "CI_NODE_TOTAL": "3"}, "2/3"},

		{"auto", nil, "neither JOB_COMPLETION_INDEX (Kubernetes) nor CI_NODE_INDEX and CI_NODE_TOTAL (GitLab) are set"},
		{"auto/8", nil, "neither JOB_COMPLETION_INDEX (Kubernetes) nor CI_NODE_INDEX and CI_NODE_TOTAL (GitLab) are set"},
		{"auto", env{"JOB_COMPLETION_INDEX": "1"}, "JOB_COMPLETION_INDEX does not say how many shards there are: write auto/N"},
		{"auto", env{"CI_NODE_INDEX": "1"}, "CI_NODE_TOTAL is not set: write auto/N"},
		{"auto/8", env{"CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "5"}, "auto/8 does not agree with CI_NODE_TOTAL, which is 5"},
		{"auto/8", env{"JOB_COMPLETION_INDEX": "8"}, "JOB_COMPLETION_INDEX is 8: shard 9 of 8: there are only 8"},
		{"auto/8", env{"JOB_COMPLETION_INDEX": "-1"}, "JOB_COMPLETION_INDEX is -1: shard 0 of 8"},
		{"auto", env{"CI_NODE_INDEX": "4", "CI_NODE_TOTAL": "3"}, "CI_NODE_INDEX is 4: shard 4 of 3: there are only 3"},
		{"auto", env{"CI_NODE_INDEX": "0", "CI_NODE_TOTAL": "3"}, "CI_NODE_INDEX is 0: shard 0 of 3: shards are numbered from 1"},
		{"auto/8", env{"JOB_COMPLETION_INDEX": "one"}, `JOB_COMPLETION_INDEX is "one", which is not a whole number`},
		{"auto/8", env{"JOB_COMPLETION_INDEX": "3", "CI_NODE_INDEX": "3"}, "means shard 4, and CI_NODE_INDEX=3 means shard 3"},
		{"auto/0", env{"CI_NODE_INDEX": "1"}, `"auto/0" does not say how many shards there are`},
		{"auto/", env{"CI_NODE_INDEX": "1"}, `"auto/" does not say how many shards there are`},
		{"0/8", nil, "shards are numbered from 1"},
		{"9/8", nil, "there are only 8"},
		{"", nil, "is not a shard, for example 2/8"},
		{"8", nil, "is not a shard, for example 2/8"},
		{"automatic", nil, "is not a shard, for example 2/8"},
	} {
		var shard track.Shard
		f := shardFlag{&shard, func(name string) string { return tc.env[name] }}
		err := f.Set(tc.text)
		got := f.String()
		if err != nil {
			got = err.Error()
		}
		if got != tc.want && (err == nil || !strings.Contains(got, tc.want)) {
			t.Errorf("%s with %v: %s, want %s", tc.text, tc.env, got, tc.want)
		}
	}
}
