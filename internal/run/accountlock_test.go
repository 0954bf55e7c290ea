package run

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tracksync/internal/track"
)

// Shards of one manifest run beside each other, each once. Everything else that could send
// the same row is kept away, and learns from whom.
func TestShardsOfAnAccount(t *testing.T) {
	whole := track.Shard{}
	for _, tc := range []struct {
		first, second track.Shard
		other         bool // account
		want          string
	}{
		{first: whole, second: whole, want: "which writes to first"},
		{first: whole, second: track.Shard{Number: 1, Of: 2}, want: "which writes to first"},
		{first: track.Shard{Number: 1, Of: 2}, second: whole, want: "which works on shard 1/2 and writes to first"},
		{first: track.Shard{Number: 1, Of: 2}, second: track.Shard{Number: 1, Of: 2},
			want: "which works on shard 1/2 and writes to first"},
		{first: track.Shard{Number: 1, Of: 2}, second: track.Shard{Number: 2, Of: 4},
			want: "which works on shard 1/2 and writes to first"},
		{first: track.Shard{Number: 1, Of: 2}, second: track.Shard{Number: 2, Of: 2}},
		{first: track.Shard{Number: 1, Of: 2}, second: track.Shard{Number: 2, Of: 4}, other: true},
		{first: track.Shard{Number: 1, Of: 2}, second: whole, other: true},
	} {
		t.Run(fmt.Sprint(tc.first, " then ", tc.second, tc.other), func(t *testing.T) {
			dir, account := t.TempDir(), Account{"https://api.example.com/v1", "key"}
			first, err := lockAccount(t, dir, account, tc.first, "first")
			if err != nil {
				t.Fatal(err)
			}
			if tc.other {
				account.Key = "other"
			}
			second, err := lockAccount(t, dir, account, tc.second, "second")
			var held *HeldError
			switch {
			case tc.want == "" && err != nil, tc.want != "" && !errors.As(err, &held):
				t.Fatalf("%v, want %q", err, tc.want)
			case tc.want == "":
				if err := second.Release(); err != nil {
					t.Error(err)
				}
			case !strings.HasSuffix(held.Error(), tc.want) || held.Holder.PID != os.Getpid():
				t.Errorf("%v, want %q", err, tc.want)
			}
			if err := first.Release(); err != nil {
				t.Fatal(err)
			}
			again, err := lockAccount(t, dir, account, tc.second, "again")
			if err != nil {
				t.Fatalf("after the first has ended: %v", err)
			}
			if err := again.Release(); err != nil {
				t.Error(err)
			}
		})
	}
}

// A run that was killed leaves a file that says who it was. Nobody is taken for it.
func TestKilledRunsHoldNothing(t *testing.T) {
	dir, account := t.TempDir(), Account{"https://api.example.com/v1", "key"}
	killed := "account-" + account.Fingerprint([]byte("lock"))
	for _, name := range []string{killed, killed + "-1-of-3"} {
		for _, suffix := range []string{"", lockInfo} {
			if err := os.WriteFile(filepath.Join(dir, name+suffix), []byte(`{"pid":1,"run":"killed"}`), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	shard, err := lockAccount(t, dir, account, track.Shard{Number: 2, Of: 2}, "shard")
	if err != nil {
		t.Fatal(err)
	}
	var held *HeldError
	if _, err := lockAccount(t, dir, account, track.Shard{}, "whole"); !errors.As(err, &held) || held.Holder.Run != "shard" {
		t.Errorf("%v", err)
	}
	if err := shard.Release(); err != nil {
		t.Error(err)
	}
}

func lockAccount(t *testing.T, dir string, a Account, s track.Shard, run string) (*AccountLock, error) {
	t.Helper()
	place, err := OpenLockPlace(func(name string) string { return map[string]string{LockVariable: dir}[name] })
	if err != nil {
		t.Fatal(err)
	}
	return place.Lock(a, s, run)
}
