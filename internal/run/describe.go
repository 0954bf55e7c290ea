package run

import (
	"os"
	"slices"
)

// describe returns what run.json says about the run.
func (r *Run) describe() Description {
	now := SessionRecord{StartedAt: r.Started.UTC(), Version: r.Version, Host: Hostname(), PID: os.Getpid()}
	d := Description{
		Version: r.Version, StartedAt: now.StartedAt, Host: now.Host, PID: now.PID,
		BaseURL: r.BaseURL, Rows: r.Checked.Rows, Options: r.Options,
		Shard: r.Shard.String(), OtherShards: r.Checked.OtherShards,
		Account: AccountMark{Salt: r.salt, Fingerprint: r.Account.Fingerprint(SaltOf(r.salt))},
	}
	if was := r.earlier; was != nil {
		d.StartedAt, d.Account, d.Sessions = was.StartedAt, was.Account, was.Sessions
		for _, name := range r.OneSession {
			d.Options[name] = was.Options[name]
		}
	}
	d.Sessions = append(slices.Clone(d.Sessions), now)
	d.Manifests = r.Copies.Records(r.Checked.Sources)
	return d
}
