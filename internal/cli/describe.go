package cli

import (
	"os"
	"slices"

	"tracksync/internal/run"
)

// describe is the run as run.json has it.
func (r *syncRun) describe() run.Description {
	host := run.Hostname()
	d := run.Description{
		Version: version(), StartedAt: r.started.UTC(), Host: host, PID: os.Getpid(),
		BaseURL: r.target(), Rows: r.summary.Rows, Options: r.options(),
	}
	if r.resumed != nil {
		d.StartedAt, d.Account, d.Sessions = r.resumed.was.StartedAt, r.resumed.was.Account, r.resumed.was.Sessions
		for _, name := range narrowing {
			d.Options[name] = r.resumed.was.Options[name]
		}
	} else {
		d.Account = run.AccountMark{Salt: r.salt, Fingerprint: r.account.Fingerprint(run.SaltOf(r.salt))}
	}
	d.Sessions = append(slices.Clone(d.Sessions), run.SessionRecord{StartedAt: r.started.UTC(), Version: d.Version, Host: host, PID: d.PID})
	d.Manifests = r.copies.Records(r.summary.Sources)
	return d
}
